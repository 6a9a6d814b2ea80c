"""Reads handwritten digits off pictures.

Example:
    >>> from realtime import Classifier, Recognizer, annotate, arrange
    >>> recognizer = Recognizer(Classifier())
    >>> detections = recognizer(cv2.imread("sheet.jpg"))
    >>> arrange(detections).lines
    ['0522 1859', '7']
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

# OpenCV reads these once, when it is imported. Its own messages would stand between ours, and say less.
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# A picture of a few kilobytes may claim to be a billion pixels large.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**28))

from realtime.version import __version__

if TYPE_CHECKING:
    from realtime.annotate import annotate
    from realtime.classifier import Classifier
    from realtime.detections import NO_TRACK, NOT_A_DIGIT, Detections
    from realtime.layout import Layout, arrange
    from realtime.model_file import ModelError
    from realtime.recognizer import Recognizer, Trace
    from realtime.source import Frame, SourceError, open_source
    from realtime.tracker import Reading, Tracker

__all__ = [
    "NOT_A_DIGIT",
    "NO_TRACK",
    "Classifier",
    "Detections",
    "Frame",
    "Layout",
    "ModelError",
    "Reading",
    "Recognizer",
    "SourceError",
    "Trace",
    "Tracker",
    "__version__",
    "annotate",
    "arrange",
    "open_source",
]

# Each is imported when it is first asked for: `digits --help` needs neither OpenCV nor a network.
_MODULES = {
    "NOT_A_DIGIT": "realtime.detections",
    "NO_TRACK": "realtime.detections",
    "Classifier": "realtime.classifier",
    "Detections": "realtime.detections",
    "Frame": "realtime.source",
    "Layout": "realtime.layout",
    "ModelError": "realtime.model_file",
    "Reading": "realtime.tracker",
    "Recognizer": "realtime.recognizer",
    "SourceError": "realtime.source",
    "Trace": "realtime.recognizer",
    "Tracker": "realtime.tracker",
    "annotate": "realtime.annotate",
    "arrange": "realtime.layout",
    "open_source": "realtime.source",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


class _Package(ModuleType):
    """Keeps `annotate` the function. Python sets it to the module of the same name when that is imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _MODULES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

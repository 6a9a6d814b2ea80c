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
from importlib import import_module
from typing import TYPE_CHECKING, Any

# OpenCV reads these once, when it is imported. Its own messages would stand between ours, and say less.
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# A picture of a few kilobytes may claim to be a billion pixels large.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**28))

from realtime.annotate import annotate
from realtime.classifier import Classifier
from realtime.detections import NO_TRACK, NOT_A_DIGIT, Detections
from realtime.layout import Layout, arrange
from realtime.model_file import ModelError
from realtime.recognizer import Recognizer, Trace
from realtime.version import __version__

if TYPE_CHECKING:
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

# These need more than NumPy and OpenCV, and are imported when they are first asked for.
_LATER = {
    "Frame": "source",
    "SourceError": "source",
    "open_source": "source",
    "Reading": "tracker",
    "Tracker": "tracker",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"realtime.{_LATER[name]}"), name)

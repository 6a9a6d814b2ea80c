"""Reads handwritten digits off pictures.

Example:
    >>> from realtime import Reader
    >>> [number.text for number in Reader().read("sheet.jpg").numbers]
    ['0522', '1859', '7']
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

from realtime.version import __version__

if TYPE_CHECKING:
    from realtime.detections import NO_TRACK, NOT_A_DIGIT, Detections
    from realtime.drawing.annotate import annotate
    from realtime.layout.arrange import Layout, arrange
    from realtime.networks.model_file import ModelError
    from realtime.numbers.form import FormError
    from realtime.numbers.number import Number
    from realtime.reader import Page, Reader, Sheet
    from realtime.recognition.classifier import Classifier
    from realtime.recognition.recognizer import Recognizer
    from realtime.recognition.trace import Trace
    from realtime.sources.open import Frame, SourceError, open_source
    from realtime.sources.region import RegionError
    from realtime.tracking.tracker import Reading, Tracker

__all__ = [
    "NOT_A_DIGIT",
    "NO_TRACK",
    "Classifier",
    "Detections",
    "FormError",
    "Frame",
    "Layout",
    "ModelError",
    "Number",
    "Page",
    "Reader",
    "Reading",
    "Recognizer",
    "RegionError",
    "Sheet",
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
    "Classifier": "realtime.recognition.classifier",
    "Detections": "realtime.detections",
    "FormError": "realtime.numbers.form",
    "Frame": "realtime.sources.open",
    "Layout": "realtime.layout.arrange",
    "ModelError": "realtime.networks.model_file",
    "Number": "realtime.numbers.number",
    "Page": "realtime.reader",
    "Reader": "realtime.reader",
    "Reading": "realtime.tracking.tracker",
    "Recognizer": "realtime.recognition.recognizer",
    "RegionError": "realtime.sources.region",
    "Sheet": "realtime.reader",
    "SourceError": "realtime.sources.open",
    "Trace": "realtime.recognition.trace",
    "Tracker": "realtime.tracking.tracker",
    "annotate": "realtime.drawing.annotate",
    "arrange": "realtime.layout.arrange",
    "open_source": "realtime.sources.open",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)

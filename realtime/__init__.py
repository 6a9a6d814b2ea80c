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

__version__ = "0.1.0"

# OpenCV reads these once, when it is imported. Its own messages would stand between ours, and say less.
os.environ.setdefault("OPENCV_LOG_LEVEL", "OFF")
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
# A picture of a few kilobytes may claim to be a billion pixels large.
os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(2**28))

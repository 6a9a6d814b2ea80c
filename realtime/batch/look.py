"""One frame -> digits, whichever way up a page lies; on videos those the tracker holds."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.annotate import annotate
from realtime.classifier import Classifier, ModelError
from realtime.detections import Detections
from realtime.frame import Frame, turned, turned_back
from realtime.layout import Layout, arrange
from realtime.recognizer import Recognizer, Trace, glyph_of
from realtime.tracker import Tracker
from realtime.turn import trace_turned

_local = threading.local()  # a network serves one thread: a Dask worker has many


@dataclass(frozen=True, eq=False)
class Look:
    """What was read in a frame.

    Attributes:
        digits: with boxes on `upright`.
        layout: their lines and numbers.
        boxes: `(n, 4) int32`, the same boxes on the frame as it lies in the file.
        upright: the frame turned to be read, `(H, W, 3) uint8` BGR.
        trace: what the recogniser saw of a still; None on videos, where digits have no one crop.
    """

    digits: Detections
    layout: Layout
    boxes: np.ndarray
    upright: np.ndarray
    trace: Trace | None = None

    def crop(self, i: int) -> bytes | None:
        """What the network saw of digit `i` of a still: 28x28 bytes, ink bright; None on videos."""
        if self.trace is None:
            return None
        return np.rint(255 * self.trace.crops[glyph_of(self.trace, i)]).astype(np.uint8).tobytes()

    def annotated(self) -> np.ndarray:
        """The upright frame with the digits drawn on it."""
        return annotate(self.upright, self.digits, self.layout)


class Looker:
    """Looks at the frames of one file in a row.

    Args:
        model: a `.tflite` file; None = the shipped one.
        digest: its SHA-256; None = any.

    Raises:
        ModelError: the network cannot be used, or is another one.
    """

    def __init__(self, model: str | None, digest: str | None = None) -> None:
        self._recognizer = _recognizer(model, digest)
        self._tracker = Tracker()

    def __call__(self, frame: Frame) -> Look:
        if not frame.still:
            height, width = frame.image.shape[:2]
            digits = self._tracker(self._recognizer(frame.image), frame.time, (width, height))
            return Look(digits, arrange(digits), digits.xyxy, frame.image)
        trace, quarters = trace_turned(self._recognizer, frame.image)
        upright, digits = turned(frame.image, quarters), trace.detections
        height, width = upright.shape[:2]
        return Look(digits, arrange(digits), turned_back(digits.xyxy, (width, height), quarters), upright, trace)


def _recognizer(model: str | None, digest: str | None) -> Recognizer:
    """One a thread, kept for the next file, and itself on one thread: the workers share the cores out."""
    if getattr(_local, "made_of", None) != (model, digest):
        cv2.setNumThreads(1)
        classifier = Classifier(model, threads=1)
        if digest not in (None, classifier.digest):
            raise ModelError(f"{classifier.path} of a worker is another network than that of this run")
        _local.recognizer, _local.made_of = Recognizer(classifier), (model, digest)
    return _local.recognizer

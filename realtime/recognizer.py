"""One frame -> Detections: segment, normalise, classify once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from realtime.company import keep_company
from realtime.detections import NOT_A_DIGIT, Detections
from realtime.hypotheses import choose
from realtime.normalize import normalize
from realtime.segment import segment
from realtime.tilt import straightened


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything the recogniser saw on its way through one frame.

    Attributes:
        ink: `(h, w) uint8`, 255 where the pen was; may be smaller than the frame.
        boxes: `(m, 4) int32`, all glyphs, digits or not, as xyxy in pixels of the frame.
        crops: `(m, 28, 28) float32`, what the network saw of each glyph.
        probabilities: `(m, 11) float32`, what it said.
        detections: the digits read.
        milliseconds: wall time of each stage: segment, normalize, classify.
    """

    ink: np.ndarray
    boxes: np.ndarray
    crops: np.ndarray
    probabilities: np.ndarray
    detections: Detections
    milliseconds: dict[str, float] = field(default_factory=dict)


class Recognizer:
    """Reads the digits of a frame. Pure: the same frame gives the same answer.

    Args:
        classifier: maps `(n, 28, 28) float32` to `(n, 11) float32` probabilities; see `realtime.classifier.Classifier`.
        min_confidence: a glyph is called a digit when its likeliest class is one and at least this probable.
    """

    def __init__(self, classifier: Callable[[np.ndarray], np.ndarray], min_confidence: float = 0.5) -> None:
        self._classifier = classifier
        self._min_confidence = min_confidence

    def __call__(self, frame: np.ndarray) -> Detections:
        """The digits of a `(H, W, 3) uint8` BGR frame."""
        return self.trace(frame).detections

    def trace(self, frame: np.ndarray) -> Trace:
        """The same, with all that was seen on the way."""
        clock = [time.perf_counter()]
        seen = segment(frame)
        clock.append(time.perf_counter())
        boxes = np.array([glyph.xyxy for glyph in seen.glyphs], np.int32).reshape(-1, 4)
        whole = np.array([glyph.prior == 0 for glyph in seen.glyphs], bool)
        cut_out = [glyph.crop for glyph in seen.glyphs]
        crops = normalize(cut_out + straightened(cut_out, boxes[whole]))
        clock.append(time.perf_counter())
        probabilities = self._classifier(crops)
        clock.append(time.perf_counter())
        crops, probabilities = _clearer(crops, probabilities, whole)
        detections = Detections.from_probabilities(boxes, probabilities)
        kept = choose(seen.glyphs, probabilities)
        sure = (probabilities[kept].argmax(axis=1) != NOT_A_DIGIT) & (
            detections.confidence[kept] >= self._min_confidence
        )
        kept = kept[sure]
        kept = kept[keep_company(detections[kept], [seen.glyphs[k].crop for k in kept], frame.shape)]
        detections = detections[kept]
        stages = np.diff(clock) * 1e3
        return Trace(
            seen.ink,
            boxes,
            crops,
            probabilities,
            detections,
            dict(zip(("segment", "normalize", "classify"), map(float, stages), strict=True)),
        )


def _clearer(crops: np.ndarray, probabilities: np.ndarray, whole: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of glyphs as they stand and, where there are twice as many, as set upright: those that read more clearly."""
    n = len(whole)
    if len(crops) == n:
        return crops, probabilities
    sure = probabilities[:, :NOT_A_DIGIT].max(axis=1)
    upright = sure[n:][whole].sum() > sure[:n][whole].sum()
    return (crops[n:], probabilities[n:]) if upright else (crops[:n], probabilities[:n])

"""One frame -> Detections: segment, normalise, classify once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from realtime.company import (
    among_letters,
    cut_from_nothing,
    cut_from_words,
    guesses,
    keep_company,
    strokes_of_clutter,
)
from realtime.cover import choose
from realtime.detections import NOT_A_DIGIT, Detections
from realtime.edge import is_edge
from realtime.glyph import BROADEST_ONE
from realtime.normalize import normalize
from realtime.segment import Segmentation, segment
from realtime.tilt import straightened

MIN_CONFIDENCE = 0.5
"""Below it a glyph is no digit, unless another bound is asked for; below this one guesses are called digits too."""

_SURELY_NONE = 0.8  # probability of "not a digit" from which a glyph may be a letter
_CLEARER = 1.15  # a less likely way to see a frame must read so many times as clearly


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

    def __init__(self, classifier: Callable[[np.ndarray], np.ndarray], min_confidence: float = MIN_CONFIDENCE) -> None:
        self._classifier = classifier
        self._min_confidence = min_confidence

    def __call__(self, frame: np.ndarray) -> Detections:
        """The digits of a `(H, W, 3) uint8` BGR frame."""
        return self.trace(frame).detections

    def trace(self, frame: np.ndarray) -> Trace:
        """The same, with all that was seen on the way."""
        clock = [time.perf_counter()]
        views = list(_views(frame))
        clock.append(time.perf_counter())
        crops = normalize([crop for _, cut_out in views for crop in cut_out])
        clock.append(time.perf_counter())
        probabilities = self._classifier(crops)
        clock.append(time.perf_counter())
        milliseconds = dict(zip(("segment", "normalize", "classify"), np.diff(clock) * 1e3, strict=True))
        ends = np.cumsum([len(cut_out) for _, cut_out in views])[:-1]
        answers = zip(views, np.split(crops, ends), np.split(probabilities, ends), strict=True)
        traces = [self._judge(frame, seen, images, rows, milliseconds) for (seen, _), images, rows in answers]
        best = traces[0]
        for trace in traces[1:]:
            if clarity(trace) > _CLEARER * max(clarity(best), 0.5):
                best = trace
        return best

    def _judge(
        self,
        frame: np.ndarray,
        seen: Segmentation,
        crops: np.ndarray,
        probabilities: np.ndarray,
        milliseconds: dict[str, float],
    ) -> Trace:
        """What one way to see the frame comes to, by what the network said of its glyphs."""
        boxes = np.array([glyph.xyxy for glyph in seen.glyphs], np.int32).reshape(-1, 4)
        whole = np.array([glyph.prior == 0 for glyph in seen.glyphs], bool)
        weighed = _weighed(boxes, probabilities)
        detections = Detections.from_probabilities(boxes, weighed)
        kept = choose(seen.glyphs, weighed)
        called = weighed[kept].argmax(axis=1) != NOT_A_DIGIT
        kept = kept[called & (detections.confidence[kept] >= self._min_confidence)]
        edge = [detections.digit[k] == 1 and is_edge(frame, seen.glyphs[k], seen.scale) for k in kept]
        kept = kept[~np.array(edge, bool)]
        kept = kept[keep_company(detections[kept], [seen.glyphs[k].crop for k in kept], frame.shape)]
        letters = boxes[(weighed[:, NOT_A_DIGIT] > _SURELY_NONE) & whole]
        cut_from = np.array([glyph.cut_from for glyph in seen.glyphs], np.int64)
        kept = kept[~among_letters(detections[kept], letters, cut_from[kept])]
        kept = kept[~cut_from_nothing(detections[kept], cut_from[kept] >= 0)]
        kept = kept[~cut_from_words(boxes, cut_from, kept)]
        kept = kept[~strokes_of_clutter(detections[kept], letters)]
        if self._min_confidence >= MIN_CONFIDENCE:  # who asks for less wants guesses
            kept = kept[~guesses(detections[kept])]
        return Trace(seen.ink, boxes, crops, probabilities, detections[kept], milliseconds)


def _weighed(boxes: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """The network's word, but that a 1 is not broader than high: else one and the line below it are read as one."""
    size = boxes[:, 2:] - boxes[:, :2]
    broad = size[:, 0] > BROADEST_ONE * size[:, 1]
    weighed = probabilities.copy()
    weighed[broad, NOT_A_DIGIT] += weighed[broad, 1]
    weighed[broad, 1] = 0
    return weighed


def glyph_of(trace: Trace, detection: int) -> int:
    """The row of the trace's arrays that one of its detections was made from.

    Two ways to see the same ink have the same box; and what the network said may have been weighed since.
    """
    same = np.flatnonzero((trace.boxes == trace.detections.xyxy[detection]).all(axis=1))
    off = np.abs(trace.probabilities[same] - trace.detections.probabilities[detection]).sum(axis=1)
    return int(same[off.argmin()])


def clarity(trace: Trace) -> float:
    """How much was read, and how surely: guesses count for little."""
    return float(np.maximum(2 * trace.detections.confidence - 1, 0).sum())


def _views(frame: np.ndarray) -> Iterator[tuple[Segmentation, list[np.ndarray]]]:
    """Ways to see a frame, the plainest first, with the ink of each glyph as it would be read."""
    for seen in segment(frame):
        crops = [glyph.crop for glyph in seen.glyphs]
        yield seen, crops
        whole = np.array([glyph.xyxy for glyph in seen.glyphs if glyph.prior == 0], np.int32).reshape(-1, 4)
        upright = straightened(crops, whole)
        if upright:
            yield seen, upright

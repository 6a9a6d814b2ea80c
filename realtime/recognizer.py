"""One frame -> Detections: segment, normalise, classify; once for each way to see the frame that may be the best."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from realtime.company import guesses, keep_company
from realtime.context import shipped, tell
from realtime.cover import choose
from realtime.detections import NOT_A_DIGIT, Detections
from realtime.edge import is_edge
from realtime.further import ROUNDS, cut_further
from realtime.glyph import BROADEST_ONE
from realtime.normalize import normalize
from realtime.prior import weighed_by_page
from realtime.recognition.line_reader import LineReader
from realtime.recognition.single_row import reread
from realtime.segment import Segmentation, segment
from realtime.signs import percent
from realtime.tilt import straightened
from realtime.version import __version__
from realtime.words import among_letters, cut_from_nothing, cut_from_text, cut_from_words, strokes_of_clutter

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
        milliseconds: wall time of each stage: segment, normalize, classify, line.
    """

    ink: np.ndarray
    boxes: np.ndarray
    crops: np.ndarray
    probabilities: np.ndarray
    detections: Detections
    milliseconds: dict[str, float] = field(default_factory=dict)


class _Clock:
    """Wall time of the stages of a frame; what is called by the same name is one stage.

    Attributes:
        milliseconds: of each stage, in the order in which they began.
    """

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.milliseconds[stage] = self.milliseconds.get(stage, 0.0) + (time.perf_counter() - begin) * 1e3


class Recognizing(Protocol):
    """A `Recognizer`, or what reads frames as one does."""

    def __call__(self, frame: np.ndarray) -> Detections: ...

    def trace(self, frame: np.ndarray) -> Trace: ...


class Recognizer:
    """Reads the digits of a frame. Pure: the same frame gives the same answer.

    Args:
        classifier: maps `(n, 28, 28) float32` to `(n, 11) float32` probabilities; see `realtime.classifier.Classifier`.
        min_confidence: a glyph is called a digit when its likeliest class is one and at least this probable.
        in_context: which digits stand where digits stand, `(n,) bool`, by what `realtime.context` tells of them,
            `(n, s)`; the shipped trees say so where it is left out.
        line_reader: reads pictures that hold one row alone, whose digits may touch; the shipped one where left out.

    Attributes:
        digest: SHA-256 of all that decides what is read: the version of the program, each model file, and the bound.
    """

    def __init__(
        self,
        classifier: Callable[[np.ndarray], np.ndarray],
        min_confidence: float = MIN_CONFIDENCE,
        in_context: Callable[[np.ndarray], np.ndarray] | None = None,
        line_reader: LineReader | None = None,
    ) -> None:
        self._classifier = classifier
        self._min_confidence = min_confidence
        self._in_context = in_context or shipped().accepts
        self._line_reader = line_reader or LineReader()
        in_context_of = "" if in_context else shipped().digest
        models = [getattr(classifier, "digest", ""), in_context_of, self._line_reader.digest]
        self.digest = hashlib.sha256("\n".join([__version__, *models, str(min_confidence)]).encode()).hexdigest()

    def __call__(self, frame: np.ndarray) -> Detections:
        """The digits of a `(H, W, 3) uint8` BGR frame."""
        return self.trace(frame).detections

    def trace(self, frame: np.ndarray) -> Trace:
        """The same, with all that was seen on the way."""
        clock = _Clock()
        with clock("segment"):
            ways = segment(frame)
        best: Trace | None = None
        for seen in ways:
            for trace in self._read(frame, seen, clock):
                if best is None or clarity(trace) > _CLEARER * max(clarity(best), 0.5):
                    best = trace
        assert best is not None  # there is always one way to see a frame
        with clock("line"):
            best = self._as_a_row(best, frame.shape[1], frame.shape[0])
        return replace(best, milliseconds=clock.milliseconds)

    def _as_a_row(self, trace: Trace, width: int, height: int) -> Trace:
        """The same; of a picture that holds one row alone what the row says as a whole, where that is clearer."""
        scale = trace.ink.shape[1] / width
        reading = reread(trace.ink, scale, trace.detections, self._line_reader)
        if reading is None:
            return trace
        confidence = reading.probabilities[np.arange(len(reading.digit)), reading.digit]
        boxes = np.rint(reading.xyxy).astype(np.int32)
        boxes[:, :2] = np.minimum(boxes[:, :2], np.array([width, height]) - 1)
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
        found = Detections(boxes, reading.digit, confidence, reading.probabilities)
        inner = (boxes * scale).astype(int)
        images = normalize([trace.ink[y0 : y1 + 1, x0 : x1 + 1] for x0, y0, x1, y1 in inner])
        return replace(
            trace,
            boxes=np.concatenate([trace.boxes, boxes]),
            crops=np.concatenate([trace.crops, images]),
            probabilities=np.concatenate([trace.probabilities, reading.probabilities]),
            detections=found[confidence >= self._min_confidence],
        )

    def _read(self, frame: np.ndarray, seen: Segmentation, clock: _Clock) -> Iterator[Trace]:
        """One way to see the frame, read as it is; and set upright, where that may read better."""
        crops = [glyph.crop for glyph in seen.glyphs]
        images, probabilities = self._classify(crops, clock)
        for _ in range(ROUNDS):
            with clock("segment"):
                known, seen = len(crops), cut_further(seen, probabilities)
            if len(seen.glyphs) == known:
                break
            crops += [glyph.crop for glyph in seen.glyphs[known:]]
            more, said = self._classify(crops[known:], clock)
            images, probabilities = np.concatenate([images, more]), np.concatenate([probabilities, said])
        plain = self._judge(frame, seen, images, probabilities)
        yield plain
        whole = np.array([glyph.whole for glyph in seen.glyphs], bool)
        none = plain.probabilities[:, NOT_A_DIGIT] > _SURELY_NONE
        if _CLEARER * clarity(plain) >= (whole & ~none).sum():
            return  # hardly another can be so much clearer
        with clock("segment"):
            upright = straightened(crops, plain.boxes[whole])
        if upright:
            yield self._judge(frame, seen, *self._classify(upright, clock))

    def _classify(self, crops: list[np.ndarray], clock: _Clock) -> tuple[np.ndarray, np.ndarray]:
        """Glyphs as the network sees them, and what it says of them."""
        with clock("normalize"):
            images = normalize(crops)
        with clock("classify"):
            return images, self._classifier(images)

    def _judge(
        self,
        frame: np.ndarray,
        seen: Segmentation,
        images: np.ndarray,
        probabilities: np.ndarray,
    ) -> Trace:
        """What one way to see the frame comes to, by what the network said of its glyphs."""
        boxes = np.array([glyph.xyxy for glyph in seen.glyphs], np.int32).reshape(-1, 4)
        whole = np.array([glyph.whole for glyph in seen.glyphs], bool)
        weighed = _weighed(boxes, weighed_by_page(seen.glyphs, probabilities))
        detections = Detections.from_probabilities(boxes, weighed)
        kept = choose(seen.glyphs, weighed)
        unread = kept[weighed[kept, NOT_A_DIGIT] > _SURELY_NONE]
        called = weighed[kept].argmax(axis=1) != NOT_A_DIGIT
        kept = kept[called & (detections.confidence[kept] >= self._min_confidence)]
        kept = kept[~percent(detections[kept], boxes, probabilities, whole)]
        edge = [detections.digit[k] == 1 and is_edge(frame, seen.glyphs[k], seen.scale) for k in kept]
        kept = kept[~np.array(edge, bool)]
        joined = np.array([glyph.joined for glyph in seen.glyphs], bool)
        crops = [seen.glyphs[k].crop for k in kept]
        kept = kept[keep_company(detections[kept], crops, frame.shape, joined[kept])]
        letters = boxes[(weighed[:, NOT_A_DIGIT] > _SURELY_NONE) & whole]
        cut_from = np.array([glyph.cut_from for glyph in seen.glyphs], np.int64)
        kept = kept[~among_letters(detections[kept], letters, cut_from[kept])]
        kept = kept[~cut_from_nothing(detections[kept], cut_from[kept] >= 0)]
        kept = kept[~cut_from_words(boxes, cut_from, kept, detections[kept])]
        kept = kept[~cut_from_text(detections[kept], cut_from[kept] >= 0, boxes[unread])]
        kept = kept[~strokes_of_clutter(detections[kept], letters)]
        if self._min_confidence >= MIN_CONFIDENCE:  # who asks for less wants guesses
            kept = kept[~guesses(detections[kept])]
            kept = kept[self._in_context(tell(detections[kept], kept, seen, weighed))]
        return Trace(seen.ink, boxes, images, probabilities, detections[kept])


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

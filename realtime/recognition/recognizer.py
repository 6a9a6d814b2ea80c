"""One frame -> Detections: bodies are looked for, named, and weighed against each other."""

from __future__ import annotations

import copy
import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT, Detections
from realtime.glyphs.normalize import normalize
from realtime.ink.candidates import Candidates
from realtime.ink.network import InkNetwork
from realtime.ink.proposals import grays, propose
from realtime.layout.skew import deskewed
from realtime.numbers.form import Form
from realtime.recognition.choice import apart, chosen
from realtime.recognition.decide import shipped
from realtime.recognition.line_reader import LineReader, LineReading
from realtime.recognition.rows import named, read_rows
from realtime.recognition.rows_of_form import with_form
from realtime.recognition.single_row import reread
from realtime.recognition.trace import DIGIT, NO_DIGIT, UNSURE, Trace, said
from realtime.version import __version__

MIN_CONFIDENCE = 0.5
"""Below it a body is no digit, unless another bound is asked for; below this one guesses are called digits too."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        clearer: Times as clearly that a less likely way to see a frame must read.
        clear: Share of what may be digits that is read, from which a frame is not looked at in another way.
    """

    clearer: float = 1.15
    clear: float = 0.9


LIMITS = Limits()


class Recognizing(Protocol):
    """A `Recognizer`, or what reads frames as one does."""

    def trace(self, frame: NDArray[np.uint8]) -> Trace:
        """The digits of a `(H, W, 3) uint8` BGR frame, with all that was seen on the way to them."""


class Recognizer:
    """Reads the digits of a frame. Pure: the same frame gives the same answer.

    Args:
        classifier: maps `(n, 28, 28) float32` to `(n, 11) float32` probabilities; see
            `realtime.recognition.classifier.Classifier`.
        min_confidence: a body is called a digit when it is at least this likely to be one, and the right one.
        network: maps a contrast to ink, body and core; the shipped one where it is left out.
        decision: how likely a body is a digit; the shipped one where it is left out.
        line_reader: reads rows whose digits touch; the shipped one where it is left out.
        form: what every number looks like: then the digits are those of the likeliest numbers of that form.

    Attributes:
        digest: SHA-256 of all that decides what is read: the version of the program, each model file, and the bound.
    """

    def __init__(
        self,
        classifier: Callable[[np.ndarray], np.ndarray],
        min_confidence: float = MIN_CONFIDENCE,
        network: Callable[[np.ndarray], np.ndarray] | None = None,
        decision: Callable[[Candidates, np.ndarray, tuple[int, ...]], np.ndarray] | None = None,
        line_reader: LineReader | None = None,
        form: Form | None = None,
    ) -> None:
        self._classifier = classifier
        self._min_confidence = min_confidence
        self._network = network or InkNetwork()
        self._decision = decision or shipped()
        self._line_reader = line_reader or LineReader()
        models = [classifier, self._network, self._decision, self._line_reader]
        digests = [getattr(model, "digest", "") for model in models]
        self.digest = hashlib.sha256("\n".join([__version__, *digests, str(min_confidence)]).encode()).hexdigest()
        self.form = form

    def expecting(self, form: Form | None) -> Recognizer:
        """A recogniser like this one for sheets whose numbers have another form."""
        other = copy.copy(self)
        other.form = form
        return other

    def __call__(self, frame: NDArray[np.uint8]) -> Detections:
        """The digits of a `(H, W, 3) uint8` BGR frame."""
        return self.trace(frame).detections

    def trace(self, frame: NDArray[np.uint8]) -> Trace:
        """What was seen in a `(H, W, 3) uint8` BGR frame, its digits among it."""
        milliseconds: dict[str, float] = {}
        with _timed(milliseconds, "look"):
            first, *others = grays(frame)
        best = self._read(frame, first, milliseconds)
        doubtful = clarity(best) < LIMITS.clear * max(1, int((best.fate != NO_DIGIT).sum()))
        for gray in others if doubtful else ():
            other = self._read(frame, gray, milliseconds)
            if clarity(other) > LIMITS.clearer * clarity(best):
                best = other
        if self.form is None:
            return best
        with _timed(milliseconds, "form"):
            return with_form(best, self.form, frame.shape[1], self._line_reader)

    def _read(self, frame: NDArray[np.uint8], gray: NDArray[np.uint8], milliseconds: dict[str, float]) -> Trace:
        """A frame with its light taken out."""
        with _timed(milliseconds, "look"):
            candidates = propose(self._network, frame, gray)
        images, probabilities = self._name(candidates.crops, milliseconds)
        with _timed(milliseconds, "line"):
            candidates = read_rows(candidates, probabilities, partial(self._line_reader.read, thorough=False))
        if parts := candidates.crops[len(images) :]:
            named_parts = self._name(parts, milliseconds)
            images = np.concatenate([images, named_parts[0]])
            probabilities = np.concatenate([probabilities, named_parts[1]])
        trace = self._judge(frame, candidates, images, probabilities, milliseconds)
        may_be = trace.boxes[trace.fate != NO_DIGIT]
        if upright := deskewed(candidates.crops, may_be):
            turned = self._judge(frame, candidates, *self._name(upright, milliseconds), milliseconds)
            if clarity(turned) > LIMITS.clearer * clarity(trace):
                trace = turned
        scale = trace.ink.shape[1] / frame.shape[1]
        with _timed(milliseconds, "line"):
            reading = reread(trace.ink, scale, trace.detections, self._line_reader, self.form)
        return trace if reading is None else self._as_a_row(trace, reading, frame.shape)

    def _name(self, crops: list[np.ndarray], milliseconds: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
        """Crops as the naming network sees them, and what it says: `(n, 28, 28) float32`, `(n, 11) float32`."""
        with _timed(milliseconds, "normalize"):
            images = normalize(crops)
        with _timed(milliseconds, "classify"):
            return images, self._classifier(images)

    def _judge(
        self,
        frame: NDArray[np.uint8],
        candidates: Candidates,
        images: np.ndarray,
        probabilities: NDArray[np.float32],
        milliseconds: dict[str, float],
    ) -> Trace:
        """What has been seen and named, decided."""
        probabilities = named(probabilities, candidates.read)
        with _timed(milliseconds, "decide"):
            likely = self._decision(candidates, probabilities, frame.shape)
            kept = chosen(candidates, likely, self._min_confidence)
            others = apart(candidates, likely, kept)
        detections = Detections.from_probabilities(candidates.xyxy[kept], said(probabilities[kept], likely[kept]))
        shown = np.concatenate([kept, others])
        hidden = np.ones(len(candidates.xyxy), bool)
        hidden[shown] = False
        ink = cv2.bitwise_not(candidates.gray)
        unread = np.where(_may_be(probabilities[others]), UNSURE, NO_DIGIT)
        return Trace(
            ink,
            candidates.xyxy[shown],
            images[shown],
            probabilities[shown],
            detections,
            milliseconds,
            np.concatenate([np.full(len(kept), DIGIT), unread]),
            candidates.xyxy[hidden],
            candidates.digit_ink(),
            likely[shown].astype(np.float32),
        )

    def _as_a_row(self, trace: Trace, reading: LineReading, shape: tuple[int, ...]) -> Trace:
        """A trace whose digits are those that are read of a picture that is one row."""
        height, width = shape[:2]
        confidence = reading.probabilities[np.arange(len(reading.digit)), reading.digit]
        boxes = np.rint(reading.xyxy).astype(np.int32)
        boxes[:, :2] = np.minimum(boxes[:, :2], np.array([width, height]) - 1)
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
        found = Detections(boxes, reading.digit, confidence, reading.probabilities)
        scale = trace.ink.shape[1] / width
        inner = (boxes * scale).astype(int)
        images = normalize([trace.ink[y0 : y1 + 1, x0 : x1 + 1] for x0, y0, x1, y1 in inner])
        # A row without its doubtful digit is another number: unless only sure ones are asked for, all of it counts.
        called = (confidence >= self._min_confidence) | (self._min_confidence <= MIN_CONFIDENCE)
        return Trace(
            trace.ink,
            boxes,
            images,
            reading.probabilities,
            found[called],
            trace.milliseconds,
            np.where(called, DIGIT, UNSURE),
            np.concatenate([trace.boxes, trace.overlapped]),
            trace.digit_ink,
            confidence,
        )


def _may_be(probabilities: NDArray[np.float32]) -> np.ndarray:
    """Whether each is likelier a digit than none, by its look alone."""
    return probabilities[:, NOT_A_DIGIT] < 0.5


@contextmanager
def _timed(milliseconds: dict[str, float], stage: str) -> Iterator[None]:
    """Wall time of a stage; what is called by the same name is one stage."""
    begin = time.perf_counter()
    yield
    milliseconds[stage] = milliseconds.get(stage, 0.0) + (time.perf_counter() - begin) * 1e3


def clarity(trace: Trace) -> float:
    """How much was read, and how surely: guesses count for little."""
    return float(np.maximum(2 * trace.detections.confidence - 1, 0).sum())


def glyph_of(trace: Trace, detection: int) -> int:
    """The row of the trace's arrays that one of its detections was made from.

    Two ways to cut the same ink have the same box; and what the network said may have been weighed since.
    """
    same = np.flatnonzero((trace.boxes == trace.detections.xyxy[detection]).all(axis=1))
    off = np.abs(trace.probabilities[same] - trace.detections.probabilities[detection]).sum(axis=1)
    return int(same[off.argmin()])

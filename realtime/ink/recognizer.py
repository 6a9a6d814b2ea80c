"""One frame -> Detections, by the ink network: bodies are looked for, named, and weighed against each other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT, Detections
from realtime.ink.decide import Decision, shipped
from realtime.ink.eye import Seen, look
from realtime.ink.rows import RowReader, read_row
from realtime.normalize import normalize
from realtime.recognizer import MIN_CONFIDENCE, Trace

_OVERLAP = 0.5  # of the smaller of two boxes: sharing more, they are the same digit


class InkRecognizer:
    """Reads the digits of a frame. Pure: the same frame gives the same answer.

    Args:
        classifier: maps `(n, 28, 28) float32` to `(n, 11) float32` probabilities; see `realtime.classifier.Classifier`.
        min_confidence: a body is called a digit when it is at least this likely to be one, and the right one.
        network: maps a contrast to ink, body and core; see `realtime.ink.network.InkNetwork`, which is taken where it
            is left out.
        decision: how likely a body is a digit; the shipped one where it is left out.
        reader: parts digits that touch; see `realtime.ink.rows`. Without one the network's own cores do.
    """

    def __init__(
        self,
        classifier: Callable[[np.ndarray], np.ndarray],
        min_confidence: float = MIN_CONFIDENCE,
        network: Callable[[np.ndarray], np.ndarray] | None = None,
        decision: Decision | None = None,
        reader: RowReader | None = None,
    ) -> None:
        from realtime.ink.network import InkNetwork

        self._classifier = classifier
        self._min_confidence = min_confidence
        self._network = network or InkNetwork()
        self._decision = decision or shipped()
        self._reader = reader

    def __call__(self, frame: np.ndarray) -> Detections:
        """The digits of a `(H, W, 3) uint8` BGR frame."""
        return self.trace(frame).detections

    def trace(self, frame: np.ndarray) -> Trace:
        """The same, with all that was seen on the way."""
        milliseconds: dict[str, float] = {}
        with _timed(milliseconds, "segment"):
            seen = look(self._network, frame)
            if self._reader is not None:
                seen = read_row(seen, self._reader)
        with _timed(milliseconds, "normalize"):
            images = normalize(seen.crops)
        with _timed(milliseconds, "classify"):
            probabilities = self._classifier(images)
        likely = self._decision(seen, probabilities, frame.shape)
        kept = chosen(seen, likely, self._min_confidence)
        ink = cv2.resize(seen.maps[0].ink, seen.gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
        detections = Detections.from_probabilities(seen.xyxy[kept], _said(probabilities[kept], likely[kept]))
        return Trace(ink, seen.xyxy, images, probabilities, detections, milliseconds)


def _said(probabilities: np.ndarray, likely: np.ndarray) -> np.ndarray:
    """The network's word on which digit it is, and the decision's on whether it is one."""
    digits = probabilities.copy()
    digits[:, NOT_A_DIGIT] = 0
    best = np.maximum(digits.max(axis=1, keepdims=True), 1e-6)
    # What the likeliest digit gets is the decision's; the others share the rest as the network has it.
    digits *= likely[:, None] / best
    total = digits.sum(axis=1, keepdims=True)
    digits /= np.maximum(total, 1)
    digits[:, NOT_A_DIGIT] = np.maximum(1 - digits.sum(axis=1), 0)
    return digits.astype(np.float32)


def chosen(seen: Seen, likely: np.ndarray, least: float) -> np.ndarray:
    """Rows that are digits, no two of them the same one: a body or its parts, from the copy that knows it best."""
    called = likely >= least
    rank = likely * (0.5 + 0.5 * seen.fit)
    for whole in np.unique(seen.whole[seen.whole >= 0]):
        parts = np.flatnonzero(seen.whole == whole)
        if len(parts) > 1 and likely[parts].min() > likely[whole]:
            called[whole] = False
        else:
            called[parts] = False
    rows = np.flatnonzero(called & (seen.fit > 0))
    rows = rows[np.argsort(-rank[rows], kind="stable")]
    return rows[_apart(seen.xyxy[rows].astype(np.float64))]


def _apart(boxes: np.ndarray) -> np.ndarray:
    """Of boxes `(n, 4)`, best first, those that share little with any better one: indices."""
    area = np.maximum((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), 1)
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2) > _OVERLAP * np.minimum(area[:, None], area)
    kept: list[int] = []
    for i in range(len(boxes)):
        if not shared[i, kept].any():
            kept.append(i)
    return np.array(kept, np.int64)


@contextmanager
def _timed(milliseconds: dict[str, float], stage: str) -> Iterator[None]:
    """Wall time of a stage."""
    begin = time.perf_counter()
    yield
    milliseconds[stage] = (time.perf_counter() - begin) * 1e3

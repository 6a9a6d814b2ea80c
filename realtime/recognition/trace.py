"""Trace: everything the recogniser saw on its way through one frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT, Detections

DIGIT, UNSURE, NO_DIGIT = range(3)
"""What became of a body: it was read; it may be a digit, but not surely enough; it is none."""


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything the recogniser saw on its way through one frame.

    Attributes:
        ink: `(h, w) uint8`, how much darker than paper each pixel is; may be smaller than the frame.
        boxes: `(m, 4) int32`, bodies that stand apart, digits or not, as xyxy in pixels of the frame.
        crops: `(m, 28, 28) float32`, what the naming network saw of each.
        probabilities: `(m, 11) float32`, what it said.
        fate: `(m,) int64`, what became of each: `DIGIT`, `UNSURE` or `NO_DIGIT`.
        overlapped: `(k, 4) int32`, bodies in whose place a likelier one stands.
        digit_ink: `(h, w) uint8`, 255 times how likely the ink network calls each pixel of `ink` a digit's.
        detections: the digits read.
        likely: `(m,) float32`, how likely each is the digit that it looks like, as it was decided.
        milliseconds: wall time of each stage: look, line, normalize, classify, decide.
    """

    ink: np.ndarray
    boxes: np.ndarray
    crops: np.ndarray
    probabilities: np.ndarray
    detections: Detections
    milliseconds: dict[str, float] = field(default_factory=dict)
    fate: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    overlapped: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.int32))
    digit_ink: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    likely: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))

    @property
    def unsure(self) -> Detections:
        """The bodies that may be digits, but not surely enough."""
        which = self.fate == UNSURE
        boxes = self.boxes[: len(which)][which]
        return Detections.from_probabilities(boxes, said(self.probabilities[: len(which)][which], self.likely[which]))


def said(probabilities: NDArray[np.float32], likely: np.ndarray) -> np.ndarray:
    """The naming network's word on which digit it is, and the decision's on whether it is one."""
    said = probabilities.copy()
    rows, best = np.arange(len(said)), said[:, :NOT_A_DIGIT].argmax(axis=1)
    said[:, NOT_A_DIGIT] = 0
    top = np.maximum(said[rows, best], 1e-6)
    said[rows, best] = 0
    # The likeliest digit gets what the decision says; the others share at most the rest as the network has it.
    others = said.sum(axis=1)
    said *= np.minimum(likely / top, (1 - likely) / np.maximum(others, 1e-6))[:, None]
    said[rows, best] = likely
    said[:, NOT_A_DIGIT] = np.maximum(1 - said.sum(axis=1), 0)
    return said.astype(np.float32)

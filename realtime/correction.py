"""Puts right what was read in one frame: a digit is chosen, the user says what it is, and it is kept for training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.layout import arrange
from realtime.live.result import FrameResult
from realtime.own_digits import add_digits
from realtime.recognizer import Trace, glyph_of

WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""Where each arrow key leads: steps to the right and downwards."""

_SAME = 0.3  # a tracked digit is the glyph with which it shares so much of the area of both
_NEAR = 1 / 40  # of the frame's shorter side: so far beside a digit a click still means it


class Correction:
    """What the user says of the glyphs of one frame.

    Args:
        result: the frame, with a trace that has a glyph at least.

    Attributes:
        chosen: the glyph that is spoken of, as a row of the trace's arrays; to begin with the least sure digit.
        labels: what each glyph is that something was said of: 0 to 9, or 10 for no digit.
    """

    def __init__(self, result: FrameResult) -> None:
        assert result.trace is not None
        self._result, self._trace = result, result.trace
        self._glyphs = _glyphs(result.detections, result.trace)
        known = result.layout.order[self._glyphs[result.layout.order] >= 0]
        self._digits = self._glyphs[known]
        doubt = self._trace.probabilities[:, NOT_A_DIGIT].argmin() if not len(known) else None
        self.chosen = int(self._digits[result.detections.confidence[known].argmin()] if doubt is None else doubt)
        self.labels: dict[int, int] = {}

    @property
    def box(self) -> np.ndarray:
        """`(4,) int32`, of the chosen glyph in pixels of the frame."""
        return self._trace.boxes[self.chosen]

    @property
    def result(self) -> FrameResult:
        """The frame with its digits and lines as the user has put them right; these count as sure."""
        if not self.labels:
            return self._result
        was = self._result.detections
        named = [glyph for glyph, label in self.labels.items() if label != NOT_A_DIGIT]
        right = np.eye(CLASSES, dtype=np.float32)[[self.labels[glyph] for glyph in named]].reshape(-1, CLASSES)
        added = Detections.from_probabilities(self._trace.boxes[named], right)
        rest = was[~np.isin(self._glyphs, list(self.labels))]
        digits = Detections(
            *(
                np.concatenate([getattr(part, name) for part in (rest, added)])
                for name in ("xyxy", "digit", "confidence", "probabilities", "track")
            )
        )
        layout = arrange(digits)
        return replace(self._result, detections=digits, layout=layout, caption=layout.lines)

    def step(self, way: str) -> None:
        """Choose the next digit in reading order ("tab"), or the nearest in a direction (one of `WAYS`)."""
        if not len(self._digits):
            return
        if way == "tab":
            here = np.flatnonzero(self._digits == self.chosen)
            self.chosen = int(self._digits[(here[0] + 1) % len(self._digits) if len(here) else 0])
            return
        x, y = WAYS[way]
        away = _centers(self._trace.boxes[self._digits]) - _centers(self.box[None])
        along, aside = away @ (x, y), np.abs(away @ (y, x))
        cost = np.where(along > (1 + abs(x)) * aside, along + 2 * aside, np.inf)  # rows are flat
        if np.isfinite(cost).any():
            self.chosen = int(self._digits[cost.argmin()])

    def choose(self, x: float, y: float) -> bool:
        """Choose what is at a point of the frame: a digit, or else a glyph that was turned down, or a digit beside it.

        Returns:
            Whether there was anything.
        """
        boxes = self._trace.boxes
        far = np.maximum(np.maximum(boxes[:, :2] - (x, y), (x, y) - boxes[:, 2:] + 1), 0).max(axis=1)
        digit = np.isin(np.arange(len(boxes)), self._digits)
        size = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        near = _NEAR * min(self._result.frame.image.shape[:2])
        for fits, cost in (
            (digit & (far == 0), size),
            (~digit & (far == 0), self._trace.probabilities[:, NOT_A_DIGIT]),
            (digit & (far <= near), far),
        ):
            if fits.any():
                self.chosen = int(np.where(fits, cost, np.inf).argmin())
                return True
        return False

    def name(self, label: int) -> None:
        """Say what the chosen glyph is: 0 to 9, or 10 for no digit."""
        self.labels[self.chosen] = label

    def keep(self, folder: str | Path) -> int:
        """Add what was said to a folder of one's own digits; returns how many that were.

        Raises:
            OwnDigitsError: the folder cannot be written to.
        """
        if self.labels:
            add_glyphs(folder, self._trace, self._result.frame.image, self.labels)
        return len(self.labels)


def add_glyphs(folder: str | Path, trace: Trace, frame: np.ndarray, labels: dict[int, int]) -> None:
    """Add glyphs of one frame to a folder of one's own digits.

    Args:
        folder: made where it is missing.
        trace: of the frame.
        frame: `(H, W, 3) uint8` BGR.
        labels: rows of the trace's arrays, and what each is, 0 to 10; 10 is no digit.

    Raises:
        OwnDigitsError: the folder cannot be written to.
    """
    glyphs = list(labels)
    answers = trace.probabilities[glyphs]
    add_digits(
        folder,
        trace.crops[glyphs],
        list(labels.values()),
        read=answers.argmax(axis=1).tolist(),
        confidence=answers.max(axis=1).tolist(),
        frame=frame,
        xyxy=trace.boxes[glyphs],
    )


def _glyphs(detections: Detections, trace: Trace) -> np.ndarray:
    """`(n,) int64`: the glyph of each digit, -1 for one that the tracker holds though this frame does not show it."""
    glyphs = np.full(len(detections), -1, np.int64)
    read = trace.detections.xyxy.astype(np.int64)
    for i, box in enumerate(detections.xyxy.astype(np.int64)):
        corners = np.concatenate([np.maximum(read[:, :2], box[:2]), np.minimum(read[:, 2:], box[2:])], axis=1)
        shared = _area(corners)
        share = shared / np.maximum(_area(read) + _area(box[None]) - shared, 1)
        if len(share) and share.max() >= _SAME:
            glyphs[i] = glyph_of(trace, int(share.argmax()))
    return glyphs


def _area(boxes: np.ndarray) -> np.ndarray:
    return np.maximum(boxes[:, 2:] - boxes[:, :2], 0).prod(axis=1)


def _centers(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, :2] + boxes[:, 2:]) / 2

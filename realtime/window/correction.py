"""Puts right what was read in one frame: a glyph is chosen or boxed, the user says what it is, and it is kept."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from realtime.boxes import area, centers, overlap, shared_area
from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.layout.arrange import arrange
from realtime.live.boxed_glyph import BoxedGlyph, add_glyphs, cut_out
from realtime.live.result import FrameResult
from realtime.sinks.own_digits import Added
from realtime.window.correspondence import glyphs_of

WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""Where each arrow key leads: steps to the right and downwards."""

_SEEN = 0.8  # a box is one around a glyph that the recogniser saw from this share on
_NEAR = 1 / 40  # of the frame's shorter side: so far beside a digit a click still means it
_COVERED = 0.5  # of the smaller of two boxes: a digit that shares so much with a boxed one is replaced by it


@dataclass(frozen=True, eq=False)
class _State:
    """What was said so far; each step of the user makes a new one.

    Attributes:
        chosen: the glyph that is spoken of, None for none: a row of the trace's arrays, and after these the boxed ones.
        labels: what each glyph is that something was said of: 0 to 9, or 10 for no digit.
        boxed: the glyphs that the user drew a box around.
    """

    chosen: int | None
    labels: dict[int, int] = field(default_factory=dict)
    boxed: tuple[BoxedGlyph, ...] = ()


class Correction:
    """What the user says of the glyphs of one frame.

    To begin with the least sure digit is chosen.

    Args:
        result: the frame, with a trace of this very frame.

    Attributes:
        trace: of the frame.
    """

    def __init__(self, result: FrameResult) -> None:
        assert result.trace is not None
        self._result, self.trace = result, result.trace
        self._glyphs = glyphs_of(result.detections, result.trace)
        known = result.layout.order[self._glyphs[result.layout.order] >= 0]
        self._digits = self._glyphs[known].tolist()
        doubtful = self._digits[result.detections.confidence[known].argmin()] if len(known) else None
        self._states = [_State(doubtful)]

    @property
    def chosen(self) -> int | None:
        """The glyph that is spoken of: a row of the trace's arrays, after these the boxed ones; None for none."""
        return self._states[-1].chosen

    @property
    def labels(self) -> dict[int, int]:
        """What each glyph is that something was said of: 0 to 9, or 10 for no digit."""
        return self._states[-1].labels

    @property
    def box(self) -> np.ndarray | None:
        """`(4,) int32`, of the chosen glyph in pixels of the frame; None where none is chosen."""
        return None if self.chosen is None else self._boxes[self.chosen]

    @property
    def marks(self) -> list[tuple[np.ndarray, int]]:
        """Box, `(4,) int32` in pixels of the frame, and label of each glyph that something was said of."""
        return [(self._boxes[glyph], label) for glyph, label in self.labels.items()]

    @property
    def rest(self) -> FrameResult:
        """The frame with the digits that nothing was said of."""
        return self._with(Detections.empty()) if self.labels else self._result

    @property
    def result(self) -> FrameResult:
        """The frame with its digits and lines as the user has put them right; these count as sure."""
        if not self.labels:
            return self._result
        named = [glyph for glyph, label in self.labels.items() if label != NOT_A_DIGIT]
        right = np.eye(CLASSES, dtype=np.float32)[[self.labels[glyph] for glyph in named]].reshape(-1, CLASSES)
        return self._with(Detections.from_probabilities(self._boxes[named], right))

    def step(self, way: str) -> None:
        """Choose the next digit in reading order ("tab"), or the nearest in a direction (one of `WAYS`)."""
        digits = [*self._digits, *range(len(self.trace.boxes), len(self._boxes))]
        if not digits:
            return
        if self.box is None or way == "tab":
            here = digits.index(self.chosen) if self.chosen in digits else -1
            self._choose(digits[(here + 1) % len(digits)])
            return
        x, y = WAYS[way]
        away = centers(self._boxes[digits]) - centers(self.box[None])
        along, aside = away @ (x, y), np.abs(away @ (y, x))
        cost = np.where(along > (1 + abs(x)) * aside, along + 2 * aside, np.inf)  # rows are flat
        if np.isfinite(cost).any():
            self._choose(digits[cost.argmin()])

    def choose(self, x: float, y: float) -> bool:
        """Choose what is at a point of the frame: a digit, or else a glyph that was turned down, or a digit beside it.

        Returns:
            Whether there was anything; if not, nothing is chosen any more.
        """
        boxes, chosen = self._boxes, None
        far = np.maximum(np.maximum(boxes[:, :2] - (x, y), (x, y) - boxes[:, 2:] + 1), 0).max(axis=1)
        glyphs = np.arange(len(boxes))
        digit = np.isin(glyphs, self._digits) | (glyphs >= len(self.trace.boxes))
        size = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
        none = np.pad(self.trace.probabilities[:, NOT_A_DIGIT], (0, len(boxes) - len(self.trace.boxes)))
        near = _NEAR * min(self._result.frame.image.shape[:2])
        for fits, cost in ((digit & (far == 0), size), (~digit & (far == 0), none), (digit & (far <= near), far)):
            if fits.any():
                chosen = int(np.where(fits, cost, np.inf).argmin())
                break
        self._choose(chosen)
        return chosen is not None

    def add_box(self, xyxy: np.ndarray) -> bool:
        """Choose the ink in a box, `(4,)` in pixels of the frame: a glyph that was seen there, or else a new one.

        Returns:
            Whether there is any ink; if not, nothing is chosen any more.
        """
        (glyph,) = cut_out(self._result.frame.image, self.trace.ink, xyxy[None])
        if glyph is None:
            self._choose(None)
            return False
        share = overlap(self._boxes, glyph.xyxy)
        if len(share) and share.max() >= _SEEN:
            # A digit comes before another way to see the same ink.
            first = np.isin(np.arange(len(share)), self._digits) & (share >= _SEEN)
            self._choose(int(np.where(first, share + 1, share).argmax()))
        else:
            now = self._states[-1]
            self._states.append(replace(now, chosen=len(self._boxes), boxed=(*now.boxed, glyph)))
        return True

    def name(self, label: int) -> bool:
        """Say what the chosen glyph is: 0 to 9, or 10 for no digit; whether there is one that is chosen."""
        if self.chosen is None:
            return False
        self._states.append(replace(self._states[-1], labels={**self.labels, self.chosen: label}))
        return True

    def undo(self) -> bool:
        """Take back the last label or box; whether there was one."""
        if len(self._states) == 1:
            return False
        self._states.pop()
        return True

    def copy(self) -> Correction:
        """The same, to go on with while this one stays as it is."""
        other = copy(self)
        other._states = list(self._states)
        return other

    def says_the_same_as(self, other: Correction) -> bool:
        """Whether just the same was said of the same glyphs; for a correction and its copy."""
        return self.labels == other.labels and self._states[-1].boxed == other._states[-1].boxed

    def keep(self, folder: str | Path) -> Added | None:
        """Add what was said to a folder of one's own digits; what was written, None where nothing was said.

        Raises:
            OwnDigitsError: the folder cannot be written to.
        """
        if not self.labels:
            return None
        seen = len(self.trace.boxes)
        glyphs = {glyph: label for glyph, label in self.labels.items() if glyph < seen}
        boxed = [(self._states[-1].boxed[i - seen], label) for i, label in self.labels.items() if i >= seen]
        return add_glyphs(folder, self.trace, self._result.frame.image, glyphs, boxed)

    @property
    def _boxes(self) -> np.ndarray:
        """`(n, 4) int32`: the glyphs of the trace, and after these the boxed ones."""
        boxed = [glyph.xyxy for glyph in self._states[-1].boxed]
        return np.concatenate([self.trace.boxes, np.array(boxed, np.int32).reshape(-1, 4)])

    def _choose(self, glyph: int | None) -> None:
        self._states[-1] = replace(self._states[-1], chosen=glyph)

    def _with(self, added: Detections) -> FrameResult:
        """The frame, `added` in the place of the digits that something was said of."""
        was = self._result.detections
        gone = np.isin(self._glyphs, list(self.labels))
        for glyph in self.labels:
            if glyph >= len(self.trace.boxes):
                box = self._boxes[glyph]
                smaller = np.minimum(area(was.xyxy), area(box[None]))
                gone |= shared_area(was.xyxy, box) >= _COVERED * np.maximum(smaller, 1)
        digits = Detections(
            *(
                np.concatenate([getattr(part, name) for part in (was[~gone], added)])
                for name in ("xyxy", "digit", "confidence", "probabilities", "track")
            )
        )
        layout = arrange(digits)
        return replace(self._result, detections=digits, layout=layout, caption=layout.lines)

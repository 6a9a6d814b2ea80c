"""Puts right what was read in one frame: a glyph is chosen or boxed, the user says what it is, and it is kept."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from realtime.boxes import overlap
from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.live.boxed_glyph import BoxedGlyph, add_glyphs, cut_out
from realtime.live.result import FrameResult
from realtime.sinks.own_digits import Added
from realtime.window.aim import at_point, stepped
from realtime.window.correspondence import covered, glyphs_of, with_digits
from realtime.window.number_text import NumberText, boxes_of, number_of, with_texts

_SEEN = 0.8  # a box is one around a glyph that the recogniser saw from this share on
_NEAR = 1 / 40  # of the frame's shorter side: so far beside a digit a click still means it


@dataclass(frozen=True, eq=False)
class _State:
    """What was said so far; each step of the user makes a new one.

    Attributes:
        chosen: the glyph that is spoken of, None for none: a row of the trace's arrays, and after these the boxed ones.
        labels: what each glyph is that something was said of: 0 to 9, or 10 for no digit.
        boxed: the glyphs that the user drew a box around.
        texts: numbers that were typed whole, and of which nobody knows which digit stands where.
    """

    chosen: int | None
    labels: dict[int, int] = field(default_factory=dict)
    boxed: tuple[BoxedGlyph, ...] = ()
    texts: tuple[NumberText, ...] = ()


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
    def said(self) -> int:
        """Of how many glyphs and numbers something was said."""
        return len(self.labels) + len(self._states[-1].texts)

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
        if not self.said:
            return self._result
        return with_texts(self._with(Detections.empty()), self._states[-1].texts)

    @property
    def result(self) -> FrameResult:
        """The frame with its digits and lines as the user has put them right; these count as sure."""
        return with_texts(self._named[0], self._states[-1].texts) if self.said else self._result

    @property
    def number(self) -> str | None:
        """The number that the chosen glyph belongs to, as text; None where it belongs to none."""
        number = self._number
        return None if number is None else number.text

    def with_number(self, text: str) -> FrameResult:
        """The frame as of `result`, while this is being typed for the number of the chosen glyph."""
        number = self._number
        assert number is not None
        others = [each for each in self._states[-1].texts if not each.boxes & number.boxes]
        return with_texts(self._named[0], [*others, replace(number, text=text)])

    def name_number(self, text: str) -> None:
        """Say what the number of the chosen glyph is.

        Where it has as many digits as were read, each glyph is one of them. Else nobody knows which one is which, and
        none of them is kept to learn from.
        """
        number, now = self._number, self._states[-1]
        assert number is not None
        result, glyph_of = self._named
        boxes = boxes_of(result.detections)
        members = [i for i in result.layout.order.tolist() if boxes[i] in number.boxes]
        glyphs, texts = glyph_of[members].tolist(), tuple(each for each in now.texts if not each.boxes & number.boxes)
        if len(text) == len(glyphs) and -1 not in glyphs:
            read = result.detections.digit[members].tolist()
            labels = now.labels | {g: int(d) for g, d, was in zip(glyphs, text, read, strict=True) if int(d) != was}
        else:
            labels = {glyph: label for glyph, label in now.labels.items() if glyph not in glyphs}
            texts = (*texts, NumberText(number.boxes, text))
        self._states.append(replace(now, labels=labels, texts=texts))

    def step(self, way: str) -> None:
        """Choose the next digit in reading order ("tab"), or the nearest in a direction (one of `WAYS`)."""
        digits = [*self._digits, *range(len(self.trace.boxes), len(self._boxes))]
        glyph = stepped(self._boxes, digits, self.chosen, way)
        if glyph is not None:
            self._choose(glyph)

    def choose(self, x: float, y: float) -> bool:
        """Choose what is at a point of the frame: a digit, or else a glyph that was turned down, or a digit beside it.

        Returns:
            Whether there was anything; if not, nothing is chosen any more.
        """
        glyphs, seen = np.arange(len(self._boxes)), len(self.trace.boxes)
        digit = np.isin(glyphs, self._digits) | (glyphs >= seen)
        none = np.pad(self.trace.probabilities[:, NOT_A_DIGIT], (0, len(glyphs) - seen))
        near = _NEAR * min(self._result.frame.image.shape[:2])
        self._choose(at_point(self._boxes, digit, none, (x, y), near))
        return self.chosen is not None

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
        now, number = self._states[-1], self._number
        texts = tuple(each for each in now.texts if number is None or each.boxes != number.boxes)
        self._states.append(replace(now, labels={**self.labels, self.chosen: label}, texts=texts))
        return True

    def undo(self) -> bool:
        """Take back the last label or box; whether there was one."""
        if len(self._states) == 1:
            return False
        self._states.pop()
        return True

    def copy(self) -> Correction:
        """A copy to go on with, while this one stays as it is."""
        other = copy(self)
        other._states = list(self._states)
        return other

    def says_the_same_as(self, other: Correction) -> bool:
        """Whether just the same was said of the same glyphs; for a correction and its copy."""
        mine, theirs = self._states[-1], other._states[-1]
        return (mine.labels, mine.boxed, mine.texts) == (theirs.labels, theirs.boxed, theirs.texts)

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

    @property
    def _named(self) -> tuple[FrameResult, np.ndarray]:
        """The frame with what single glyphs were said to be, and the glyph of each digit, -1 where it is not seen."""
        named = [glyph for glyph, label in self.labels.items() if label != NOT_A_DIGIT]
        if not self.labels:
            return self._result, self._glyphs
        right = np.eye(CLASSES, dtype=np.float32)[[self.labels[glyph] for glyph in named]].reshape(-1, CLASSES)
        result = self._with(Detections.from_probabilities(self._boxes[named], right))
        return result, np.concatenate([self._glyphs[~self._gone], np.array(named, np.int64)])

    @property
    def _number(self) -> NumberText | None:
        """The number of the chosen glyph, as it was typed or as it is read; None where it belongs to none."""
        result, glyph_of = self._named
        at = [] if self.chosen is None else np.flatnonzero(glyph_of == self.chosen).tolist()
        return number_of(result, at[0], self._states[-1].texts) if at else None

    @property
    def _gone(self) -> np.ndarray:
        """`(n,) bool`: the digits of the frame in whose place something else was said."""
        seen, boxes = len(self.trace.boxes), self._boxes
        boxed = [boxes[glyph] for glyph in self.labels if glyph >= seen]
        return np.isin(self._glyphs, list(self.labels)) | covered(self._result.detections, boxed)

    def _with(self, added: Detections) -> FrameResult:
        """The frame, `added` in the place of the digits that something was said of."""
        return with_digits(self._result, ~self._gone, added)

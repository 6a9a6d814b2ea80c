"""Correcting in the window: begins, obeys keys and mouse, keeps what was typed, and takes it back."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.live.result import FrameResult
from realtime.sinks.own_digits import LABELS, Added, OwnDigitsError, remove_digits
from realtime.window.aim import WAYS
from realtime.window.correction import Correction
from realtime.window.correspondence import point_as_read
from realtime.window.events import Press, Stroke
from realtime.window.keys import UNCHOSEN

_REMEMBERED = 10
"""Frames of which what was kept can be taken back."""
_LONGEST = 64
"""Digits of a number that is typed."""


@dataclass(frozen=True, eq=False)
class _Kept:
    """What was kept of a frame: the correction, what it wrote if anything, and the frame that was on show."""

    correction: Correction
    added: Added | None
    result: FrameResult


class Corrector:
    """Lets the user correct one frame after the other. Nothing is written before Enter.

    Args:
        folder: of the user's own digits, see `realtime.sinks.own_digits`.
        say: is given a line about what was done.

    Attributes:
        correction: of the frame that is being corrected, else None.
        typing: the number that is being typed as text; None while none is.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.correction: Correction | None = None
        self.typing: str | None = None
        self._fresh = False  # whether the number is still as it was before typing
        self._folder, self._say = folder, say
        self._kept: deque[_Kept] = deque(maxlen=_REMEMBERED)
        self._problem: OwnDigitsError | None = None
        self._known = False  # whether the user knows which glyph is chosen

    @property
    def saved(self) -> list[str]:
        """The list of labels, where it has got some."""
        path = self._folder / LABELS
        return [str(path)] if any(kept.added for kept in self._kept) and path.exists() else []

    @property
    def unkept(self) -> int:
        """Of how many glyphs and numbers something was typed and neither kept nor taken back."""
        return 0 if self.correction is None else self.correction.said

    @property
    def lines(self) -> list[str] | None:
        """The reading as it is being put right; None while nothing is corrected."""
        if self.correction is None:
            return None
        if self.typing is None:
            return self.correction.result.layout.lines
        return self.correction.with_number(self.typing + "_").layout.lines

    def on_show(self, result: FrameResult) -> FrameResult:
        """What to show for a frame: it as it is being corrected, or as it was put right."""
        if self.correction is not None:
            return self.correction.rest
        return self._kept[-1].correction.result if self._kept and self._kept[-1].result is result else result

    def begin(self, shown: FrameResult) -> bool:
        """Correct the frame that the digits on show were read in; whether it can be."""
        self.correction, self._known = self._open(shown), False
        if self.correction is None:
            self._say("nothing here to correct")
        return self.correction is not None

    def point(self, stroke: Stroke) -> None:
        """Choose what was clicked on, or box what was dragged around, and begin to correct it where need be."""
        self.typing = None
        correction = self.correction or self._open(stroke.shown)
        if correction is None or stroke.shown.trace is not correction.trace:
            return  # there was nothing to see, or it was meant for a picture that is gone
        if stroke.drag:
            middle = (stroke.box[:2] + stroke.box[2:]) / 2
            moved = point_as_read(stroke.shown, *middle) - middle
            there = correction.add_box(stroke.box + np.tile(moved, 2))
            if not there:
                self._say("no ink in that box")
        else:
            there = correction.choose(*point_as_read(stroke.shown, *stroke.points[0]))
        if there:
            self.correction, self._known = correction, True

    def press(self, press: Press, result: FrameResult) -> None:
        """Obey a key while a frame is being corrected; `result` is the one to go on with."""
        correction, key = self.correction, press.key
        assert correction is not None
        self._known |= press.marked
        if self.typing is not None:
            self._type(correction, key)
        elif key == "e":
            self.type_number()
        elif key == "tab" or key in WAYS:
            correction.step(key)
        elif key == "x" or key.isdecimal():
            if not self._known:  # it came too soon after the key that began this
                self._say(f"{key} not taken: look first at what is chosen")
            elif not correction.name(NOT_A_DIGIT if key == "x" else int(key)):
                self._say(f"{key} not taken, {UNCHOSEN}")
        elif key == "backspace":
            if not correction.undo():
                self._say("there is nothing more to take back")
        elif key == "enter":
            self._keep(correction, result)
        elif key == "esc" or (key in ("c", " ") and not correction.said):
            self.correction = None

    def type_number(self) -> None:
        """Begin to type the number of the chosen glyph as text."""
        number = None if self.correction is None else self.correction.number
        if number is None:
            self._say("no number is chosen")
        self.typing, self._fresh = number, True

    def _type(self, correction: Correction, key: str) -> None:
        """Obey a key while a number is typed."""
        assert self.typing is not None
        if key == "enter":
            correction.name_number(self.typing)
            self.typing = None
        elif key == "esc":
            self.typing = None
        elif key.isdecimal():
            self.typing = key if self._fresh else (self.typing + key)[:_LONGEST]
            self._fresh = False
        elif key == "backspace":
            self.typing, self._fresh = self.typing[:-1], False

    def leave(self) -> bool:
        """End a correction in which nothing was typed; whether none is left."""
        if self.correction is not None and not self.correction.said:
            self.correction = self.typing = None
        return self.correction is None

    def take_back(self) -> None:
        """Remove what was kept last, and go on correcting where it was left."""
        if not self._kept:
            self._say("there is nothing to take back")
            return
        kept = self._kept[-1]
        try:
            count = 0 if kept.added is None else remove_digits(self._folder, kept.added)
        except OwnDigitsError as error:
            self._say(str(error))
            return
        self._kept.pop()
        self.correction, self._known = kept.correction, False
        stay = len(kept.added or ()) - count
        edited = f"; {stay} that the list has otherwise by now stay" if stay else ""
        self._say(f"{count} taken back from {self._folder}{edited}; Enter keeps them again, Backspace takes back more")

    def close(self) -> None:
        """Leave everything as it is.

        Raises:
            OwnDigitsError: what was typed could not be written when it should have been.
        """
        if self._problem is not None and self.unkept:
            raise self._problem

    def _open(self, shown: FrameResult) -> Correction | None:
        """A correction of the frame that the digits on show were read in; the same again if it was kept last."""
        result = shown.as_read
        if result.trace is None:
            return None
        kept = self._kept[-1].correction if self._kept else None
        return kept.copy() if kept is not None and kept.trace is result.trace else Correction(result)

    def _keep(self, correction: Correction, result: FrameResult) -> None:
        earlier = self._kept[-1] if self._kept and self._kept[-1].correction.trace is correction.trace else None
        try:
            if earlier is None or not correction.says_the_same_as(earlier.correction):
                added = correction.keep(self._folder)
                if earlier is not None:  # one glyph must not stand in the list twice, as two digits
                    if earlier.added is not None:
                        remove_digits(self._folder, earlier.added)
                    self._kept.pop()
                if correction.said:
                    self._kept.append(_Kept(correction, added, result))
                    self._say(
                        f"kept {len(added)} in {self._folder}; Backspace takes back; "
                        "python -m training personalize learns from it"
                        if added is not None
                        else "the reading is as it was typed; nothing of it is kept to learn from"
                    )
        except OwnDigitsError as error:
            self._problem = error
            self._say(str(error))
        else:
            self._problem = self.correction = None

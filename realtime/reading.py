"""Lines that have held still -> a finished reading, once a sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from realtime.detections import Detections
from realtime.layout import arrange

_HOLD = 0.5  # seconds for which new digits must stay the same
_HOLD_CHANGED = 1.0  # for digits of which some stood in the last reading: more was written, or one is read anew
_HOLD_PART = 2.0  # for such as were all in the last reading: more likely a sheet half in view
_RESTLESS = 0.25  # a second counts so much while what is seen may be about to change
_AWAY = 2.0  # seconds without a digit after which the same sheet is read again


@dataclass(frozen=True)
class Reading:
    """What a sheet says.

    Attributes:
        lines: the text of each line from top to bottom, a space between two numbers.
        time: seconds at which it was finished, by the clock of the frames.
    """

    lines: list[str]
    time: float


class Reader:
    """Watches tracked digits and says when a reading is finished: once a sheet, and again when the writing changes."""

    def __init__(self) -> None:
        self._watched: frozenset[tuple[int, int]] = frozenset()  # (track, digit) that are waited for to hold still
        self._held = 0.0  # seconds for which they have
        self._texts: Counter[tuple[str, ...]] = Counter()  # how they were arranged meanwhile
        self._empty = 0.0  # seconds since the last digit
        self._last: frozenset[tuple[int, int]] = frozenset()  # what the last reading was made of
        self._last_text: list[str] = []  # and its lines, without spaces

    def __call__(self, tracks: Detections, time: float, step: float, restless: bool = False) -> Reading | None:
        """The reading that this frame finishes, or None.

        Args:
            tracks: steady digits with their track numbers.
            time: seconds, to be told with the reading.
            step: seconds since the last frame, greater than 0.
            restless: what is seen may be about to change, as when the sheet moves: wait longer.
        """
        if len(tracks) == 0:
            self._watched = frozenset()
            self._empty += step
            if self._empty > _AWAY:
                self._last, self._last_text = frozenset(), []
            return None
        self._empty = 0.0
        digits = frozenset(zip(tracks.track.tolist(), tracks.digit.tolist(), strict=True))
        if digits != self._watched:
            self._watched, self._held = digits, 0.0
            self._texts.clear()
        if digits <= self._last:  # nothing new: the sheet that was read, or what a hand leaves of it
            return None
        self._held += step * (_RESTLESS if restless else 1)
        self._texts[tuple(arrange(tracks).lines)] += 1
        if self._held < self._patience(tracks):
            return None
        lines = list(self._texts.most_common(1)[0][0])
        text = [line.replace(" ", "") for line in lines]
        same = text == self._last_text  # its digits were lost from sight, and found again under other numbers
        self._last, self._last_text = digits, text
        return None if same else Reading(lines, time)

    def _patience(self, tracks: Detections) -> float:
        """Seconds for which these digits must hold still."""
        if Counter(map(str, tracks.digit.tolist())) < Counter("".join(self._last_text)):
            return _HOLD_PART
        known = {track for track, _ in self._last}
        return _HOLD if known.isdisjoint(tracks.track.tolist()) else _HOLD_CHANGED

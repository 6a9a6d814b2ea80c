"""Lines that have held still -> a finished reading, once a sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from realtime.detections import Detections
from realtime.layout import arrange

_HOLD = 0.5  # seconds for which new digits must stay the same
_HOLD_CHANGED = 1.0  # for digits of which some stood in the last reading: more was written, or read anew
_HOLD_PART = 2.0  # for digits that were all in the last reading: more likely a sheet half in view
_RESTLESS = 0.25  # a moving or covered sheet must show the same for so much longer
_AWAY = 2.0  # seconds without a digit after which the same sheet is read again


@dataclass(frozen=True)
class Reading:
    """What a sheet says.

    Attributes:
        lines: text of each line from top to bottom, a space between two numbers.
        time: seconds at which it was finished, by the clock of the frames.
    """

    lines: list[str]
    time: float


class Reader:
    """Watches tracked digits and says when a reading is finished."""

    def __init__(self) -> None:
        self._watched: frozenset[tuple[int, int]] = frozenset()
        self._held = 0.0
        self._texts: Counter[tuple[str, ...]] = Counter()
        self._last: frozenset[tuple[int, int]] = frozenset()
        self._last_digits: Counter[int] = Counter()
        self._last_text: list[str] = []
        self._empty = 0.0

    def __call__(self, tracks: Detections, time: float, step: float, restless: bool = False) -> Reading | None:
        """The reading that this frame finishes, or None.

        Args:
            tracks: steady digits with their track numbers.
            time: seconds, for the reading to tell.
            step: seconds since the last frame, greater than 0.
            restless: the sheet moves, is partly covered or not all in view: wait longer.
        """
        if len(tracks) == 0:
            self._empty += step
            if self._empty > _AWAY:
                self._last, self._last_digits, self._last_text = frozenset(), Counter(), []
            self._watched = frozenset()
            return None
        self._empty = 0.0
        digits = frozenset(zip(tracks.track.tolist(), tracks.digit.tolist(), strict=True))
        if digits != self._watched:
            self._watched, self._held = digits, 0.0
            self._texts.clear()
        if digits <= self._last:  # nothing new: the same sheet, or what a hand leaves of it
            return None
        self._held += step * (_RESTLESS if restless else 1)
        self._texts[tuple(arrange(tracks).lines)] += 1
        count = Counter(tracks.digit.tolist())
        if self._held < self._patience(tracks.track, count):
            return None
        lines = list(self._texts.most_common(1)[0][0])
        text = [line.replace(" ", "") for line in lines]
        again = text == self._last_text  # the same sheet, its digits lost from sight on the way
        self._last, self._last_digits, self._last_text = digits, count, text
        return None if again else Reading(lines, time)

    def _patience(self, track: np.ndarray, count: Counter[int]) -> float:
        if count < self._last_digits:
            return _HOLD_PART
        known = {number for number, _ in self._last}
        return _HOLD_CHANGED if known.intersection(track.tolist()) else _HOLD

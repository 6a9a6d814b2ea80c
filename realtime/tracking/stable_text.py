"""Lines that have held still -> a finished reading, once a sheet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.numbers.form import Form
from realtime.numbers.of_form import of_form


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        hold: Seconds for which new digits must stay the same.
        hold_changed: Seconds for which they must where some stood in the last reading: more was written, or one
            is read anew.
        hold_part: Seconds for which they must where all stood in the last reading: the sheet may be half in
            view.
        restless: Seconds that a second counts while what is seen may be about to change.
        travel: Heights that a moving sheet must go meanwhile: what is out of view comes within a row.
        patience: Seconds after which digits that come and go are waited for no longer.
        flicker: Share of the digits that may come and go. One always may.
        away: Seconds without a digit after which the same sheet is read again.
    """

    hold: float = 0.5
    hold_changed: float = 1.0
    hold_part: float = 2.0
    restless: float = 0.25
    travel: float = 2.0
    patience: float = 2.0
    flicker: float = 0.1
    away: float = 2.0


LIMITS = Limits()


_Digits = frozenset[tuple[int, int]]
"""Digits by `(track, digit)`."""


@dataclass(frozen=True)
class Reading:
    """What a sheet says.

    Attributes:
        lines: the text of each line from top to bottom, a space between two numbers.
        time: seconds at which it was finished, by the clock of the frames.
    """

    lines: list[str]
    time: float


class StableText:
    """Watches tracked digits and says when a reading is finished: once a sheet, and again when the writing changes.

    Args:
        form: what every number looks like; then the numbers of a reading are the likeliest ones of that form.
    """

    def __init__(self, form: Form | None = None) -> None:
        self._form = form
        self._watched: _Digits = frozenset()  # the digits that are waited for to hold still
        self._held = 0.0  # seconds for which they have
        self._texts: Counter[tuple[str, ...]] = Counter()  # how they were arranged meanwhile
        self._about: _Digits = frozenset()  # what they were when they last changed much
        self._rested = 0.0  # seconds since then, those of motion cut down
        self._frames = 0  # and frames,
        self._present: Counter[tuple[int, int]] = Counter()  # and in how many of them each digit was there
        self._empty = 0.0  # seconds since the last digit
        self._last: _Digits = frozenset()  # what the last reading was made of
        self._last_text: list[str] = []  # and its lines, without spaces

    def __call__(
        self,
        tracks: Detections,
        time: float,
        step: float,
        restless: bool = False,
        moving: bool = False,
        speed: float = 0.0,
    ) -> Reading | None:
        """The reading that this frame finishes, or None.

        Args:
            tracks: steady digits with their track numbers.
            time: seconds, to be told with the reading.
            step: seconds since the last frame, greater than 0.
            restless: what is seen may be about to change: wait longer.
            moving: the sheet moves or is not all in view.
            speed: of the sheet, in heights of a digit a second.
        """
        if len(tracks) == 0:
            self._watched = self._about = frozenset()
            self._empty += step
            if self._empty > LIMITS.away:
                self._last, self._last_text = frozenset(), []
            return None
        self._empty = 0.0
        digits = frozenset(zip(tracks.track.tolist(), tracks.digit.tolist(), strict=True))
        if digits != self._watched:
            self._watched, self._held = digits, 0.0
            self._texts.clear()
        if digits <= self._last:  # nothing new: the sheet that was read, or what a hand leaves of it
            self._about = frozenset()
            return None
        self._held += step * (LIMITS.restless if restless else self._worth(speed) if moving else 1)
        self._texts[tuple(self._lines(tracks))] += 1
        if self._held > self._patience(tracks) - 1e-9:
            return self._finish(digits, list(self._texts.most_common(1)[0][0]), time)
        steady = self._steady(digits, step * (LIMITS.restless if moving else 1))
        if steady and not steady <= self._last:
            kept = np.array([pair in steady for pair in zip(tracks.track.tolist(), tracks.digit.tolist(), strict=True)])
            return self._finish(digits, self._lines(tracks[kept]), time)
        return None

    def _lines(self, tracks: Detections) -> list[str]:
        layout = arrange(tracks)
        return layout.lines if self._form is None else of_form(tracks, layout, self._form)[1].lines

    def _worth(self, speed: float) -> float:
        """What a second counts while the sheet moves at so many heights a second."""
        return min(1, max(LIMITS.restless, speed * LIMITS.hold / LIMITS.travel))

    def _patience(self, tracks: Detections) -> float:
        """Seconds for which these digits must hold still."""
        if Counter(map(str, tracks.digit.tolist())) < Counter("".join(self._last_text)):
            return LIMITS.hold_part
        known = {track for track, _ in self._last}
        return LIMITS.hold if known.isdisjoint(tracks.track.tolist()) else LIMITS.hold_changed

    def _steady(self, digits: _Digits, step: float) -> _Digits:
        """Those digits that have mostly been there, when others have come and gone for long; else none."""
        if len(digits ^ self._about) > max(1, LIMITS.flicker * len(digits)):
            self._about, self._rested, self._frames = digits, 0.0, 0
            self._present.clear()
        self._rested += step
        self._frames += 1
        self._present.update(digits)
        if self._rested < LIMITS.patience:
            return frozenset()
        return frozenset(digit for digit in digits if self._present[digit] > self._frames / 2)

    def _finish(self, digits: _Digits, lines: list[str], time: float) -> Reading | None:
        text = [line.replace(" ", "") for line in lines]
        same = text == self._last_text  # its digits were lost from sight, and found again under other numbers
        self._last, self._last_text = digits, text
        return None if same else Reading(lines, time)

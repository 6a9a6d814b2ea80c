"""Detections over time -> steady tracks and finished readings.

Each frame the sheet's motion is estimated from all digits together (`realtime.tracking.motion`), the tracks ride along
with it, and detections are assigned to them. A track gathers what the network said of it as log-likelihoods that fade,
and seconds of life: seen it wins some, missed it loses them. It is shown once it has enough, and until it has none.
"""

from __future__ import annotations

import numpy as np

from realtime.detections import NO_TRACK, NOT_A_DIGIT, Detections
from realtime.numbers.form import Form
from realtime.tracking.confirmation import confirmation_weight
from realtime.tracking.motion import FORBIDDEN, OTHER_LABEL, QUORUM, assign, jump, settle
from realtime.tracking.reidentification import reidentify
from realtime.tracking.sheet_change import another_sheet
from realtime.tracking.sheet_motion import SheetMotion
from realtime.tracking.stable_text import Reading, StableText
from realtime.tracking.termination import FULL, mark_missed
from realtime.tracking.track import (
    FADE,
    MOST,
    TRACK,
    TURN,
    alike,
    as_detections,
    at_border,
    begin,
    in_place,
    middle,
    others,
    overlap,
)

__all__ = ["Reading", "Tracker"]

_MEMORY = 5.0  # seconds for which a digit out of sight keeps its number
_STEP, _SHORTEST, _LONGEST = 1 / 30, 1 / 240, 0.25  # seconds a frame: where the clock stands or goes back; and bounds
_RECENT = 0.2  # seconds since a sighting in which it still tells where the sheet is

_REDRAWN = 0.1  # so much growth, as a logarithm, fades evidence twice as fast: the writing goes on
_BROKEN = 0.2  # and a digit that has shrunk by more says little: part of it was missed
_LEAD = 0.5  # mean log-likelihood by which another digit must lead before the label changes

_BLUR = 0.25  # heights a frame at which a moving sheet is blurred so much that what is read counts half
_SMOOTH = 0.4  # share of a small difference that a box follows, for it is noise,
_LARGE = 0.2  # and the difference, in lengths of the box, that it follows at once

_BIRTH = 0.13  # seconds of life at which a new one is shown
_WAVERING = 0.5  # share of its life that is left to one not shown yet when it is read as another digit
_FORGIVEN = 3.0  # seconds in sight after which it is forgotten that a digit was missed
_OVERLAP = 0.5  # share of the smaller box at which two tracks are one digit

_MOVING = 1.0  # heights a second at which the sheet does not rest,
_UNSURE = 0.7  # a probability below which a digit may yet change,
_COVERED = 0.15  # and seconds out of sight after which that is no mere blink: a reading then waits,
_KEPT = 0.5  # and for which a digit that is missed still counts as one of the sheet


class Tracker:
    """Follows the digits of a sheet from frame to frame.

    Args:
        form: what every number looks like, for readings; the digits returned are what was seen, whatever the form.

    Attributes:
        reading: the `Reading` that the last frame finished, or None.

    Example:
        >>> tracker = Tracker()
        >>> for frame in source:
        ...     tracks = tracker(recognizer(frame.image), frame.time)
    """

    def __init__(self, form: Form | None = None) -> None:
        self.reading: Reading | None = None
        self._tracks = np.zeros(0, TRACK)
        self._reader = StableText(form)
        self._numbers = 0  # given so far
        self._time: float | None = None
        self._sheet = SheetMotion()

    def __call__(self, detections: Detections, time: float, size: tuple[int, int] | None = None) -> Detections:
        """The digits that stand on the sheet, by this frame and those before it.

        Args:
            detections: what the recogniser read in this frame.
            time: seconds; a clock that jumps or stands still does no harm.
            size: width and height of the frame in pixels, so that digits which leave it go at once.

        Returns:
            Detections with track numbers; each probability is that of all frames together.
        """
        step = self._elapsed(time)
        seen = begin(detections, step, size)
        before = self._tracks["box"].copy()
        found = self._follow(seen)
        self._sheet.note(before, seen["box"], found, int(np.count_nonzero(self._tracks["shown"])), step)
        calm = 1 / (1 + (self._sheet.stride * _STEP / step / _BLUR) ** 2)
        if another_sheet(self._tracks, seen, found, calm):
            # Nothing is taken for what lay there; if it is the old sheet after all, its digits are known again below.
            found[:] = -1
            self._tracks["box"], self._tracks["life"] = before, 0
        seen["evidence"] *= calm
        seen["weight"] *= calm
        if (self._tracks["number"][found >= 0] == NO_TRACK).any() or np.count_nonzero(found >= 0) < len(seen):
            seen["birth"] *= calm * confirmation_weight(
                seen["box"], seen["digit"], seen["sure"], bool(self._tracks["shown"].any())
            )
        reidentify(self._tracks, before, found, seen)
        mark_missed(self._tracks, found < 0, step, size, self._sheet.pace)
        self._see(found, seen, step, calm)
        self._add(found, seen)
        self._show()
        self.reading = self._read(time, step, size)
        return as_detections(self._tracks[self._tracks["shown"]])

    def _elapsed(self, time: float) -> float:
        """Seconds since the last frame, as far as the clock can be believed."""
        step = _STEP if self._time is None else time - self._time
        self._time = time
        return min(max(step, _SHORTEST), _LONGEST) if step > 0 else _STEP

    def _follow(self, seen: np.ndarray) -> np.ndarray:
        """Move all tracks with the sheet; for each the index of its sighting, -1 where there is none: `(n,)`."""
        found = np.full(len(self._tracks), -1)
        if len(found) == 0:
            return found
        known, recent = self._tracks["number"] != NO_TRACK, self._tracks["unseen"] < _RECENT
        ride: slice | np.ndarray = slice(None)
        if np.count_nonzero(known & recent) < QUORUM * np.count_nonzero(known):
            # What moves here is not the sheet that is out of sight: its digits wait where they were.
            ride = self._tracks["unseen"] == 0
        tracks, target = self._tracks[ride], seen["box"]
        box = tracks["box"]
        box[:, :2] += self._sheet.ahead
        if len(tracks) and len(seen):
            height = middle(box[:, 3])
            length = np.minimum(box[:, 2:].max(axis=1)[:, None], target[:, 2:].max(axis=1)) / height
            similar = alike(box, target)
            same = similar & (tracks["digit"][:, None] == seen["digit"])
            may_change = similar & (tracks["shown"] | (tracks["number"] == NO_TRACK))[:, None]
            penalty = np.where(same, 0, np.where(may_change, OTHER_LABEL, FORBIDDEN))

            place, target = box[:, :2] / height, target[:, :2] / height
            present = int(np.count_nonzero(tracks["shown"] | (tracks["unseen"] < _RECENT)))
            place = place + jump(place, target, same, tracks["shown"], present)
            place, scale, cost = settle(place, target, length, penalty, QUORUM * present)
            box[:, :2] = place * height
            box[:, 2:] *= scale
            found[ride] = assign(cost)
        self._tracks["box"][ride] = box
        return found

    def _see(self, found: np.ndarray, seen: np.ndarray, step: float, calm: float) -> None:
        """Add what this frame says to the tracks that were seen."""
        i = np.flatnonzero(found >= 0)
        tracks, new = self._tracks[i], seen[found[i]]

        change = new["shape"] - tracks["shape"]
        if len(i) > 2:
            change -= np.sort(change, axis=0)[len(i) // 2]  # the sheet comes nearer or turns
        grown, shrunk = np.maximum(change, 0).max(axis=1), np.maximum(-change, 0).max(axis=1)
        whole = np.maximum(np.exp(-((shrunk / _BROKEN) ** 2)), 1e-3)[:, None]
        since = np.minimum(tracks["unseen"], TURN)
        kept = np.exp(-since / FADE * (1 + (grown / _REDRAWN) ** 2))
        tracks["evidence"] = tracks["evidence"] * kept[:, None] + new["evidence"] * whole
        tracks["weight"] = tracks["weight"] * kept + new["weight"] * whole[:, 0]
        tracks["shape"] += change * np.minimum(tracks["unseen"] / FADE, 1)[:, None]

        unborn = tracks["number"] == NO_TRACK
        wavering = unborn & (new["digit"] != tracks["digit"])
        score = tracks["evidence"][:, :NOT_A_DIGIT]
        best, rows = score.argmax(axis=1), np.arange(len(i))
        lead = (score[rows, best] - score[rows, tracks["digit"]]) / tracks["weight"]
        tracks["digit"] = np.where(lead > np.where(unborn, 0, _LEAD), best, tracks["digit"])

        off = new["box"] - tracks["box"]
        far = np.abs(off) / new["box"][:, 2:].max(axis=1)[:, None]
        tracks["box"] += off * np.clip(far / _LARGE, _SMOOTH, 1) * whole
        left = np.maximum(tracks["life"], 0) * np.where(wavering, _WAVERING, 1)
        known = ~unborn & (new["digit"] == tracks["digit"])  # one that was only missed is shown again at once
        left = np.maximum(left, np.where(known, _BIRTH, 0))
        tracks["life"] = np.minimum(left + np.where(unborn, new["birth"], new["life"]), FULL)
        missed = tracks["unseen"] - step
        fading = tracks["gap"] * np.exp(-step / _FORGIVEN)
        tracks["gap"] = np.where(missed < _KEPT, np.maximum(fading, missed), fading)
        tracks["unseen"] = 0
        self._tracks[i] = tracks

    def _add(self, found: np.ndarray, seen: np.ndarray) -> None:
        """Begin a track for each sighting that belongs to none, and forget those that are gone."""
        tracks = self._tracks
        keep = np.where(tracks["number"] == NO_TRACK, tracks["life"] > 0, tracks["unseen"] < _MEMORY)
        hidden = np.flatnonzero(~tracks["shown"] & (tracks["unseen"] > 0))
        if len(hidden):  # where a digit stands, no other is remembered
            standing = tracks["box"][tracks["shown"] & (found >= 0)]
            keep[hidden[in_place(tracks["box"][hidden], standing)]] = False
        new = seen[others(len(seen), found[found >= 0])]
        if len(new) == 0 and keep.all():
            return
        new["life"] = np.minimum(new["birth"], 0.9 * _BIRTH)  # one sighting is never enough
        tracks = np.concatenate([tracks[keep], new])
        if len(tracks) > MOST:
            tracks = tracks[np.sort(np.argsort(tracks["unseen"], kind="stable")[:MOST])]
        self._tracks = tracks

    def _show(self) -> None:
        """Decide which tracks are shown, and number those that are for the first time."""
        tracks = self._tracks
        tracks["shown"] &= tracks["life"] > 0
        ready = np.flatnonzero(~tracks["shown"] & (tracks["life"] >= _BIRTH) & (tracks["unseen"] == 0))
        if len(ready) == 0:
            return
        # Two digits seen as one, or one as two: what stood there before stands until it has been missed for a while.
        rivals = np.flatnonzero(tracks["shown"])
        same = overlap(tracks["box"][ready], tracks["box"][rivals]) > _OVERLAP
        strong = (tracks["unseen"][rivals] > 0) | (tracks["life"][ready, None] < FULL)
        ready = ready[~(same & strong).any(axis=1)]
        tracks["shown"][ready] = True
        unnamed = ready[tracks["number"][ready] == NO_TRACK]
        tracks["number"][unnamed] = np.arange(self._numbers, self._numbers + len(unnamed))
        self._numbers += len(unnamed)

    def _read(self, time: float, step: float, size: tuple[int, int] | None) -> Reading | None:
        """The reading that this frame finishes, if any."""
        tracks = self._tracks
        shown = tracks["shown"]
        if shown.any():  # a sheet is still there, and so is a digit of it that a hand covers
            shown = shown | (tracks["number"] != NO_TRACK) & (tracks["unseen"] < _KEPT)
        kept = tracks[shown]
        digits = as_detections(kept)
        speed = self._sheet.speed
        partly = at_border(kept["box"], size).any()
        restless = (
            partly
            or (digits.confidence < _UNSURE).any()
            or (kept["unseen"] > _COVERED).any()
            or (~tracks["shown"] & (tracks["unseen"] == 0) & (tracks["life"] > _BIRTH / 2)).any()  # one more is coming
        )
        return self._reader(digits, time, step, bool(restless), bool(partly or speed > _MOVING), speed)

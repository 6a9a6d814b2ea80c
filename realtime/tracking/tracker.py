"""Detections over time -> steady tracks and finished readings.

Each frame the sheet's motion is estimated from all digits together (`realtime.tracking.motion`), the tracks ride along
with it, and detections are assigned to them. A track gathers what the network said of it as log-likelihoods that fade,
and seconds of life: seen it wins some, missed it loses them. It is shown once it has enough, and until it has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.detections import NO_TRACK, NOT_A_DIGIT, Detections
from realtime.numbers.form import Form
from realtime.tracking import motion, resting, termination
from realtime.tracking import track as evidence
from realtime.tracking.confirmation import confirmation_weight
from realtime.tracking.motion import FORBIDDEN, assign, jump, settle
from realtime.tracking.reidentification import reidentify
from realtime.tracking.sheet_change import another_sheet
from realtime.tracking.sheet_motion import SheetMotion
from realtime.tracking.stable_text import Reading, StableText
from realtime.tracking.termination import mark_missed
from realtime.tracking.track import (
    MOST,
    TRACK,
    alike,
    as_detections,
    begin,
    in_place,
    middle,
    others,
    overlap,
)

__all__ = ["Reading", "Tracker"]


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        memory: Seconds for which a digit out of sight keeps its number.
        recent: Seconds since a sighting within which a digit tells where the sheet is.
        redrawn: Logarithm of growth at which evidence fades twice as fast: the writing goes on.
        broken: Logarithm of shrinking from which a sighting says little: part of the digit was missed.
        lead: Mean log-likelihood by which another digit must lead before the label changes.
        blur: Heights a frame at which a moving sheet is blurred so much that what is read counts half.
        smooth: Share of a small difference that a box follows: the rest is noise.
        large: Difference, in lengths of the box, that it follows at once.
        birth: Seconds of life at which a track is confirmed.
        wavering: Share of its life that an unconfirmed track keeps when it is read as another digit.
        forgiven: Seconds in sight after which it is forgotten that a digit was missed.
        overlap: Share of the smaller box from which two tracks are one digit.
    """

    memory: float = 5.0
    recent: float = 0.2
    redrawn: float = 0.1
    broken: float = 0.2
    lead: float = 0.5
    blur: float = 0.25
    smooth: float = 0.4
    large: float = 0.2
    birth: float = 0.13
    wavering: float = 0.5
    forgiven: float = 3.0
    overlap: float = 0.5


LIMITS = Limits()
_STEP, _SHORTEST, _LONGEST = 1 / 30, 1 / 240, 0.25  # seconds a frame: of a clock that stands or goes back; bounds


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
        self._sheet.note(before, seen["box"], found, int(np.count_nonzero(self._tracks["confirmed"])), step)
        calm = 1 / (1 + (self._sheet.stride * _STEP / step / LIMITS.blur) ** 2)
        if another_sheet(self._tracks, seen, found, calm):
            # Nothing is taken for what lay there; if it is the old sheet after all, its digits are known again below.
            found[:] = -1
            self._tracks["box"], self._tracks["time_to_live"] = before, 0
        seen["evidence"] *= calm
        seen["weight"] *= calm
        if (self._tracks["number"][found >= 0] == NO_TRACK).any() or np.count_nonzero(found >= 0) < len(seen):
            seen["birth"] *= calm * confirmation_weight(
                seen["box"], seen["digit"], seen["sure"], bool(self._tracks["confirmed"].any())
            )
        reidentify(self._tracks, before, found, seen)
        mark_missed(self._tracks, found < 0, step, size, self._sheet.pace)
        self._see(found, seen, step, calm)
        self._add(found, seen)
        self._show()
        speed = self._sheet.speed
        now = resting.rest(self._tracks, speed, LIMITS.birth, size)
        self.reading = self._reader(now.digits, time, step, now.restless, now.moving, speed)
        return as_detections(self._tracks[self._tracks["confirmed"]])

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
        known, recent = self._tracks["number"] != NO_TRACK, self._tracks["time_since_update"] < LIMITS.recent
        ride: slice | np.ndarray = slice(None)
        if np.count_nonzero(known & recent) < motion.LIMITS.quorum * np.count_nonzero(known):
            # What moves here is not the sheet that is out of sight: its digits wait where they were.
            ride = self._tracks["time_since_update"] == 0
        tracks, target = self._tracks[ride], seen["box"]
        box = tracks["box"]
        box[:, :2] += self._sheet.ahead
        if len(tracks) and len(seen):
            height = middle(box[:, 3])
            length = np.minimum(box[:, 2:].max(axis=1)[:, None], target[:, 2:].max(axis=1)) / height
            similar = alike(box, target)
            same = similar & (tracks["digit"][:, None] == seen["digit"])
            may_change = similar & (tracks["confirmed"] | (tracks["number"] == NO_TRACK))[:, None]
            penalty = np.where(same, 0, np.where(may_change, motion.LIMITS.other_label, FORBIDDEN))

            place, target = box[:, :2] / height, target[:, :2] / height
            present = int(np.count_nonzero(tracks["confirmed"] | (tracks["time_since_update"] < LIMITS.recent)))
            place = place + jump(place, target, same, tracks["confirmed"], present)
            place, scale, cost = settle(place, target, length, penalty, motion.LIMITS.quorum * present)
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
        whole = np.maximum(np.exp(-((shrunk / LIMITS.broken) ** 2)), 1e-3)[:, None]
        since = np.minimum(tracks["time_since_update"], evidence.LIMITS.turn)
        kept = np.exp(-since / evidence.LIMITS.fade * (1 + (grown / LIMITS.redrawn) ** 2))
        tracks["evidence"] = tracks["evidence"] * kept[:, None] + new["evidence"] * whole
        tracks["weight"] = tracks["weight"] * kept + new["weight"] * whole[:, 0]
        tracks["shape"] += change * np.minimum(tracks["time_since_update"] / evidence.LIMITS.fade, 1)[:, None]

        unborn = tracks["number"] == NO_TRACK
        wavering = unborn & (new["digit"] != tracks["digit"])
        score = tracks["evidence"][:, :NOT_A_DIGIT]
        best, rows = score.argmax(axis=1), np.arange(len(i))
        lead = (score[rows, best] - score[rows, tracks["digit"]]) / tracks["weight"]
        tracks["digit"] = np.where(lead > np.where(unborn, 0, LIMITS.lead), best, tracks["digit"])

        off = new["box"] - tracks["box"]
        far = np.abs(off) / new["box"][:, 2:].max(axis=1)[:, None]
        tracks["box"] += off * np.clip(far / LIMITS.large, LIMITS.smooth, 1) * whole
        left = np.maximum(tracks["time_to_live"], 0) * np.where(wavering, LIMITS.wavering, 1)
        known = ~unborn & (new["digit"] == tracks["digit"])  # one that was only missed is shown again at once
        left = np.maximum(left, np.where(known, LIMITS.birth, 0))
        tracks["time_to_live"] = np.minimum(
            left + np.where(unborn, new["birth"], new["time_to_live"]), termination.LIMITS.full
        )
        missed = tracks["time_since_update"] - step
        fading = tracks["gap"] * np.exp(-step / LIMITS.forgiven)
        tracks["gap"] = np.where(missed < resting.LIMITS.kept, np.maximum(fading, missed), fading)
        tracks["time_since_update"] = 0
        self._tracks[i] = tracks

    def _add(self, found: np.ndarray, seen: np.ndarray) -> None:
        """Begin a track for each sighting that belongs to none, and forget those that are gone."""
        tracks = self._tracks
        keep = np.where(
            tracks["number"] == NO_TRACK, tracks["time_to_live"] > 0, tracks["time_since_update"] < LIMITS.memory
        )
        hidden = np.flatnonzero(~tracks["confirmed"] & (tracks["time_since_update"] > 0))
        if len(hidden):  # where a digit stands, no other is remembered
            standing = tracks["box"][tracks["confirmed"] & (found >= 0)]
            keep[hidden[in_place(tracks["box"][hidden], standing)]] = False
        new = seen[others(len(seen), found[found >= 0])]
        if len(new) == 0 and keep.all():
            return
        new["time_to_live"] = np.minimum(new["birth"], 0.9 * LIMITS.birth)  # one sighting is never enough
        tracks = np.concatenate([tracks[keep], new])
        if len(tracks) > MOST:
            tracks = tracks[np.sort(np.argsort(tracks["time_since_update"], kind="stable")[:MOST])]
        self._tracks = tracks

    def _show(self) -> None:
        """Decide which tracks are shown, and number those that are for the first time."""
        tracks = self._tracks
        tracks["confirmed"] &= tracks["time_to_live"] > 0
        ready = np.flatnonzero(
            ~tracks["confirmed"] & (tracks["time_to_live"] >= LIMITS.birth) & (tracks["time_since_update"] == 0)
        )
        if len(ready) == 0:
            return
        # Two digits seen as one, or one as two: what stood there before stands until it has been missed for a while.
        rivals = np.flatnonzero(tracks["confirmed"])
        same = overlap(tracks["box"][ready], tracks["box"][rivals]) > LIMITS.overlap
        strong = (tracks["time_since_update"][rivals] > 0) | (
            tracks["time_to_live"][ready, None] < termination.LIMITS.full
        )
        ready = ready[~(same & strong).any(axis=1)]
        tracks["confirmed"][ready] = True
        unnamed = ready[tracks["number"][ready] == NO_TRACK]
        tracks["number"][unnamed] = np.arange(self._numbers, self._numbers + len(unnamed))
        self._numbers += len(unnamed)

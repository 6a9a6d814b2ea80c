"""Detections over time -> steady tracks and finished readings.

Each frame the sheet's motion is estimated from all digits together (`realtime.motion`), the tracks ride along with it,
and detections are assigned to them. A track gathers what the network said of it as log-likelihoods that fade, and
seconds of life: seen it wins some, missed it loses them. It is shown once it has enough, and until it has none.
"""

from __future__ import annotations

import numpy as np

from realtime.detections import CLASSES, NO_TRACK, NOT_A_DIGIT, Detections
from realtime.motion import FORBIDDEN, GATE, NEARBY, QUORUM, assign, common_shift, jump, settle
from realtime.newcomer import worth
from realtime.reading import Reader, Reading

__all__ = ["Reading", "Tracker"]

_MOST = 256  # tracks held, shown or remembered
_MEMORY = 5.0  # seconds for which a digit out of sight keeps its number
_STEP, _SHORTEST, _LONGEST = 1 / 30, 1 / 240, 0.25  # seconds a frame: where the clock stands or goes back; and bounds

_PAIRS = 300  # pairs of digits by which a sheet that comes back is recognised
_RECENT = 0.2  # seconds since a sighting in which it still tells where the sheet is
_RESIZED = 0.7  # how much the size of a digit may change from frame to frame, as a logarithm
_GROWN = 1.0  # or grow from one sighting to the next while the sheet stays
_OTHER_LABEL = 0.3  # what it costs to take a digit for one of another label, in heights

_FADE = 0.55  # seconds in which evidence fades to a third
_TURN = 0.1  # but at most by so much a frame: a slow camera has more than its last frame to go by
_REDRAWN = 0.1  # so much growth, as a logarithm, fades it twice as fast: the writing goes on
_BROKEN = 0.2  # and a digit that has shrunk by more says little: part of it was missed
_RATE = 30.0  # frames a second whose errors count as independent
_DOUBT = 0.005  # no class is held less likely than this by one frame
_LOOKS = 3.0  # independent frames that a digit seen for long is worth: they are much alike
_LEAD = 0.5  # mean log-likelihood by which another digit must lead before the label changes

_BLUR = 0.25  # heights a frame at which a moving sheet is blurred so much that what is read counts half
_CUT = 0.25  # what a sighting at the frame's border is worth: part of the digit may be out of view
_SMOOTH = 0.4  # share of a small difference that a box follows, for it is noise,
_LARGE = 0.2  # and the difference, in lengths of the box, that it follows at once

_LINGER = 0.5  # seconds for which a covered digit is still shown
_BIRTH = 0.13  # seconds of life at which a new one is
_GAIN = 3.0  # seconds of life won in a second of sure sightings
_WAVERING = 0.5  # share of it that is left to one not shown yet when it is read as another digit
_GONE = 2.5  # so much faster goes life when nearly the whole sheet is out of sight,
_HASTE = 0.5  # and twice as fast again where it was last seen to move so many heights a frame
_LEFT = 4.0  # and that of a digit at the frame's border, or not shown yet
_OVERLAP = 0.5  # share of the smaller box at which two tracks are one digit

_MOVING = 1.0  # heights a second at which the sheet does not rest,
_UNSURE = 0.7  # a probability below which a digit may yet change,
_COVERED = 0.15  # and seconds out of sight after which that is no mere blink: a reading then waits

_TRACK = np.dtype(
    [
        ("box", float, 4),  # centre x, centre y, width, height
        ("shape", float, 2),  # logarithms of width and height, averaged
        ("evidence", float, CLASSES),  # sum of log-likelihoods
        ("weight", float),  # of how many frames
        ("digit", np.int64),
        ("life", float),  # seconds
        ("sure", float),  # of a sighting: how far it is to be believed, 0 to 1,
        ("birth", float),  # and the life that it gives to a digit that is not shown yet
        ("unseen", float),  # seconds since the last sighting
        ("number", np.int64),  # NO_TRACK before it is first shown
        ("shown", bool),
    ]
)


class Tracker:
    """Follows the digits of a sheet from frame to frame.

    Attributes:
        reading: the `Reading` that the last frame finished, or None.

    Example:
        >>> tracker = Tracker()
        >>> for frame in source:
        ...     tracks = tracker(recognizer(frame.image), frame.time)
    """

    def __init__(self) -> None:
        self.reading: Reading | None = None
        self._tracks = np.zeros(0, _TRACK)
        self._reader = Reader()
        self._numbers = 0  # given so far
        self._time: float | None = None
        self._shift = np.zeros(2)  # of the sheet in the last frame, in pixels
        self._stride = 0.0  # its length in heights
        self._pace = 0.0  # and that of the last one that was seen
        self._ahead = np.zeros(2)  # the shift expected of the next frame, in pixels
        self._speed = np.zeros(2)  # heights a second, averaged over a few frames

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
        seen = _begin(detections, step, size)
        before = self._tracks["box"].copy()
        found = self._follow(seen)
        self._note_motion(before, seen, found, step)
        calm = 1 / (1 + (self._stride / _BLUR) ** 2)
        seen["evidence"] *= calm
        seen["weight"] *= calm
        if (self._tracks["number"][found >= 0] == NO_TRACK).any() or np.count_nonzero(found >= 0) < len(seen):
            seen["birth"] *= calm * worth(seen["box"], seen["digit"], seen["sure"], bool(self._tracks["shown"].any()))
        _recall(self._tracks, before, found, seen)
        self._miss(found < 0, step, size)
        self._see(found, seen, step, calm)
        self._add(found, seen)
        self._show()
        digits = _detections(self._tracks[self._tracks["shown"]])
        self.reading = self._read(digits, time, step, size)
        return digits

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
        box[:, :2] += self._ahead
        if len(tracks) and len(seen):
            height = _middle(box[:, 3])
            length = np.minimum(box[:, 2:].max(axis=1)[:, None], target[:, 2:].max(axis=1)) / height
            alike = _alike(box, target)
            same = alike & (tracks["digit"][:, None] == seen["digit"])
            may_change = alike & (tracks["shown"] | (tracks["number"] == NO_TRACK))[:, None]
            penalty = np.where(same, 0, np.where(may_change, _OTHER_LABEL, FORBIDDEN))

            place, target = box[:, :2] / height, target[:, :2] / height
            present = int(np.count_nonzero(tracks["shown"] | (tracks["unseen"] < _RECENT)))
            place = place + jump(place, target, same, tracks["shown"], present)
            place, scale, cost = settle(place, target, length, penalty, QUORUM * present)
            box[:, :2] = place * height
            box[:, 2:] *= scale
            found[ride] = assign(cost)
        self._tracks["box"][ride] = box
        return found

    def _note_motion(self, before: np.ndarray, seen: np.ndarray, found: np.ndarray, step: float) -> None:
        """Remember how the sheet moved, and guess how it goes on."""
        i = np.flatnonzero(found >= 0)
        if len(i) >= max(1, QUORUM * np.count_nonzero(self._tracks["shown"])):
            shift = np.sort(seen["box"][found[i], :2] - before[i, :2], axis=0)[len(i) // 2]
            self._ahead = shift + 0.5 * (shift - self._shift)  # half of the acceleration: all of it would swing
            self._shift = shift
            stride = shift / _middle(before[i, 3])
            self._pace = float(np.hypot(stride[0], stride[1]))
        else:
            self._ahead = self._shift = 0.9 * self._shift
            stride = np.zeros(2)
        self._stride = float(np.hypot(stride[0], stride[1]))
        self._speed += (stride / step - self._speed) * min(step / 0.3, 1)

    def _miss(self, missed: np.ndarray, step: float, size: tuple[int, int] | None) -> None:
        """Take life from the tracks that were not seen."""
        tracks = self._tracks
        shown = np.count_nonzero(tracks["shown"])
        gone = shown and np.count_nonzero(tracks["shown"] & missed) > 0.7 * shown
        # A sheet that went fast is no longer where it was, and nobody knows where.
        vague = 1 + self._pace / _HASTE
        rate = np.where(tracks["shown"], _GONE * vague if gone else 1.0, _LEFT)
        rate[_at_border(tracks["box"], size)] = _LEFT
        tracks["life"][missed] -= (rate * step)[missed]
        center = tracks["box"][:, :2]
        out = (center < 0).any(axis=1) if size is None else ((center < 0) | (center > size)).any(axis=1)
        tracks["life"][out] = 0
        tracks["unseen"] += step

    def _see(self, found: np.ndarray, seen: np.ndarray, step: float, calm: float) -> None:
        """Add what this frame says to the tracks that were seen."""
        i = np.flatnonzero(found >= 0)
        tracks, new = self._tracks[i], seen[found[i]]

        change = new["shape"] - tracks["shape"]
        if len(i) > 2:
            change -= np.sort(change, axis=0)[len(i) // 2]  # the sheet comes nearer or turns
        grown, shrunk = np.maximum(change, 0).max(axis=1), np.maximum(-change, 0).max(axis=1)
        whole = np.maximum(np.exp(-((shrunk / _BROKEN) ** 2)), 1e-3)[:, None]
        since = np.minimum(tracks["unseen"], _TURN)
        kept = np.exp(-since / _FADE * (1 + (grown / _REDRAWN) ** 2))
        tracks["evidence"] = tracks["evidence"] * kept[:, None] + new["evidence"] * whole
        tracks["weight"] = tracks["weight"] * kept + new["weight"] * whole[:, 0]
        tracks["shape"] += change * np.minimum(tracks["unseen"] / _FADE, 1)[:, None]

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
        tracks["life"] = np.minimum(left + np.where(unborn, new["birth"], new["life"]), _LINGER)
        tracks["unseen"] = 0
        self._tracks[i] = tracks

    def _add(self, found: np.ndarray, seen: np.ndarray) -> None:
        """Begin a track for each sighting that belongs to none, and forget those that are gone."""
        tracks = self._tracks
        keep = np.where(tracks["number"] == NO_TRACK, tracks["life"] > 0, tracks["unseen"] < _MEMORY)
        hidden = np.flatnonzero(~tracks["shown"] & (tracks["unseen"] > 0))
        if len(hidden):  # where a digit stands, no other is remembered
            standing = tracks["box"][tracks["shown"] & (found >= 0)]
            keep[hidden[_in_place(tracks["box"][hidden], standing)]] = False
        new = seen[_others(len(seen), found[found >= 0])]
        if len(new) == 0 and keep.all():
            return
        new["life"] = np.minimum(new["birth"], 0.9 * _BIRTH)  # one sighting is never enough
        tracks = np.concatenate([tracks[keep], new])
        if len(tracks) > _MOST:
            tracks = tracks[np.sort(np.argsort(tracks["unseen"], kind="stable")[:_MOST])]
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
        same = _overlap(tracks["box"][ready], tracks["box"][rivals]) > _OVERLAP
        unseen = tracks["unseen"][rivals] > 0
        strong = np.where(unseen, tracks["life"][rivals] > _LINGER / 2, tracks["life"][ready, None] < _LINGER)
        blocked = (same & strong).any(axis=1)
        ready, same = ready[~blocked], same[~blocked]
        tracks["shown"][rivals[(same & unseen).any(axis=0)]] = False
        tracks["shown"][ready] = True
        unnamed = ready[tracks["number"][ready] == NO_TRACK]
        tracks["number"][unnamed] = np.arange(self._numbers, self._numbers + len(unnamed))
        self._numbers += len(unnamed)

    def _read(self, digits: Detections, time: float, step: float, size: tuple[int, int] | None) -> Reading | None:
        """The reading that this frame finishes, if any."""
        tracks = self._tracks
        shown = tracks[tracks["shown"]]
        moving = np.hypot(self._speed[0], self._speed[1]) > _MOVING or _at_border(shown["box"], size).any()
        restless = (
            moving
            or (digits.confidence < _UNSURE).any()
            or (shown["unseen"] > _COVERED).any()
            or (~tracks["shown"] & (tracks["unseen"] == 0) & (tracks["life"] > _BIRTH / 2)).any()  # one more is coming
        )
        return self._reader(digits, time, step, bool(restless), bool(moving))


def _begin(detections: Detections, step: float, size: tuple[int, int] | None) -> np.ndarray:
    """Each detection as a track that has been seen once: `(m,) _TRACK`; the surest where there are too many."""
    if len(detections) > _MOST:
        detections = detections[np.sort(np.argsort(-detections.confidence, kind="stable")[:_MOST])]
    seen = np.zeros(len(detections), _TRACK)
    corners = detections.xyxy.astype(float)
    box = seen["box"]
    box[:, :2] = (corners[:, :2] + corners[:, 2:]) / 2
    box[:, 2:] = np.maximum(corners[:, 2:] - corners[:, :2], 1)
    share = np.where(_at_border(box, size), _CUT, 1.0)
    sure = np.clip((detections.confidence - 0.5) / 0.45, 0.2, 1) ** 2
    seen["shape"] = _shape(box)
    seen["weight"] = share * min(step, _TURN) * _RATE
    seen["evidence"] = np.log(np.maximum(detections.probabilities, _DOUBT)) * seen["weight"][:, None]
    seen["digit"] = detections.digit
    seen["sure"] = share * sure
    seen["life"] = seen["birth"] = seen["sure"] * step * _GAIN
    seen["number"] = NO_TRACK
    return seen


def _recall(tracks: np.ndarray, before: np.ndarray, found: np.ndarray, seen: np.ndarray) -> None:
    """Know digits that come back into view by the way they stand to each other, wherever and however large.

    `found` and the tracks' places are brought up to date; `before` are their boxes in the last frame.
    """
    known = tracks["number"] != NO_TRACK
    taken = found[known & (found >= 0)]
    lost, left = np.flatnonzero(known & (found < 0)), _others(len(seen), taken)
    if len(lost) == 0 or len(left) == 0:
        return
    pair = tracks["digit"][lost, None] == seen["digit"][left]
    ratio = seen["box"][left, 3] / before[lost, 3, None]
    pair &= (ratio > 0.5) & (ratio < 2)
    if 2 * len(taken) > np.count_nonzero(known):  # most of the sheet is in its place, and no nearer than before
        growth = _shape(seen["box"][left]) - _shape(before[lost])[:, None]
        pair &= growth.max(axis=2) < _GROWN
    i, j = np.nonzero(pair)
    if len(i) == 0:
        return
    some = np.unique(np.linspace(0, len(i) - 1, _PAIRS).astype(int))  # evenly: none is likelier than another
    i, j = i[some], j[some]
    scale = _middle(ratio[i, j])
    origin = before[lost, :2].mean(axis=0)
    place = origin + scale * (before[lost, :2] - origin)
    height = _middle(seen["box"][left, 3])
    dx, dy = ((seen["box"][left[j], :2] - place[i]) / height).T
    trust = 1 / (1 + 0.001 * (dx**2 + dy**2)) / (1 + 0.1 * tracks["unseen"][lost[i]])
    shift, _ = common_shift(dx, dy, trust)
    far = np.hypot(shift[0], shift[1])
    alone = len(i) == len(left) == 1 and (
        far < GATE or (len(taken) == 0 and (far < NEARBY or not tracks["shown"][lost[i[0]]]))
    )
    target, length = seen["box"][left], before[lost, 3:] * scale / height
    alike = _alike(np.column_stack([place, before[lost, 2:] * scale]), target)
    penalty = np.where(pair, 0, np.where(alike, _OTHER_LABEL, FORBIDDEN))
    place, more, cost = settle(place / height + shift, target[:, :2] / height, length, penalty, 2, turns=4)
    back = assign(cost)
    again = np.flatnonzero(back >= 0)
    agree = np.count_nonzero(pair[again, back[again]])
    by_chance = 1 + min(len(lost) // 30, 2)  # so many strays may lie as some of that many digits do
    if not alone and agree <= max(by_chance, 0.6 * min(len(lost), len(left)) - 1):
        return
    along = (back >= 0) | ~tracks["shown"][lost] | (len(taken) == 0)
    tracks["box"][lost[along]] = np.column_stack([place * height, before[lost, 2:] * scale * more])[along]
    for track, sighting in zip(lost[again], left[back[again]], strict=True):
        stand_in = found == sighting  # what was begun there before the digit was known again
        tracks["life"][track] = tracks["life"][stand_in].max(initial=max(0, tracks["life"][track]))
        tracks["life"][stand_in] = 0
        found[stand_in] = -1
        found[track] = sighting


def _others(n: int, taken: np.ndarray) -> np.ndarray:
    """The indices below n that are not among those taken."""
    free = np.ones(n, bool)
    free[taken] = False
    return np.flatnonzero(free)


def _middle(values: np.ndarray) -> float:
    """The median, or of two middle values the larger; `np.median` takes ten times as long."""
    return float(np.sort(values).item(len(values) // 2))


_THIN = np.array([0.2, 0.0])  # heights added to the width and the height


def _shape(boxes: np.ndarray) -> np.ndarray:
    """Logarithms of width and height; a thin digit's width is let off a little: `(n, 2)`."""
    return np.log(boxes[:, 2:] + boxes[:, 3:] * _THIN)


def _alike(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which boxes could be the same digit by their size: `(n, m) bool`."""
    (aw, ah), (bw, bh) = _shape(a).T, _shape(b).T
    return (np.abs(aw[:, None] - bw) < _RESIZED) & (np.abs(ah[:, None] - bh) < _RESIZED)


def _overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Shared area as a share of the smaller box: `(n, m)`."""
    low = np.maximum((a[:, :2] - a[:, 2:] / 2)[:, None], b[:, :2] - b[:, 2:] / 2)
    high = np.minimum((a[:, :2] + a[:, 2:] / 2)[:, None], b[:, :2] + b[:, 2:] / 2)
    shared = np.maximum(high - low, 0).prod(axis=2)
    return shared / np.minimum(a[:, 2:].prod(axis=1)[:, None], b[:, 2:].prod(axis=1))


def _in_place(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which boxes of the first stand where one of the second does: `(n,) bool`."""
    off = np.abs(a[:, None, :2] - b[:, :2])
    return (off < 0.3 * np.maximum(a[:, None, 2:], b[:, 2:])).all(axis=2).any(axis=1)


def _at_border(boxes: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    """Which boxes touch the frame's border: `(n,) bool`."""
    half, room = boxes[:, 2:] / 2, 1 + 0.02 * boxes[:, 3:]
    end = np.array(size if size is not None else (np.inf, np.inf))
    touching = (boxes[:, :2] - half < room) | (boxes[:, :2] + half > end - room)
    return touching[:, 0] | touching[:, 1]


def _detections(tracks: np.ndarray) -> Detections:
    """Tracks as the rest of the program knows digits."""
    looks = 1 + (_LOOKS - 1) * np.minimum(tracks["weight"] / (_RATE * _FADE), 1)
    score = tracks["evidence"] * (looks / tracks["weight"])[:, None]
    odds = np.exp(score - score.max(axis=1, keepdims=True, initial=-np.inf))
    probabilities = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
    digit, xyxy = tracks["digit"].copy(), np.empty((len(tracks), 4), np.int32)
    center, half = tracks["box"][:, :2], tracks["box"][:, 2:] / 2
    xyxy[:, :2], xyxy[:, 2:] = np.rint(center - half), np.rint(center + half)
    return Detections(xyxy, digit, probabilities[np.arange(len(digit)), digit], probabilities, tracks["number"].copy())

"""What is shown over a camera's picture, held against the truth of that picture.

A digit is right where a box with its label stands on it. A box whose label is right but which stands elsewhere, though
its digit is in view, is misplaced; one whose digit has gone out of view is left over; any other box is wrong. Which
digit a box is of, its track tells: it was right before.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from benchmarks.clip_truth import Truth, runs, spans
from benchmarks.scoring import area, common, match
from realtime.detections import Detections
from realtime.layout.arrange import arrange

SETTLED = 0.5  # seconds in view from which a digit must be shown
STAY = 1.0  # seconds for which a sheet must stay wholly in view to count as held up
MEET = 0.3  # least overlap of a box, which is smoothed, with the one it stands for

RIGHT, MISPLACED, LEFT_OVER, WRONG = range(4)
"""What a box that is shown may be."""


class Shown(NamedTuple):
    """What was shown over one frame.

    Attributes:
        frame: which one of the clip.
        digits: what was shown, with track numbers.
        reading: the lines of the reading that was finished with this frame, if any.
        delay: seconds from when the frame was sent until it was shown.
    """

    frame: int
    digits: Detections
    reading: list[str] | None = None
    delay: float = 0.0


@dataclass
class Score:
    """A clip as shown.

    Attributes:
        shown: frames shown.
        held, right: those from `SETTLED` after the whole sheet has come into view, and those of them with all digits
            right and no other box.
        overlap: of every digit that is wholly in view and shown, the shared over joint area of its box and the truth.
        stays: seconds for which digits were still shown once they had gone out of view, one each time.
        wrong: seconds for which each wrong number was shown without a break.
        to_digits: seconds from the whole sheet in view to all digits right, one each time; infinite where never.
        to_reading: seconds from the whole sheet in view for the first time to the right reading; infinite where never.
        delay: seconds from a frame sent to the frame shown, one a frame.
    """

    shown: int = 0
    held: int = 0
    right: int = 0
    overlap: list[float] = field(default_factory=list)
    stays: list[float] = field(default_factory=list)
    wrong: list[float] = field(default_factory=list)
    to_digits: list[float] = field(default_factory=list)
    to_reading: list[float] = field(default_factory=list)
    delay: list[float] = field(default_factory=list)

    def __add__(self, other: Score) -> Score:
        return Score(*(mine + yours for mine, yours in zip(vars(self).values(), vars(other).values(), strict=True)))


@dataclass(frozen=True, eq=False)
class Judged:
    """The boxes over one frame: `kind (m,)`, and the truth's digit that each is of, `digit (m,)`, -1 where none."""

    kind: np.ndarray
    digit: np.ndarray


def score(truth: Truth, shown: Sequence[Shown]) -> Score:
    """Hold what was shown, in order, against the truth."""
    judged = judge(truth, shown)
    whole_for = truth.whole_for
    settled = (whole_for.min(axis=1, initial=np.inf) >= SETTLED - 1e-9) & (len(truth.labels) > 0)
    all_right = np.array([_all_right(truth, one) for one in judged], bool)
    frames = np.array([one.frame for one in shown], np.int64)
    times = np.append(frames, len(truth.visible)) / truth.fps
    held = settled[frames]
    left_over = [{int(d) for d in one.digit[one.kind == LEFT_OVER]} for one in judged]
    wrong = [wrong_numbers(truth, one, state, whole_for) for one, state in zip(shown, judged, strict=True)]
    delay = np.array([one.delay for one in shown])
    return Score(
        shown=len(shown),
        held=int(held.sum()),
        right=int((held & all_right).sum()),
        overlap=[value for one, state in zip(shown, judged, strict=True) for value in _overlaps(truth, one, state)],
        stays=_stays(truth, frames, judged, left_over),
        wrong=spans(wrong, times),
        to_digits=_to_digits(truth, frames, all_right, delay),
        to_reading=_to_reading(truth, shown),
        delay=delay.tolist(),
    )


def judge(truth: Truth, shown: Sequence[Shown]) -> list[Judged]:
    """What each box over each frame is."""
    of: dict[int, int] = {}  # the truth's digit that each track stood for last
    result = []
    for frame, digits, *_ in shown:
        seen = np.flatnonzero(truth.visible[frame] > 0)
        found = match(truth.boxes[frame, seen], digits.xyxy, MEET)
        place = np.full(len(digits), -1, np.int64)
        place[found[found >= 0]] = seen[found >= 0]
        right = (place >= 0) & (truth.labels[place] == digits.digit)
        before = np.array([of.get(track, -1) for track in digits.track.tolist()], np.int64)
        same = (before >= 0) & (truth.labels[before] == digits.digit)
        there = same & (truth.visible[frame, before] > 0)
        kind = np.select([right, there, same], [RIGHT, MISPLACED, LEFT_OVER], WRONG)
        of.update(zip(digits.track[right].tolist(), place[right].tolist(), strict=True))
        result.append(Judged(kind, np.select([right, same], [place, before], -1)))
    return result


def wrong_numbers(truth: Truth, shown: Shown, judged: Judged, whole_for: np.ndarray) -> set[Hashable]:
    """What makes numbers over a frame wrong: tracks of wrong boxes, and digits left out between two of their number.

    Args:
        truth: of the clip.
        shown: the frame.
        judged: its boxes.
        whole_for: `(n, d)`, see `Truth.whole_for`; a digit that has just come into view may be left out.
    """
    causes: set[Hashable] = {("track", int(track)) for track in shown.digits.track[judged.kind == WRONG]}
    layout = arrange(shown.digits)
    shown_digits = set(judged.digit.tolist())
    for a, b in pairwise(layout.order.tolist()):
        i, j = int(judged.digit[a]), int(judged.digit[b])
        together = layout.line[a] == layout.line[b] and layout.number[a] == layout.number[b]
        if not together or not 0 <= i < j or truth.rows[i] != truth.rows[j]:
            continue
        between = np.arange(i + 1, j)
        between = between[whole_for[shown.frame, between] >= SETTLED - 1e-9]
        causes |= {("left out", d) for d in between.tolist() if d not in shown_digits}
    return causes


def _all_right(truth: Truth, judged: Judged) -> bool:
    return len(judged.kind) == len(truth.labels) and bool((judged.kind == RIGHT).all())


def _overlaps(truth: Truth, shown: Shown, judged: Judged) -> list[float]:
    own = np.flatnonzero((judged.kind <= MISPLACED) & (truth.visible[shown.frame, judged.digit] == 1))
    a, b = shown.digits.xyxy[own].astype(float), truth.boxes[shown.frame, judged.digit[own]]
    shared = common(a, b).diagonal()
    return (shared / np.maximum(area(a) + area(b) - shared, 1e-9)).tolist()


def _stays(truth: Truth, frames: np.ndarray, judged: list[Judged], left_over: list[set[int]]) -> list[float]:
    """Of every digit that goes out of view after it was shown, seconds until it is shown no more."""
    times = np.append(frames, len(truth.visible)) / truth.fps
    shown = [set(one.digit[one.kind <= MISPLACED].tolist()) for one in judged]
    stays = []
    for digit in range(len(truth.labels)):
        for begin, end in runs(truth.visible[:, digit] > 0):
            within = np.flatnonzero((frames >= begin) & (frames < end))
            if end == len(truth.visible) or not any(digit in shown[k] for k in within):
                continue
            after = k = int(np.searchsorted(frames, end))
            while k < len(frames) and digit in left_over[k]:
                k += 1
            stays.append(max(0.0, float(times[k] - end / truth.fps)) if k > after else 0.0)
    return stays


def _held_up(truth: Truth) -> list[tuple[int, int]]:
    whole = (truth.visible == 1).all(axis=1) & (len(truth.labels) > 0)
    return [(begin, end) for begin, end in runs(whole) if end - begin >= STAY * truth.fps]


def _to_digits(truth: Truth, frames: np.ndarray, right: np.ndarray, delay: np.ndarray) -> list[float]:
    waits = []
    for begin, end in _held_up(truth):
        good = np.flatnonzero(right & (frames >= begin) & (frames < end))
        waits.append((frames[good[0]] - begin) / truth.fps + delay[good[0]] if len(good) else np.inf)
    return [float(wait) for wait in waits]


def _to_reading(truth: Truth, shown: Sequence[Shown]) -> list[float]:
    held_up = _held_up(truth)
    if not held_up:
        return []
    begin, wanted = held_up[0][0], [line.replace(" ", "") for line in truth.lines]
    for one in shown:
        if one.reading is not None and [line.replace(" ", "") for line in one.reading] == wanted:
            return [max(0.0, (one.frame - begin) / truth.fps) + one.delay]
    return [float("inf")]

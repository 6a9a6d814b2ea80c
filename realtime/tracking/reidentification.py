"""Digits that come back into view are known again by the way they stand to each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.detections import NO_TRACK
from realtime.tracking import motion
from realtime.tracking.motion import FORBIDDEN, assign, common_shift, settle
from realtime.tracking.track import alike, middle, others, shape


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        pairs: Pairs of digits that vote.
        grown: Logarithm of how much a digit may grow while out of sight where the sheet stays.
    """

    pairs: int = 300
    grown: float = 1.0


LIMITS = Limits()


def reidentify(tracks: np.ndarray, before: np.ndarray, found: np.ndarray, seen: np.ndarray) -> None:
    """Know digits that come back into view by the way they stand to each other, wherever and however large.

    `found` and the tracks' places are brought up to date; `before` are their boxes in the last frame.
    """
    known = tracks["number"] != NO_TRACK
    taken = found[known & (found >= 0)]
    lost, left = np.flatnonzero(known & (found < 0)), others(len(seen), taken)
    if len(lost) == 0 or len(left) == 0:
        return
    pair = tracks["digit"][lost, None] == seen["digit"][left]
    ratio = seen["box"][left, 3] / before[lost, 3, None]
    pair &= (ratio > 0.5) & (ratio < 2)
    if 2 * len(taken) > np.count_nonzero(known):  # most of the sheet is in its place, and no nearer than before
        growth = shape(seen["box"][left]) - shape(before[lost])[:, None]
        pair &= growth.max(axis=2) < LIMITS.grown
    i, j = np.nonzero(pair)
    if len(i) == 0:
        return
    some = np.unique(np.linspace(0, len(i) - 1, LIMITS.pairs).astype(int))  # evenly: none is likelier than another
    i, j = i[some], j[some]
    scale = middle(ratio[i, j])
    origin = before[lost, :2].mean(axis=0)
    place = origin + scale * (before[lost, :2] - origin)
    height = middle(seen["box"][left, 3])
    dx, dy = ((seen["box"][left[j], :2] - place[i]) / height).T
    trust = 1 / (1 + 0.001 * (dx**2 + dy**2)) / (1 + 0.1 * tracks["time_since_update"][lost[i]])
    shift, _ = common_shift(dx, dy, trust)
    far = np.hypot(shift[0], shift[1])
    alone = len(i) == len(left) == 1 and (
        far < motion.LIMITS.gate
        or (len(taken) == 0 and (far < motion.LIMITS.nearby or not tracks["confirmed"][lost[i[0]]]))
    )
    target, length = seen["box"][left], before[lost, 3:] * scale / height
    similar = alike(np.column_stack([place, before[lost, 2:] * scale]), target)
    penalty = np.where(pair, 0, np.where(similar, motion.LIMITS.other_label, FORBIDDEN))
    place, more, cost = settle(place / height + shift, target[:, :2] / height, length, penalty, 2, turns=4)
    back = assign(cost)
    again = np.flatnonzero(back >= 0)
    agree = np.count_nonzero(pair[again, back[again]])
    by_chance = 1 + min(len(lost) // 30, 2)  # so many strays may lie as some of that many digits do
    if not alone and agree <= max(by_chance, 0.6 * min(len(lost), len(left)) - 1):
        return
    along = (back >= 0) | ~tracks["confirmed"][lost] | (len(taken) == 0)
    tracks["box"][lost[along]] = np.column_stack([place * height, before[lost, 2:] * scale * more])[along]
    for track, sighting in zip(lost[again], left[back[again]], strict=True):
        stand_in = found == sighting  # what was begun there before the digit was known again
        tracks["time_to_live"][track] = tracks["time_to_live"][stand_in].max(
            initial=max(0, tracks["time_to_live"][track])
        )
        tracks["time_to_live"][stand_in] = 0
        found[stand_in] = -1
        found[track] = sighting

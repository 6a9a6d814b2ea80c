"""Where touching digits may be cut apart: along seams that cross as little ink as possible.

More seams are proposed than there are digits; which of them are cut is left to the network (see `realtime.cover`).
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

_HEIGHT = 28  # pixels: seams are sought in a crop of about this height
_APART = 0.15  # of the height: seams keep this distance from each other and from the sides
_DENSE = 7.0  # seams for each height of width, at most
_MOST = 24  # and in all
_DEAR = 0.7  # a seam that cuts through ink for more than this share of the height is none
_BEND = 20.0  # of 255: what a step aside costs, so that seams prefer to go straight
_ROUNDS = 3  # in which seams are sought
_AGAIN = np.float32(3)  # times that ink which a seam has crossed costs in the next: a better place may be near
_OTHER = 2  # pixels that two seams are apart somewhere, or they are one
_CRUMB = 0.04  # of the ink of a part as wide as high at usual density: less is no part


_FAR = np.float32(1e9)
_STEP = np.array([0, -1, 1], np.int8)


@lru_cache(maxsize=64)
def _columns(w: int) -> np.ndarray:
    return np.arange(w)


def fragments(crop: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Cut a crop into the smallest parts that may be digits.

    Args:
        crop: `(h, w) uint8`, ink bright.

    Returns:
        From left to right, arrays of the crop's shape that add up to it, empty where there is no good place to cut; and
        `(n - 1,) bool`, whether a seam between each and the next was found in the first round.
    """
    h, w = crop.shape
    scale = min(1.0, _HEIGHT / h)
    small = cv2.resize(crop, (max(3, round(w * scale)), max(3, round(h * scale))), interpolation=cv2.INTER_AREA)
    cost = small.astype(np.float32) * (255.0 / max(1, int(small.max())))
    seams, plain = _seams(cost)
    if not seams:
        return [], np.zeros(0, bool)
    crumb = _CRUMB * float(cost.sum()) * cost.shape[0] / cost.shape[1]
    rows = np.minimum((np.arange(h) * cost.shape[0]) // h, cost.shape[0] - 1)
    columns = _columns(w)[None]
    before = np.zeros(cost.shape, bool)
    borders: list[np.ndarray] = []
    first: list[bool] = []
    for seam, its in zip(seams, plain, strict=True):
        left = _columns(cost.shape[1])[None] <= seam[:, None]
        if cost[left & ~before].sum() > crumb:
            borders.append(seam)
            first.append(its)
            before = left
        elif borders:
            first[-1] |= its
    while borders and cost[~before].sum() <= crumb:
        borders.pop()
        first.pop()
        before = _columns(cost.shape[1])[None] <= borders[-1][:, None] if borders else np.zeros(cost.shape, bool)
    parts, rest = [], crop
    for seam in borders:
        left = columns < ((seam[rows] + 0.5) * (w / cost.shape[1]))[:, None]
        parts.append(np.where(left, rest, 0).astype(np.uint8))
        rest = np.where(left, 0, rest).astype(np.uint8)
    return ([*parts, rest] if parts else []), np.array(first, bool)


def _seams(cost: np.ndarray) -> tuple[list[np.ndarray], list[bool]]:
    """Column of each seam in each row, seams from left to right; and which of them the first round found."""
    rows = np.arange(len(cost))
    found = new = _cheapest_seams(cost)
    first = len(found)
    for _ in range(1, _ROUNDS):
        if not new:
            break
        crossed = np.zeros(cost.shape, np.uint8)
        for seam in new:
            crossed[rows, seam] = 1
        cost = np.where(cv2.dilate(crossed, np.ones((3, 3), np.uint8)) > 0, _AGAIN * cost, cost)
        new = [seam for seam in _cheapest_seams(cost) if all(np.abs(seam - known).max() > _OTHER for known in found)]
        found = [*found, *new]
    order = sorted(range(len(found)), key=lambda k: int(found[k].sum()))
    return [found[k] for k in order], [k < first for k in order]


def _cheapest_seams(cost: np.ndarray) -> list[np.ndarray]:
    """Those of one round: at most one through each column of the middle row, and some apart."""
    h, w = cost.shape
    middle = h // 2
    down, came_down = _cheapest(cost[: middle + 1])
    up, came_up = _cheapest(cost[: middle - 1 if middle else None : -1])
    through = down + up - cost[middle]
    apart = max(2, round(_APART * h))
    through[:apart] = _FAR
    through[max(0, w - apart) :] = _FAR
    most = min(_MOST, max(1, round(_DENSE * w / h)))
    found: list[int] = []
    while len(found) < most:
        x = int(through.argmin())
        if not through[x] < _DEAR * h * 255:
            break
        found.append(x)
        through[max(0, x - apart + 1) : x + apart] = _FAR
    return [np.concatenate([_back(came_down, x), _back(came_up, x)[::-1][1:]]) for x in sorted(found)]


def _cheapest(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cost of the cheapest way from the first row to each column of the last, and the steps it came by."""
    total = cost[0].copy()
    steps = np.zeros(cost.shape, np.int8)
    w = cost.shape[1]
    options = np.full((3, w), np.inf, np.float32)
    for y in range(1, len(cost)):
        options[0] = total
        options[1, 1:] = total[:-1] + _BEND
        options[2, :-1] = total[1:] + _BEND
        pick = options.argmin(axis=0)
        steps[y] = _STEP[pick]
        total = cost[y] + options[pick, _columns(w)]
    return total, steps


def _back(steps: np.ndarray, x: int) -> np.ndarray:
    """The way that ended at column x of the last row, column by row from the first row on."""
    way = np.empty(len(steps), np.int64)
    for y in range(len(steps) - 1, -1, -1):
        way[y] = x
        x += int(steps[y, x])
    return way

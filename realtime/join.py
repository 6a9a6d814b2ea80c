"""Which pieces of ink may be parts of one digit, and what they look like together."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from realtime.glyph import BROADEST
from realtime.pieces import Pieces, find_pieces, grown, window

_LOOKED_AT = 250  # pieces a frame that may be joined, the largest
_MOST = 60  # pairs a frame; the largest stay
_DUST = 14  # pixels: what is smaller than this both ways is not joined
_NEAR = 0.18  # pieces are near when the gap is below this share of the larger one's height
_CLOSE = 0.05  # a gap of less than this share of their joint height is hardly one
_PART = 0.12  # a piece lower and narrower than this share of its neighbour is no part of it
_TALL = 0.65  # two pieces side by side, both over this share of the height, are two digits
_FAINT = 0.45  # between parts, ink counts from this share of the threshold on
_GAIN = 0.08  # a piece must gain this share of its size there


def _near(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Pairs of pieces that may be parts of the same digit: `(k, 2) int64`."""
    low, high = boxes[:, :2], boxes[:, 2:]
    extent = (high - low).max(axis=1, initial=0)
    large = np.argsort(-extent, kind="stable")[:_LOOKED_AT]
    reach = _NEAR * extent[large]
    reach = np.maximum(reach[:, None], reach)
    left, top, right, bottom = boxes[large].T[:, :, None]
    close = (left - right.T < reach) & (left.T - right < reach) & (top - bottom.T < reach) & (top.T - bottom < reach)
    a, b = np.sort(large[np.argwhere(np.triu(close, 1))], axis=1).T
    gap = np.maximum(low[a] - high[b], low[b] - high[a])
    gap = np.hypot(*np.maximum(gap, 0).T)
    larger, smaller = np.maximum(extent[a], extent[b]), np.minimum(extent[a], extent[b])
    near = (gap < _NEAR * larger) & (larger >= _DUST) & (smaller >= _PART * larger)
    inside: np.ndarray = np.all((low > 0) & (high < shape[1::-1]), axis=1)
    near &= inside[a] & inside[b]
    joint = np.maximum(high[a], high[b]) - np.minimum(low[a], low[b])
    near &= joint[:, 0] <= BROADEST * joint[:, 1]
    # A shape inside another is near it only where it comes near its outline.
    room = np.maximum(
        np.minimum(low[b] - low[a], high[a] - high[b]).min(axis=1),
        np.minimum(low[a] - low[b], high[b] - high[a]).min(axis=1),
    )
    near &= room <= _NEAR * larger
    # Both tall: two digits beside each other.
    height = high[:, 1] - low[:, 1]
    near &= np.minimum(height[a], height[b]) < _TALL * joint[:, 1]
    return np.stack([a[near], b[near]], axis=1)


def stacked(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether one box stands on the other, with hardly a gap."""
    upper, lower = (a, b) if a[1] < b[1] else (b, a)
    gap = lower[1] - upper[3]
    across = min(a[2], b[2]) - max(a[0], b[0])
    shorter = min(a[3] - a[1], b[3] - b[1])
    return bool(-0.3 * shorter < gap < _CLOSE * (lower[3] - upper[1]) and across > 0)


def near_groups(boxes: np.ndarray, shape: tuple[int, ...]) -> list[list[int]]:
    """Pieces that may be parts of one digit: pairs of near ones, and whole chains of them."""
    pairs = _near(boxes, shape)
    if len(pairs) == 0:
        return []
    extent = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    order = np.argsort(-extent[pairs].max(axis=1), kind="stable")[:_MOST]
    groups = pairs[order].tolist()
    parent = list(range(len(boxes)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in groups:
        parent[root(i)] = root(j)
    chains: dict[int, list[int]] = {}
    for i in sorted({i for pair in groups for i in pair}):
        chains.setdefault(root(i), []).append(i)
    return groups + [chain for chain in chains.values() if 2 < len(chain) <= 8]


def joined(ink: np.ndarray, level: np.ndarray, pieces: Pieces, group: list[int], box: np.ndarray) -> np.ndarray:
    """The ink of several pieces, with the faint ink that connects them."""
    x0, y0, x1, y1 = window(box, ink.shape)
    seen = ink[y0:y1, x0:x1]
    own = np.zeros(seen.shape, np.uint8)
    for i in group:
        own |= pieces.outline(i, x0, y0, x1 - x0, y1 - y0)
    faint = cv2.compare(seen, cv2.convertScaleAbs(level[y0:y1, x0:x1], alpha=_FAINT), cv2.CMP_GT)
    _, label = cv2.connectedComponents(faint)
    linked = np.isin(label, np.setdiff1d(label[own > 0], [0])).astype(np.uint8) * 255
    return cv2.bitwise_and(seen, grown(own | linked))


def fainter(ink: np.ndarray, level: np.ndarray, pieces: Pieces) -> Iterator[tuple[np.ndarray, np.ndarray, list[int]]]:
    """Box, ink and pieces of what is larger, or holds several pieces together, when fainter ink counts too."""
    low = cv2.compare(ink, cv2.convertScaleAbs(level, alpha=_FAINT), cv2.CMP_GT)
    wider = find_pieces(low)
    boxes = pieces.boxes
    for i, box in enumerate(wider.boxes):
        w, h = box[2:] - box[:2]
        if h < _DUST or w > BROADEST * h or (box[:2] == 0).any() or (box[2:] == np.array(ink.shape[::-1])).any():
            continue
        inside = np.flatnonzero((boxes[:, :2] >= box[:2]).all(axis=1) & (boxes[:, 2:] <= box[2:]).all(axis=1))
        if not 0 < len(inside) <= 8:
            continue
        x0, y0, x1, y1 = window(box, ink.shape)
        own = wider.outline(i, x0, y0, x1 - x0, y1 - y0) & low[y0:y1, x0:x1]
        group = [int(k) for k in inside if (pieces.outline(int(k), x0, y0, x1 - x0, y1 - y0) & own).any()]
        if not group:
            continue
        held = boxes[group]
        gain = (box[2:] - box[:2]) - (held[:, 2:].max(axis=0) - held[:, :2].min(axis=0))
        if len(group) > 1 or gain.max() > _GAIN * h:
            yield box, cv2.bitwise_and(ink[y0:y1, x0:x1], grown(own)), group

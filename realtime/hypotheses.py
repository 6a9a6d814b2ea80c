"""Which ink belongs together: broken digits joined, touching ones cut, the choice left to the network.

Every piece of ink is a hypothesis by itself. Pieces that lie close together are also proposed as one, and wide pieces
are also proposed cut at the places where least ink is cut. The network judges all of them in its one call, and
`choose` keeps the reading of each cluster in which every bit of ink is explained best.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.cut import fragments
from realtime.detections import NOT_A_DIGIT
from realtime.pieces import Pieces, find_pieces

_MOST = 400  # glyphs a frame; the largest stay
_LOW = 8  # pixels: a lower glyph is no digit
_DUST = 14  # pixels: what is smaller than this both ways is not joined
_FLAT = 3.0  # nor is one so many times as wide as high
_NEAR = 0.18  # pieces are near when the gap is below this share of the larger one's height
_CLOSE = 0.05  # a gap of less than this share of their joint height is hardly one
_PART = 0.12  # a piece lower and narrower than this share of its neighbour is no part of it
_TALL = 0.65  # two pieces side by side, both over this share of the height, are two digits
_WIDE = 0.8  # width over height from which a piece may be several digits
_WIDER = 1.4  # ... where it is so many times as wide as the usual piece
_FEW = 4  # pieces from which there is a usual one
_BROAD = 1.4  # width over height of the widest single digit
_PATCH = 24  # pixels: a piece at least this wide and high may be a patch that is written on
_SOLID = 0.55  # where it fills this share of its box
_CONTRAST = 30  # and what is on it is so much darker, of 255
_MOST_WRITTEN = 8
_SPARSE = 16  # pieces up to which a frame is also looked at with the lower threshold
_GAIN = 0.08  # a piece must gain this share of its size there
_FAINT = 0.45  # between parts, ink counts from this share of the threshold on

_JOIN = -0.5  # what a joined reading must gain, in nats, for each seam
_STACKED = 1.0  # unless one part sits right on the other: nobody writes lines that close
_CUT = -0.4
_JUNK = 1.2  # what it costs to call ink no digit, in nats, where it is as large as the largest of its cluster


@dataclass(frozen=True, eq=False)
class Glyph:
    """One candidate shape.

    Attributes:
        xyxy: `(4,) int32`, its box in pixels of the frame.
        crop: `(h, w) uint8`, its ink alone.
        atoms: the bits of ink it is made of; no two glyphs that share one can both be read.
        prior: log-probability, up to a constant, of this way to group the ink before its shape is looked at.
    """

    xyxy: np.ndarray
    crop: np.ndarray
    atoms: frozenset[int]
    prior: float = 0.0


def propose(ink: np.ndarray, level: np.ndarray, mask: np.ndarray, pieces: Pieces, scale: float) -> list[Glyph]:
    """All glyphs of a frame.

    Args:
        ink: `(h, w) uint8`, 255 where the pen was.
        level: `(h, w) uint8`, the ink from which a pixel counts.
        mask: `(h, w) uint8`, 255 where it counts.
        pieces: the mask's connected pieces.
        scale: size of the mask over that of the frame.
    """
    boxes = pieces.boxes
    size = boxes[:, 2:] - boxes[:, :2]
    single = (size[:, 1] >= _LOW) & (size[:, 0] <= _FLAT * size[:, 1])
    near = _near(boxes, mask.shape)
    pad = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    clean = cv2.bitwise_and(ink, pad)
    crowded = _overlapping(boxes)
    wide = _WIDER * np.median(size[single, 0]) if single.sum() >= _FEW else 0.0
    glyphs: list[Glyph] = []
    next_atom = len(boxes)

    on_frame = np.rint(boxes / scale).astype(np.int32)

    def add(box: np.ndarray, crop: np.ndarray, atoms: frozenset[int], prior: float) -> None:
        glyphs.append(Glyph(np.rint(box / scale).astype(np.int32), crop, atoms, prior))

    for i in _largest(np.flatnonzero(single), size).tolist():
        x0, y0, x1, y1 = window = _window(boxes[i], mask.shape)
        crop = clean[y0:y1, x0:x1]
        if crowded[i]:
            crop = cv2.bitwise_and(crop, _grown(pieces.outline(i, x0, y0, x1 - x0, y1 - y0)))
        w, h = size[i]
        inner = _written_on(crop) if min(w, h) >= _PATCH and pieces.outlined(i) >= _SOLID * w * h else []
        if inner:
            atoms = list(range(next_atom, next_atom + len(inner)))
            next_atom += len(inner)
            add(boxes[i], crop, frozenset([i, *atoms]), 0.0)
            for atom, (box, part) in zip(atoms, inner, strict=True):
                add(box + np.tile(window[:2], 2), part, frozenset([atom]), 0.0)
            continue
        parts = fragments(crop) if w > _WIDE * h and w > wide else []
        if not parts:
            glyphs.append(Glyph(on_frame[i], crop, frozenset((i,))))
            continue
        atoms = [i, *range(next_atom, next_atom + len(parts) - 1)]
        next_atom += len(parts) - 1
        for a in range(len(parts)):
            for b in range(a + 1, len(parts) + 1):
                run = np.maximum.reduce(parts[a:b])
                part = cv2.boundingRect(run)
                if part[3] < _LOW or part[2] > _FLAT * part[3]:
                    continue
                box = np.array([part[0], part[1], part[0] + part[2], part[1] + part[3]]) + np.tile(window[:2], 2)
                whole = b - a == len(parts)
                add(boxes[i] if whole else box, run, frozenset(atoms[a:b]), 0.0 if whole else _CUT)
    owned = {atom: glyph.atoms for glyph in glyphs for atom in glyph.atoms if len(glyph.atoms) > 1}
    for group in _groups(near, boxes):
        box = np.concatenate([boxes[group, :2].min(axis=0), boxes[group, 2:].max(axis=0)])
        w, h = box[2:] - box[:2]
        if h < _LOW or w > _BROAD * h:
            continue
        atoms = frozenset().union(*(owned.get(int(i), frozenset([int(i)])) for i in group))
        prior = _STACKED if len(group) == 2 and _stacked(*boxes[group]) else _JOIN * (len(group) - 1) ** 0.5
        add(box, _joined(ink, level, pieces, group, box), atoms, prior)
    if 0 < single.sum() <= _SPARSE:
        for box, crop, group in _fainter(ink, level, pieces):
            atoms = frozenset().union(*(owned.get(i, frozenset([i])) for i in group))
            add(box, crop, atoms, _JOIN)
    return glyphs


def _written_on(crop: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Box and ink of what is written on a patch: a slip of darker paper, a dark corner, a coloured field."""
    pen = cv2.threshold(crop, int(crop.max()) // 4, 255, cv2.THRESH_BINARY)[1]
    area = cv2.countNonZero(pen)
    if area < _SOLID * crop.size:
        return []
    level, _ = cv2.threshold(crop[pen > 0], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    mask = cv2.compare(crop, level, cv2.CMP_GT)
    dark = cv2.countNonZero(mask)
    if not 0 < dark < 0.4 * area or cv2.mean(crop, mask)[0] - cv2.mean(crop, pen & ~mask)[0] < _CONTRAST:
        return []
    found = find_pieces(mask)
    size = found.boxes[:, 2:] - found.boxes[:, :2]
    fit = np.flatnonzero((size[:, 1] >= _DUST) & (size[:, 0] <= _FLAT * size[:, 1]))
    clean = cv2.bitwise_and(crop, cv2.dilate(mask, np.ones((3, 3), np.uint8)))
    written = []
    for k in _largest(fit, size)[-_MOST_WRITTEN:].tolist():
        x0, y0, x1, y1 = _window(found.boxes[k], crop.shape)
        own = _grown(found.outline(k, x0, y0, x1 - x0, y1 - y0))
        written.append((found.boxes[k], cv2.bitwise_and(clean[y0:y1, x0:x1], own)))
    return written


def _window(box: np.ndarray, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = box.tolist()
    return max(0, x0 - 1), max(0, y0 - 1), min(shape[1], x1 + 1), min(shape[0], y1 + 1)


def _grown(own: np.ndarray) -> np.ndarray:
    return cv2.dilate(own, np.ones((3, 3), np.uint8))


def _largest(which: np.ndarray, size: np.ndarray) -> np.ndarray:
    if len(which) <= _MOST:
        return which
    return np.sort(which[np.argsort(size[which].max(axis=1))[-_MOST:]])


def _overlapping(boxes: np.ndarray) -> np.ndarray:
    """Which boxes have another one within a pixel's reach: `(n,) bool`."""
    low, high = boxes[:, :2] - 2, boxes[:, 2:] + 2
    meet = (low[:, None] < high[None]).all(axis=2)
    return (meet & meet.T).sum(axis=1) > 1


def _near(boxes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Pairs of pieces that may be parts of the same digit: `(k, 2) int64`."""
    low, high = boxes[:, :2], boxes[:, 2:]
    extent = (high - low).max(axis=1, initial=0)
    reach = _NEAR * np.maximum(extent[:, None], extent[None])
    gap = np.maximum(low[:, None] - high[None], low[None] - high[:, None])
    a, b = np.nonzero(np.triu((gap < reach[..., None]).all(axis=2), 1))
    gap = np.hypot(*np.maximum(gap[a, b], 0).T)
    larger, smaller = np.maximum(extent[a], extent[b]), np.minimum(extent[a], extent[b])
    near = (gap < _NEAR * larger) & (larger >= _DUST) & (smaller >= _PART * larger)
    inside = (low > 0).all(axis=1) & (high < shape[1::-1]).all(axis=1)
    near &= inside[a] & inside[b]
    joint = np.maximum(high[a], high[b]) - np.minimum(low[a], low[b])
    near &= joint[:, 0] <= _BROAD * joint[:, 1]
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


def _stacked(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether one box stands on the other, with hardly a gap."""
    upper, lower = (a, b) if a[1] < b[1] else (b, a)
    gap = lower[1] - upper[3]
    across = min(a[2], b[2]) - max(a[0], b[0])
    shorter = min(a[3] - a[1], b[3] - b[1])
    return bool(-0.3 * shorter < gap < _CLOSE * (lower[3] - upper[1]) and across > 0)


def _groups(pairs: np.ndarray, boxes: np.ndarray) -> list[list[int]]:
    """Pairs of near pieces, and whole chains of them."""
    if len(pairs) == 0:
        return []
    extent = (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
    order = np.argsort(-extent[pairs].max(axis=1), kind="stable")[: _MOST // 4]
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


def _joined(ink: np.ndarray, level: np.ndarray, pieces: Pieces, group: list[int], box: np.ndarray) -> np.ndarray:
    """The ink of several pieces, with the faint ink that connects them."""
    x0, y0, x1, y1 = _window(box, ink.shape)
    seen = ink[y0:y1, x0:x1]
    own = np.zeros(seen.shape, np.uint8)
    for i in group:
        own |= pieces.outline(i, x0, y0, x1 - x0, y1 - y0)
    faint = cv2.compare(seen, cv2.convertScaleAbs(level[y0:y1, x0:x1], alpha=_FAINT), cv2.CMP_GT)
    _, label = cv2.connectedComponents(faint)
    linked = np.isin(label, np.setdiff1d(label[own > 0], [0])).astype(np.uint8) * 255
    return cv2.bitwise_and(seen, _grown(own | linked))


def _fainter(ink: np.ndarray, level: np.ndarray, pieces: Pieces) -> Iterator[tuple[np.ndarray, np.ndarray, list[int]]]:
    """Box, ink and pieces of what is larger, or holds several pieces together, when fainter ink counts too."""
    low = cv2.compare(ink, cv2.convertScaleAbs(level, alpha=_FAINT), cv2.CMP_GT)
    wider = find_pieces(low)
    boxes = pieces.boxes
    for i, box in enumerate(wider.boxes):
        w, h = box[2:] - box[:2]
        if h < _DUST or w > _BROAD * h or (box[:2] == 0).any() or (box[2:] == np.array(ink.shape[::-1])).any():
            continue
        inside = np.flatnonzero((boxes[:, :2] >= box[:2]).all(axis=1) & (boxes[:, 2:] <= box[2:]).all(axis=1))
        if not 0 < len(inside) <= 8:
            continue
        x0, y0, x1, y1 = _window(box, ink.shape)
        own = wider.outline(i, x0, y0, x1 - x0, y1 - y0) & low[y0:y1, x0:x1]
        group = [int(k) for k in inside if (pieces.outline(int(k), x0, y0, x1 - x0, y1 - y0) & own).any()]
        if not group:
            continue
        held = boxes[group]
        gain = (box[2:] - box[:2]) - (held[:, 2:].max(axis=0) - held[:, :2].min(axis=0))
        if len(group) > 1 or gain.max() > _GAIN * h:
            yield box, cv2.bitwise_and(ink[y0:y1, x0:x1], _grown(own)), group


def choose(glyphs: list[Glyph], probabilities: np.ndarray) -> np.ndarray:
    """Indices of the glyphs that together explain the ink best, each bit of ink once.

    Args:
        glyphs: as `propose` gave them.
        probabilities: `(n, 11)`, what the network makes of each.
    """
    p = np.maximum(probabilities, 1e-6)
    digit = np.log(p[:, :NOT_A_DIGIT].max(axis=1))
    junk = np.log(p[:, NOT_A_DIGIT])
    by_atom: dict[int, list[int]] = {}
    for k, glyph in enumerate(glyphs):
        for atom in glyph.atoms:
            by_atom.setdefault(atom, []).append(k)
    chosen: list[int] = []
    seen: set[int] = set()
    for start in range(len(glyphs)):
        if start in seen:
            continue
        cluster, todo = [], [start]
        seen.add(start)
        while todo:
            k = todo.pop()
            cluster.append(k)
            for atom in glyphs[k].atoms:
                for other in by_atom[atom]:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        if len(cluster) == 1:
            chosen.append(start)
            continue
        extent = np.array([max(glyphs[k].crop.shape) for k in cluster])
        cost = _JUNK * extent / extent.max()
        prior = {k: glyphs[k].prior for k in cluster}
        value = {
            k: max(digit[k] + prior[k], junk[k] - c + min(prior[k], 0)) for k, c in zip(cluster, cost, strict=True)
        }
        chosen.extend(_best_cover(glyphs, sorted(cluster), value))
    return np.array(sorted(chosen), np.intp)


def _best_cover(glyphs: list[Glyph], cluster: list[int], value: dict[int, float]) -> list[int]:
    """The glyphs of a cluster that share no atom and have the highest sum of values; atoms may go unread at a price."""
    atoms = sorted(set().union(*(glyphs[k].atoms for k in cluster)))
    if len(atoms) > 12:
        return _greedy_cover(glyphs, cluster, value)
    best: dict[frozenset[int], tuple[float, list[int]]] = {frozenset(): (0.0, [])}

    def solve(left: frozenset[int]) -> tuple[float, list[int]]:
        if left in best:
            return best[left]
        first = min(left)
        rest, picks = solve(left - {first})
        answer = rest - _JUNK, picks
        for k in cluster:
            if first in glyphs[k].atoms and glyphs[k].atoms <= left:
                rest, picks = solve(left - glyphs[k].atoms)
                if rest + value[k] > answer[0]:
                    answer = rest + value[k], [k, *picks]
        best[left] = answer
        return answer

    return solve(frozenset(atoms))[1]


def _greedy_cover(glyphs: list[Glyph], cluster: list[int], value: dict[int, float]) -> list[int]:
    taken: set[int] = set()
    picks = []
    for k in sorted(cluster, key=lambda k: value[k] / len(glyphs[k].atoms), reverse=True):
        if not taken & glyphs[k].atoms:
            taken |= glyphs[k].atoms
            picks.append(k)
    return picks

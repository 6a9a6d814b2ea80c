"""Which ink belongs together: broken digits joined, touching ones cut, the choice left to the network.

Every piece of ink is a hypothesis by itself. Pieces that lie close together are also proposed as one, and broad pieces
are also proposed cut at the places where least ink is cut: once it is known how high the digits are, see
`realtime.further`. The network judges all of them, and `realtime.cover` keeps the reading of each cluster in which
every bit of ink is explained best.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np

from realtime import patch, ring
from realtime.glyph import BROADEST, FLATTEST, LOWEST, Glyph
from realtime.join import fainter, joined, near_groups, stacked
from realtime.pieces import Pieces, grown, window

_MOST = 500  # pieces a frame that are read by themselves; the largest stay
_CROWD = 120  # where there are more pieces than this
_SPECK = 0.2  # those below this share of the height of the tallest tenth are left out
WIDE = 0.75
"""Width over height from which a piece may be several digits, whatever the network says of it."""

_WIDER = 1.25  # ... where it is so many times as wide as most pieces' narrow half
_WIDEST = 0.9  # of the frame: what is wider is no number
_LONGEST = 14.0  # nor is what is so many times as wide as high
LOWEST_CUT = 12
"""Pixels: what is lower is not cut."""

_FRAMED = 3  # pieces that may be digits, inside the box of another: that one is the edge of a sheet, or a frame
_ROOMY = 4.0  # and what is drawn around a number is at most so many times as high
_FEW = 4  # pieces from which there is a usual one
_SPARSE = 16  # pieces up to which a frame is also looked at with the lower threshold
_BIT = 0.4  # a piece smaller both ways than this share of the tall ones may be a bit of a stroke
_BROKEN = 0.4  # where so many are, strokes are broken

_REACH = np.array([-2, -2, 2, 2])

_JOIN = -0.5  # what a joined reading must gain, in nats, for each seam
_STACKED = 1.0  # unless one part sits right on the other: nobody writes lines that close


def propose(
    ink: np.ndarray, level: np.ndarray, mask: np.ndarray, pieces: Pieces, scale: float, ruled: bool
) -> tuple[list[Glyph], list[Glyph]]:
    """All glyphs of a frame, but for parts of pieces; and the pieces that may be several digits, whole.

    Args:
        ink: `(h, w) uint8`, 255 where the pen was.
        level: `(h, w) uint8`, the ink from which a pixel counts.
        mask: `(h, w) uint8`, 255 where it counts.
        pieces: the mask's connected pieces.
        scale: size of the mask over that of the frame.
        ruled: whether ruling was taken out: what looks like bits of strokes are then bits of its lines.
    """
    boxes = pieces.boxes
    alone = _alone(boxes)
    proposals, broad = _Proposals(len(boxes), scale), []
    clean = cv2.bitwise_and(ink, grown(mask))
    crowded = dict(zip(alone.tolist(), _overlapping(boxes[alone], boxes).tolist(), strict=True))
    size = boxes[:, 2:] - boxes[:, :2]
    inside = _inside(boxes[alone])
    touching = set(alone[_may_touch(boxes[alone], inside, mask.shape)].tolist())
    rings = set(alone[_rings(boxes[alone], inside, mask.shape)].tolist())
    for i in alone.tolist():
        x0, y0, x1, y1 = window(boxes[i], mask.shape)
        crop = clean[y0:y1, x0:x1]
        if crowded[i]:
            crop = cv2.bitwise_and(crop, grown(pieces.outline(i, x0, y0, x1 - x0, y1 - y0)))
        w, h = size[i].tolist()
        if min(w, h) >= patch.SMALLEST and pieces.outlined(i) >= patch.SOLID * w * h:
            written = patch.written_on(crop)
            if written:
                proposals.add_whole(i, boxes[i], crop, written, (x0, y0))
                continue
        if i in rings:
            proposals.add_whole(i, boxes[i], crop, ring.touching(crop), (x0, y0))
            continue
        if i in touching:
            broad.append(proposals.glyph(boxes[i], crop, (i,)))
        if w <= FLATTEST * h:
            proposals.add(boxes[i], crop, (i,))
    for group in near_groups(boxes, mask.shape):
        box = np.concatenate([boxes[group, :2].min(axis=0), boxes[group, 2:].max(axis=0)])
        w, h = (box[2:] - box[:2]).tolist()
        if h >= LOWEST and w <= BROADEST * h:
            close = len(group) == 2 and stacked(*boxes[group])
            prior = _STACKED if close else _JOIN * (len(group) - 1) ** 0.5
            proposals.add_group(box, joined(ink, level, pieces, group, box), group, prior)
    if 0 < len(alone) <= _SPARSE or (not ruled and _broken(boxes)):
        for box, crop, group in fainter(ink, level, pieces):
            proposals.add_group(box, crop, group, _JOIN)
    return proposals.glyphs, broad


class _Proposals:
    """Glyphs, and the atoms of ink that they are made of: pieces, and parts of pieces."""

    def __init__(self, pieces: int, scale: float) -> None:
        self.glyphs: list[Glyph] = []
        self._scale = scale
        self._atoms = pieces
        self.parts: dict[int, frozenset[int]] = {}

    def glyph(self, box: np.ndarray, crop: np.ndarray, atoms: Iterable[int], prior: float = 0.0) -> Glyph:
        """A glyph by its box on the mask, its ink, and its atoms."""
        on_frame = np.rint(box / self._scale).astype(np.int32)
        return Glyph(on_frame, crop, frozenset(atoms), prior)

    def add(self, box: np.ndarray, crop: np.ndarray, atoms: Iterable[int], prior: float = 0.0) -> None:
        """Propose such a glyph."""
        self.glyphs.append(self.glyph(box, crop, atoms, prior))

    def add_whole(
        self,
        piece: int,
        box: np.ndarray,
        crop: np.ndarray,
        written: list[tuple[np.ndarray, np.ndarray]],
        corner: tuple[int, int],
    ) -> None:
        """A patch or a ring, and what is written on it."""
        atoms = self._new_atoms(len(written))
        self.parts[piece] = frozenset((piece, *atoms))
        across, down = (box[2:] - box[:2]).tolist()
        if across <= FLATTEST * down:
            self.add(box, crop, self.parts[piece])
        for atom, (inner, part) in zip(atoms, written, strict=True):
            self.add(inner + np.array(corner * 2), part, (atom,))

    def add_group(self, box: np.ndarray, crop: np.ndarray, group: list[int], prior: float) -> None:
        """Several pieces as one glyph."""
        self.add(box, crop, frozenset().union(*(self.parts.get(i, frozenset((i,))) for i in group)), prior)

    def _new_atoms(self, n: int) -> range:
        self._atoms += n
        return range(self._atoms - n, self._atoms)


def _alone(boxes: np.ndarray) -> np.ndarray:
    """Indices of the pieces that may be digits by themselves."""
    size = boxes[:, 2:] - boxes[:, :2]
    flattest = np.where(size[:, 1] >= LOWEST_CUT, _LONGEST, FLATTEST)
    may_be = np.flatnonzero((size[:, 1] >= LOWEST) & (size[:, 0] <= flattest * size[:, 1]))
    if len(may_be) > _CROWD:
        may_be = may_be[size[may_be, 1] >= _SPECK * np.percentile(size[may_be, 1], 90)]
    if len(may_be) > _MOST:
        may_be = np.sort(may_be[np.argsort(size[may_be].max(axis=1), kind="stable")[-_MOST:]])
    return may_be


def _may_touch(boxes: np.ndarray, inside: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which pieces may be several digits: `(n,) bool`."""
    w, h = (boxes[:, 2:] - boxes[:, :2]).T
    usual = np.percentile(w, 30) if len(boxes) >= _FEW else 0
    wide = (w > WIDE * h) & (w > _WIDER * usual) & (w < _WIDEST * shape[1]) & (h >= LOWEST_CUT)
    wide &= (boxes[:, :2] > 0).all(axis=1) & (boxes[:, 2:] < np.array(shape[1::-1])).all(axis=1)
    return wide & (inside.sum(axis=1) < _FRAMED)


def _broken(boxes: np.ndarray) -> bool:
    """Whether many pieces are bits of strokes, as a hard pencil on rough paper leaves them."""
    height = boxes[:, 3] - boxes[:, 1]
    if len(height) == 0:
        return False
    tall = np.percentile(height, 90)
    return bool(((height < _BIT * tall) & (boxes[:, 2] - boxes[:, 0] < _BIT * tall)).mean() > _BROKEN)


def _inside(boxes: np.ndarray) -> np.ndarray:
    """Whether box j lies wholly inside box i: `(n, n) bool`."""
    low, high = boxes[:, None, :2], boxes[:, None, 2:]
    inside: np.ndarray = np.all((boxes[:, :2] > low) & (boxes[:, 2:] < high), axis=2)
    return inside


def _rings(boxes: np.ndarray, inside: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Which pieces may be drawn around a number: something lies in them, and they are not much higher: `(n,) bool`."""
    height = boxes[:, 3] - boxes[:, 1]
    held = np.where(inside, height, 0).max(axis=1, initial=0)
    in_view = (boxes[:, :2] > 0).all(axis=1) & (boxes[:, 2:] < np.array(shape[1::-1])).all(axis=1)
    return (held > 0) & (height <= _ROOMY * held) & in_view


def _overlapping(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Which boxes have another one than themselves within a pixel's reach: `(n,) bool`."""
    left, top, right, bottom = (boxes + _REACH).T[:, :, None]
    meet = (left < others[:, 2]) & (right > others[:, 0]) & (top < others[:, 3]) & (bottom > others[:, 1])
    return meet.sum(axis=1) > 1

"""Whose ink each pixel is -> what the ink network shall say of it, and how much a mistake there costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT

LARGEST = 150.0
"""Pixels: a higher digit is taught as nothing, since the network sees it on the next smaller copy."""

_UNSURE = 115.0  # from here on it does not count whether it is found
_SMALLEST = 3.5  # pixels of the maps: of lower digits little is asked
_COVERED = 70, 100.0  # of 255: a pixel of the maps is ink where so much of it is; on a copy, a thin stroke of the page
_SHRUNK = 0.11  # sides of a digit: its outline, the convex hull, is moved in by so much to make its body
_CORE = 0.5  # sides of the core against those of the hull
_ONE = 50  # how the weight 1 is packed in 8 bits
_GAP = 2.5  # mistakes in the gap between bodies cost so much more
_ROOM = 3, 4  # pixels of the maps left of and above a hull, and right of and below it


@dataclass(frozen=True, eq=False)
class Targets:
    """What the network shall say of a picture, at half its size: `(h, w) uint8` each.

    Attributes:
        ink: 255 where there is ink of a digit.
        body: 255 in the body of one digit.
        core: 255 in the middle of a body.
        weight: what a mistake costs, in fiftieths.
    """

    ink: np.ndarray
    body: np.ndarray
    core: np.ndarray
    weight: np.ndarray

    @classmethod
    def none(cls, w: int, h: int) -> Targets:
        """Those of a picture of `w x h` pixels without digits."""
        nothing = np.zeros((h // 2, w // 2), np.uint8)
        return cls(nothing, nothing, nothing, np.full_like(nothing, _ONE))

    def padded(self, room: int, below: int, right: int) -> Targets:
        """Those of the picture with `room` pixels above and left of it, and so many below and right: nothing there."""
        sides = room // 2, below // 2, room // 2, right // 2
        fills = (self.ink, 0), (self.body, 0), (self.core, 0), (self.weight, _ONE)
        return Targets(*(cv2.copyMakeBorder(each, *sides, cv2.BORDER_CONSTANT, value=fill) for each, fill in fills))


@dataclass(frozen=True, eq=False)
class _Shape:
    """The body and core of one digit as masks, and how far each pixel is from its ink, with their left top."""

    x: int
    y: int
    side: float
    filled: np.ndarray
    body: np.ndarray
    core: np.ndarray
    far: np.ndarray


def targets(owner: np.ndarray, labels: Sequence[int], scale: float = 1.0) -> Targets:
    """The targets of a picture.

    Args:
        owner: `(h, w) int16`, which of `labels` left the ink of each pixel, -1 where there is none.
        labels: 0 to 9, and 10 for what is no digit.
        scale: size of the picture that the network sees against that of `owner`.
    """
    w, h = (round(side * scale) // 2 for side in owner.shape[::-1])
    digits = np.append(np.asarray(labels, np.int64) < NOT_A_DIGIT, False)  # the last one stands for nobody
    inked = cv2.resize(digits[owner].astype(np.uint8) * 255, (w, h), interpolation=cv2.INTER_AREA)
    ink = cv2.compare(inked, min(_COVERED[0], _COVERED[1] * scale), cv2.CMP_GT)
    owned, core = np.zeros((h, w), np.int32), np.zeros((h, w), np.uint8)
    nearest, weight = np.full((h, w), 1e6, np.float32), np.full((h, w), float(_ONE), np.float32)
    for k, points in _points(owner, digits, scale / 2):
        shape = _shape(points)
        inside, part = _inside(shape, w, h)
        if inside is None:
            continue
        won = shape.body[part] & (shape.far[part] < nearest[inside])
        if shape.side > _UNSURE / 2:
            around = shape.filled[part] > 0
            weight[inside][around] = 0 if shape.side <= LARGEST / 2 else 0.8 * _ONE
            if shape.side > LARGEST / 2:
                ink[inside][around] = 0
                continue
        else:
            small = 10 if shape.side <= _SMALLEST else _ONE * float(np.clip(20 / shape.side, 0.6, 2.5))
            weight[inside][shape.filled[part] > 0] = small
        owned[inside][won] = k + 1
        nearest[inside][won] = shape.far[part][won]
        core[inside][won] = 255 * shape.core[part][won]
    gap, beside = _gaps(owned)
    body = np.where((owned > 0) & ~gap, 255, 0).astype(np.uint8)
    weight[beside] *= _GAP
    return Targets(ink, body, cv2.bitwise_and(core, body), np.clip(weight, 0, 255).astype(np.uint8))


def _points(owner: np.ndarray, digits: np.ndarray, scale: float) -> list[tuple[int, np.ndarray]]:
    """The centres of each digit's pixels, in pixels of the maps: its number and `(n, 2) float32`."""
    ys, xs = np.nonzero(owner >= 0)
    if len(ys) == 0:
        return []
    its = owner[ys, xs]
    order = np.argsort(its, kind="stable")
    its, places = its[order], (np.stack([xs, ys], axis=1)[order] + 0.5).astype(np.float32) * np.float32(scale)
    starts = np.flatnonzero(np.diff(its, prepend=-1)).tolist()
    parts = zip(its[starts].tolist(), starts, [*starts[1:], len(its)], strict=True)
    return [(k, places[a:b]) for k, a, b in parts if digits[k] and b - a >= 6]


def _shape(points: np.ndarray) -> _Shape:
    hull = cv2.convexHull(points)[:, 0]
    x, y = (np.floor(hull.min(axis=0)).astype(int) - _ROOM[0]).tolist()
    right, bottom = (np.ceil(hull.max(axis=0)).astype(int) + _ROOM[1]).tolist()
    w, h = right - x, bottom - y
    side = float((hull.max(axis=0) - hull.min(axis=0)).max()) + 1
    filled = cv2.dilate(_filled(hull - (x, y), w, h), np.ones((3, 3), np.uint8))
    depth = cv2.distanceTransform(filled, cv2.DIST_L2, 3)
    body = depth > min(_SHRUNK * side, 0.5 * float(depth.max()))
    middle = (hull.min(axis=0) + hull.max(axis=0)) / 2
    core = _filled(_CORE * (hull - middle) + middle - (x, y), w, h)
    if side >= 16:
        core = cv2.dilate(core, np.ones((2, 2), np.uint8), anchor=(0, 0))
    nobody = np.ones((h, w), np.uint8)
    columns, rows = np.clip((points - (x, y)).astype(int), 0, [w - 1, h - 1]).T
    nobody[rows, columns] = 0
    return _Shape(x, y, side, filled, body, (core > 0) & body, cv2.distanceTransform(nobody, cv2.DIST_L2, 3))


def _filled(polygon: np.ndarray, w: int, h: int) -> np.ndarray:
    mask = np.zeros((h, w), np.uint8)
    cv2.fillConvexPoly(mask, np.rint((polygon - 0.5) * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    return mask


def _inside(shape: _Shape, w: int, h: int) -> tuple[tuple[slice, slice] | None, tuple[slice, slice]]:
    """Where a shape lies in maps of `w x h` pixels, and which part of it that is."""
    height, width = shape.filled.shape
    x0, y0, x1, y1 = max(0, shape.x), max(0, shape.y), min(w, shape.x + width), min(h, shape.y + height)
    part = np.s_[y0 - shape.y : y1 - shape.y, x0 - shape.x : x1 - shape.x]
    return (None if x1 <= x0 or y1 <= y0 else np.s_[y0:y1, x0:x1]), part


def _gaps(owned: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of bodies that touch another one, and all that are near another one: `(h, w) bool` each."""
    whose = owned.astype(np.float32)
    lone = np.where(whose > 0, whose, 1e6)
    marks = []
    for side in (3, 5):
        near = np.ones((side, side), np.uint8)
        most = cv2.dilate(whose, near)
        marks.append((most != cv2.erode(lone, near)) & (most > 0))
    return marks[0] & (whose > 0), marks[1]

"""Geometry of boxes: `(n, 4)` arrays, xyxy in pixels; right and bottom are excluded."""

from __future__ import annotations

import numpy as np


def centered_in(xyxy: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Which boxes have their centre within a frame of this width and height: `(n,) bool`."""
    center = centers(xyxy)
    inside: np.ndarray = np.all((center >= 0) & (center < size), axis=1)
    return inside


def clipped(xyxy: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The boxes cut off at the edges of a frame of this width and height; same dtype."""
    width, height = size
    return np.clip(xyxy, 0, np.array([width, height, width, height], xyxy.dtype))


def area(xyxy: np.ndarray) -> np.ndarray:
    """Pixels of each box: `(n,) int64`, 0 for one that is empty."""
    area: np.ndarray = np.maximum(xyxy[:, 2:].astype(np.int64) - xyxy[:, :2], 0).prod(axis=1)
    return area


def shared_area(xyxy: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Pixels that each box has in common with one box, `(4,)`: `(n,) int64`."""
    return area(np.concatenate([np.maximum(xyxy[:, :2], box[:2]), np.minimum(xyxy[:, 2:], box[2:])], axis=1))


def overlap(xyxy: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Intersection over union of each box with one box, `(4,)`: `(n,) float64`, 0 to 1."""
    shared = shared_area(xyxy, box)
    return shared / np.maximum(area(xyxy) + area(box[None]) - shared, 1)


def shared_areas(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Pixels that each of some boxes `(n, 4)` has in common with each of others `(m, 4)`: `(n, m) float64`."""
    sides = []
    for low, high in ((0, 2), (1, 3)):
        side = np.minimum.outer(a[:, high], b[:, high]) - np.maximum.outer(a[:, low], b[:, low])
        sides.append(np.maximum(side, 0).astype(np.float64))
    shared: np.ndarray = sides[0] * sides[1]
    return shared


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union of each of some boxes `(n, 4)` with each of others `(m, 4)`: `(n, m) float64`."""
    shared = shared_areas(a, b)
    return shared / np.maximum(np.add.outer(area(a), area(b)) - shared, 1)


def centers(xyxy: np.ndarray) -> np.ndarray:
    """The centre of each box: `(n, 2) float64`, x and y."""
    return (xyxy[:, :2].astype(np.float64) + xyxy[:, 2:]) / 2


def turned_back(xyxy: np.ndarray, size: tuple[int, int], quarters: int) -> np.ndarray:
    """Boxes on a turned frame -> the same boxes on the frame as it was.

    Args:
        xyxy: `(n, 4)` boxes in pixels of the turned frame.
        size: width and height of the turned frame.
        quarters: how often it was turned a quarter clockwise.
    """
    width, height = size
    for _ in range(quarters):
        x0, y0, x1, y1 = xyxy.T
        xyxy = np.stack([y0, width - x1, y1, width - x0], axis=1)
        width, height = height, width
    return xyxy

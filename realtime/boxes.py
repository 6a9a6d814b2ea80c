"""Geometry of boxes: `(n, 4)` arrays, xyxy in pixels; right and bottom are excluded."""

from __future__ import annotations

import numpy as np


def centered_in(xyxy: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Which boxes have their centre within a frame of this width and height: `(n,) bool`."""
    center = (xyxy[:, :2].astype(np.float64) + xyxy[:, 2:]) / 2
    return ((center >= 0) & (center < size)).all(axis=1)


def clipped(xyxy: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The boxes cut off at the edges of a frame of this width and height; same dtype."""
    width, height = size
    return np.clip(xyxy, 0, np.array([width, height, width, height], xyxy.dtype))

"""Strokes reduced to their middle, so that a digit somebody wrote can be written again with any pen."""

from __future__ import annotations

import cv2
import numpy as np

SIDE = 56
"""Side of a map in pixels: twice that of a data set's picture."""

UNIT = 16
"""Steps of a map's values to one pixel of a data set's picture."""

_FINE = 3  # pictures are enlarged so many times before they are thinned
_TOGETHER = 16  # pictures in a row and a column of a mosaic: one call of OpenCV thins them all
_LOOPS = {6: (0, 1), 8: (0, 1), 9: (1, 0)}  # loops that a digit needs in its upper and its lower half
_INK = 0.42  # what is brighter than this share of a picture's brightest is ink


def middles(images: np.ndarray) -> np.ndarray:
    """How far every place is from the middle of the nearest stroke.

    Args:
        images: `(n, 28, 28) uint8`, ink bright.

    Returns:
        `(n, SIDE, SIDE) uint8` distances in `1 / UNIT` pixels of `images`.
    """
    return _distances(images, thinned=True)


def outlines(images: np.ndarray) -> np.ndarray:
    """How far every place is from the nearest ink, 0 inside it: as `middles`, the thickness of the strokes kept."""
    return _distances(images, thinned=False)


def legible(signs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Which digits still have the loops that tell them: a loop filled with ink is lost when it is thinned.

    Args:
        signs: `(n, SIDE, SIDE) uint8`, from `middles`.
        labels: `(n,)`, what they are.

    Returns:
        `(n,) bool`.
    """
    out = np.ones(len(signs), bool)
    for k in np.flatnonzero(np.isin(labels, list(_LOOPS))):
        holes = _holes(signs[k])
        upper, lower = _LOOPS[int(labels[k])]
        low = [y for y in holes if y > SIDE / 2]
        out[k] = len(holes) - len(low) >= upper and len(low) >= lower
    return out


def _holes(sign: np.ndarray) -> list[float]:
    """Where the loops of a sign lie, from top to bottom: the `y` of the middle of each."""
    contours, tree = cv2.findContours((sign < UNIT).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    inner = [contour for contour, place in zip(contours, tree[0], strict=True) if place[3] >= 0] if contours else []
    return sorted(float(contour[:, 0, 1].mean()) for contour in inner if len(contour) > 4)


def thin(mask: np.ndarray) -> np.ndarray:
    """A mask `(h, w) uint8` of 0 and 1 -> its strokes one pixel wide (Zhang and Suen, 1984)."""
    mask = mask.copy()
    while True:
        before = cv2.countNonZero(mask)
        for kept in _KEPT:
            around = cv2.filter2D(mask, cv2.CV_8U, _BITS, borderType=cv2.BORDER_CONSTANT)
            mask &= cv2.LUT(around, kept)
        if cv2.countNonZero(mask) == before:
            return mask


def _distances(images: np.ndarray, thinned: bool) -> np.ndarray:
    out = np.empty((len(images), SIDE, SIDE), np.uint8)
    side = images.shape[1] * _FINE
    for start in range(0, len(images), _TOGETHER**2):
        part = images[start : start + _TOGETHER**2]
        mosaic = np.zeros((_TOGETHER * side, _TOGETHER * side), np.uint8)
        cells = [np.s_[k // _TOGETHER * side :, k % _TOGETHER * side :] for k in range(len(part))]
        for image, cell in zip(part, cells, strict=True):
            large = cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC)
            large = cv2.GaussianBlur(large, (0, 0), 1.5)
            mosaic[cell][:side, :side] = large > _INK * max(30, int(large.max()))
        if thinned:
            mosaic = thin(mosaic)
        for k, cell in enumerate(cells):
            far = cv2.distanceTransform(1 - mosaic[cell][:side, :side], cv2.DIST_L2, 5)
            # Half a pixel of the fine picture: the middle itself is one pixel wide.
            far = cv2.resize(np.maximum(far - 0.5, 0), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            out[start + k] = np.minimum(far, 255 * _FINE / UNIT) * (UNIT / _FINE)
    return out


def _tables() -> list[np.ndarray]:
    """For both halves of a step of thinning: by the eight neighbours as bits, whether a pixel stays."""
    tables = []
    for half in range(2):
        kept = np.ones(256, np.uint8)
        for code in range(256):
            p = [code >> k & 1 for k in range(8)]  # from the one above, clockwise
            steps = sum(p[k] == 0 and p[(k + 1) % 8] == 1 for k in range(8))
            north, east, south, west = p[0], p[2], p[4], p[6]
            open_sides = (
                (north * east * south == 0 and east * south * west == 0)
                if half == 0
                else (north * east * west == 0 and north * south * west == 0)
            )
            if 2 <= sum(p) <= 6 and steps == 1 and open_sides:
                kept[code] = 0
        tables.append(kept)
    return tables


_KEPT = _tables()
_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)

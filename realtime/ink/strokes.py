"""Connected strokes of the frame, thresholded: on clean paper each of them is a digit, cut out whole."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.boxes import overlaps


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        dark: Darkness, of 255, beside the paper from which a pixel is ink: for faint pencil, and among shadows.
        inkling: Mean probability of a body within a stroke's box from which the network believes in it.
        most: Strokes of a picture that are kept: those that the network believes in most.
        largest: Largest strokes that are kept whatever the network believes.
        same: Shared area over the area of both from which two boxes are of the same stroke.
        thin: Pixels. A thinner stroke is noise.
    """

    dark: tuple[int, int] = (28, 90)
    inkling: float = 0.03
    most: int = 100
    largest: int = 6
    same: float = 0.85
    thin: int = 2


LIMITS = Limits()


NEAR = np.ones((3, 3), np.uint8)
"""Reaches the soft edge of a stroke, which is darker than paper too."""


def strokes(
    gray: NDArray[np.uint8], body: np.ndarray, known: np.ndarray, sides: tuple[float, float]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The connected strokes of a picture, those that the network believes in most first.

    Args:
        gray: `(h, w) uint8`, its light taken out.
        body: `(h / 2, w / 2) uint8`, 255 times how likely each pixel lies in a digit's body.
        known: `(m, 4)`, boxes of strokes that are known already.
        sides: longer side of a stroke in pixels, at least and at most.

    Returns:
        `(n, 4) int32`, boxes in pixels of the picture, and `(h, w) uint8` each: how much darker than paper their own
        ink is, 0 where it is not theirs.
    """
    ink = cv2.bitwise_not(gray)
    total = cv2.integral(body)
    boxes, crops, beliefs = [np.zeros((0, 4), np.int32)], [], [np.zeros(0)]
    for dark in LIMITS.dark:
        mask = cv2.compare(ink, dark, cv2.CMP_GE)
        _, label, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        x, y, w, h = stats[:, :4].T
        side = np.maximum(w, h)
        fits = (side >= sides[0]) & (side <= sides[1]) & (np.minimum(w, h) >= LIMITS.thin)
        fits[0] = False
        rows = np.flatnonzero(fits)
        box = np.stack([x, y, x + w, y + h], axis=1)[rows]
        believed = _within(total, box)
        kept = believed >= LIMITS.inkling
        kept[np.argsort(-side[rows], kind="stable")[: LIMITS.largest]] = True
        kept &= ~(overlaps(box, np.concatenate([known, *boxes])) > LIMITS.same).any(axis=1)
        first = np.flatnonzero(kept)
        first = first[np.argsort(-believed[first], kind="stable")[: LIMITS.most]]
        boxes.append(box[first])
        beliefs.append(believed[first])
        crops += [_cut(ink, label, rows[k], box[k]) for k in first.tolist()]
    order = np.argsort(-np.concatenate(beliefs), kind="stable")[: LIMITS.most]
    return np.concatenate(boxes)[order], [crops[k] for k in order.tolist()]


def _cut(ink: NDArray[np.uint8], label: np.ndarray, row: int, box: np.ndarray) -> np.ndarray:
    """The ink of one stroke and its soft edge."""
    h, w = ink.shape
    x0, y0, x1, y1 = box.tolist()
    around = np.s_[max(0, y0 - 1) : min(h, y1 + 1), max(0, x0 - 1) : min(w, x1 + 1)]
    own = cv2.compare(label[around], int(row), cv2.CMP_EQ)
    return cv2.bitwise_and(ink[around], cv2.dilate(own, NEAR))


def _within(total: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The mean of a map in boxes, by its integral; the boxes are in pixels twice as small."""
    x0, y0 = (box[:, :2] // 2).T
    x1, y1 = np.minimum((box[:, 2:] + 1) // 2, np.array(total.shape[::-1]) - 1).T
    area = np.maximum((x1 - x0) * (y1 - y0), 1)
    return (total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]) / area / 255


def mean_within(value: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The mean of a map `(h, w) uint8` in boxes `(n, 4)` in pixels of the picture, 0 to 1: `(n,) float64`."""
    limit = 2 * np.array([value.shape[1], value.shape[0]] * 2)
    return _within(cv2.integral(value), np.clip(box, 0, limit).astype(np.intp))

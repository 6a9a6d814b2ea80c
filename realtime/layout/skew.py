"""Tilted paper: the angle at which lines of writing run, and digits set upright before they are named."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        reach: Heights within which neighbours tell the skew.
        steepest: Slope of a line that is still read as a line.
        agree: Radians by which directions of neighbours may differ in lines of one skew.
        slight: Radians of a slant that people write with on level paper.
        agreed: Share of the digits that must stand in lines of one skew.
        lined: Digits. Fewer make no line whose skew could be told.
    """

    reach: float = 4.0
    steepest: float = 0.7
    agree: float = 0.1
    slight: float = 0.08
    agreed: float = 0.7
    lined: int = 3


LIMITS = Limits()

_ANGLES = np.arange(-0.65, 0.651, 0.025)


def skew(boxes: np.ndarray) -> tuple[float, float]:
    """The angle at which lines of writing run.

    Args:
        boxes: `(n, 4)` xyxy of digits, or of what may be digits.

    Returns:
        The angle in radians, positive where lines fall to the right, at most 0.65 either way, 0 where no two stand side
        by side; and the share of the boxes, 0 to 1, that have a neighbour in that direction.
    """
    boxes = np.asarray(boxes, np.float64)
    center = (boxes[:, :2] + boxes[:, 2:]) / 2
    size = np.maximum(boxes[:, 3] - boxes[:, 1], 1)
    step = center[None] - center[:, None]
    reach = np.hypot(step[..., 0], step[..., 1]) / np.maximum(size[:, None], size[None])
    beside = (step[..., 0] > 0) & (np.abs(step[..., 1]) < LIMITS.steepest * step[..., 0]) & (reach < LIMITS.reach)
    if not beside.any():
        return 0.0, 0.0
    angle, weight = np.arctan2(step[beside][:, 1], step[beside][:, 0]), 1 / (0.5 + reach[beside])
    # The angle that most neighbours agree on; level lines are given the benefit of the doubt.
    support = np.exp(-(((_ANGLES[:, None] - angle[None]) / LIMITS.agree) ** 2)) @ weight
    support *= 1 - 0.2 * np.abs(_ANGLES) / _ANGLES[-1]
    near = np.abs(angle - _ANGLES[support.argmax()]) < 2 * LIMITS.agree
    if not near.any():
        return 0.0, 0.0
    in_line = np.unique(np.argwhere(beside)[near])
    return float(np.average(angle[near], weights=weight[near])), len(in_line) / len(boxes)


def deskewed(crops: list[np.ndarray], boxes: np.ndarray) -> list[np.ndarray]:
    """Bodies turned so that the lines that digits stand in run level.

    Args:
        crops: one `(h, w) uint8` array a body.
        boxes: `(n, 4)` xyxy of what was read as digits.

    Returns:
        One crop a body; none at all where the lines are level anyway, or there are none.
    """
    angle, share = skew(boxes) if len(boxes) >= LIMITS.lined else (0.0, 0.0)
    return [_rotated(crop, angle) for crop in crops] if abs(angle) >= LIMITS.slight and share >= LIMITS.agreed else []


def _rotated(crop: NDArray[np.uint8], angle: float) -> np.ndarray:
    h, w = crop.shape
    side = int(np.hypot(h, w)) + 2
    matrix = cv2.getRotationMatrix2D((w / 2, h / 2), np.degrees(angle), 1.0)
    matrix[:, 2] += (side - w) / 2, (side - h) / 2
    return cv2.warpAffine(crop, matrix, (side, side), flags=cv2.INTER_LINEAR)

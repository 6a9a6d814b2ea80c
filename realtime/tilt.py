"""Tilted paper: the angle at which lines of writing run."""

from __future__ import annotations

import numpy as np

_REACH = 4.0  # neighbours that tell the tilt stand within so many heights
_STEEPEST = 0.7  # tilt of a line, as a slope, that is still read as a line
_AGREE = 0.1  # radians: neighbours whose directions differ by about this much belong to lines of one tilt
_ANGLES = np.arange(-0.65, 0.651, 0.025)


def tilt(boxes: np.ndarray) -> tuple[float, float]:
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
    beside = (step[..., 0] > 0) & (np.abs(step[..., 1]) < _STEEPEST * step[..., 0]) & (reach < _REACH)
    if not beside.any():
        return 0.0, 0.0
    angle, weight = np.arctan2(step[beside][:, 1], step[beside][:, 0]), 1 / (0.5 + reach[beside])
    # The angle that most neighbours agree on; level lines are given the benefit of the doubt.
    support = np.exp(-(((_ANGLES[:, None] - angle[None]) / _AGREE) ** 2)) @ weight
    support *= 1 - 0.2 * np.abs(_ANGLES) / _ANGLES[-1]
    near = np.abs(angle - _ANGLES[support.argmax()]) < 2 * _AGREE
    if not near.any():
        return 0.0, 0.0
    in_line = np.unique(np.argwhere(beside)[near])
    return float(np.average(angle[near], weights=weight[near])), len(in_line) / len(boxes)

"""A percent sign is made of digits: two small 0s and a slanted 1. How they lie tells it."""

from __future__ import annotations

import numpy as np

from realtime.detections import Detections

_READ = 0.5  # probability from which a shape is a ring
_ALIKE = 1.5  # how many times as large as the other one of its rings may be
_SMALL = (0.2, 0.5)  # height of a ring over that of the sign
_NARROW = (0.45, 1.2)  # width of the sign over its height


def percent(detections: Detections, boxes: np.ndarray, probabilities: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Which detections are rings or strokes of percent signs.

    Args:
        detections: what is taken for digits.
        boxes: `(m, 4)` of all glyphs, xyxy.
        probabilities: `(m, 11)`, what the network makes of them.
        whole: `(m,) bool`, which of them are connected pieces of ink.

    Returns:
        `(n,) bool`.
    """
    found = np.zeros(len(detections), bool)
    rings = boxes[whole & (probabilities[:, 0] >= _READ)].astype(np.float64)
    strokes = boxes[whole & (probabilities[:, 0] < _READ)].astype(np.float64)
    if len(rings) < 2 or len(detections) == 0:
        return found
    size = (rings[:, 2:] - rings[:, :2]).max(axis=1)
    for i, upper in enumerate(rings):
        alike = (size <= _ALIKE * size[i]) & (size[i] <= _ALIKE * size)
        lower_right = (rings[:, 0] > upper[0] + size[i] / 2) & (rings[:, 1] > upper[3] - size[i] / 4)
        for lower in rings[alike & lower_right]:
            sign = np.concatenate([upper[:2], lower[2:]])
            for stroke in strokes[_meets(strokes, sign)]:
                all_of_it = np.concatenate([np.minimum(sign[:2], stroke[:2]), np.maximum(sign[2:], stroke[2:])])
                w, h = all_of_it[2:] - all_of_it[:2]
                tall = stroke[3] - stroke[1] >= h - size[i]
                if tall and _SMALL[0] * h <= size[i] <= _SMALL[1] * h and _NARROW[0] * h <= w <= _NARROW[1] * h:
                    found |= (
                        _meets(detections.xyxy, all_of_it)
                        & np.isin(detections.digit, (0, 1))
                        & (detections.height <= h)
                    )
    return found


def _meets(boxes: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Which boxes have their middle in another one: `(n,) bool`."""
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    meets: np.ndarray = ((middle >= other[:2]) & (middle <= other[2:])).all(axis=1)
    return meets

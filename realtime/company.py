"""What the shape of a glyph cannot tell, its neighbours must: a scratch is shaped like a 1, but no digit stands by it.

The digits of a sheet were written by one hand, with few pens: they are of a size, and about as dark and as thick.
A shape of rich form may differ; a plain stroke must not.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from realtime.detections import Detections

_TELLING = 0.8  # digits at least this sure, other than 1, tell what is usual
_PLAIN_ONE = (0.45, 0.45, 0.35)  # a 1 has at least these shares of the usual height, darkness and thickness
_OTHERS = (0.25, 0.15, 0.15)
_THICKEST = 3.0  # and no digit so many times the usual thickness
_AT_EDGE = 0.75  # how sure a digit must be that the frame's edge may have cut


def keep_company(detections: Detections, crops: Sequence[np.ndarray], frame_shape: tuple[int, ...]) -> np.ndarray:
    """Which detections go with the others of the frame.

    Args:
        detections: all that the network calls digits.
        crops: the ink of each, `(h, w) uint8`.
        frame_shape: height and width of the frame in pixels.

    Returns:
        `(n,) bool`.
    """
    if len(detections) == 0:
        return np.zeros(0, bool)
    ones = detections.digit == 1
    h, w = frame_shape[:2]
    box = detections.xyxy
    cut = (box[:, 0] <= 1) | (box[:, 1] <= 1) | (box[:, 2] >= w - 1) | (box[:, 3] >= h - 1)
    kept = ~cut | (~ones & (detections.confidence >= _AT_EDGE))
    look = np.array([(height, *_pen(crop)) for height, crop in zip(detections.height, crops, strict=True)], np.float64)
    telling = kept & ~ones & (detections.confidence >= _TELLING)
    if telling.any():
        usual = np.median(look[telling], axis=0)
    elif kept.any():
        usual = look[kept][look[kept, 0].argmax()]
    else:
        return kept
    share = look / np.maximum(usual, 1e-6)
    kept &= (share >= np.where(ones[:, None], _PLAIN_ONE, _OTHERS)).all(axis=1)
    return kept & (share[:, 2] <= _THICKEST)


def _pen(crop: np.ndarray) -> tuple[float, float]:
    """How dark the strokes of a crop are, 0 to 255, and how thick, in pixels."""
    pen = cv2.threshold(crop, int(crop.max()) // 2, 255, cv2.THRESH_BINARY)[1]
    area = cv2.countNonZero(pen)
    inside = cv2.countNonZero(cv2.erode(pen, np.ones((3, 3), np.uint8), borderValue=0))
    return cv2.mean(crop, pen)[0], 2 * area / max(1, area - inside)

"""Writing on a patch: a slip of darker paper, a dark corner, a coloured field, found as one piece of ink."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.pieces import cut_outs, grown
from realtime.ruling import remove_ruling

SMALLEST = 24
"""Pixels: a piece at least this wide and high may be a patch."""

SOLID = 0.55
"""Where it fills this share of its box."""

_CONTRAST = 30  # what is on it is so much darker, of 255
_HALF = 0.5  # ... and nearer to the pen than to the patch: its ruling is fainter
_LOWEST = 14  # and at least so many pixels high


def written_on(crop: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Box and ink of what is written on a patch: a slip of darker paper, a dark corner, a coloured field."""
    pen = cv2.threshold(crop, int(crop.max()) // 4, 255, cv2.THRESH_BINARY)[1]
    area = cv2.countNonZero(pen)
    if area < SOLID * crop.size:
        return []
    level, _ = cv2.threshold(crop[pen > 0], 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    ground, darkest = np.median(crop[pen > 0]), np.percentile(crop[crop > level], 75) if (crop > level).any() else level
    mask = cv2.compare(crop, float(max(level, ground + _HALF * (darkest - ground))), cv2.CMP_GT)
    mask = remove_ruling(mask)
    dark = cv2.countNonZero(mask)
    if not 0 < dark < 0.4 * area or cv2.mean(crop, mask)[0] - cv2.mean(crop, pen & ~mask)[0] < _CONTRAST:
        return []
    return cut_outs(mask, cv2.bitwise_and(crop, grown(mask)), _LOWEST)

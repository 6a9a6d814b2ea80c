"""Writing on a patch: a slip of darker paper, a dark corner, a coloured field, found as one piece of ink."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.glyph import FLATTEST
from realtime.pieces import find_pieces, grown, window
from realtime.ruling import remove_ruling

SMALLEST = 24
"""Pixels: a piece at least this wide and high may be a patch."""

SOLID = 0.55
"""Where it fills this share of its box."""

_CONTRAST = 30  # what is on it is so much darker, of 255
_HALF = 0.5  # ... and nearer to the pen than to the patch: its ruling is fainter
_LOWEST = 14  # and at least so many pixels high
_MOST = 8


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
    found = find_pieces(mask)
    size = found.boxes[:, 2:] - found.boxes[:, :2]
    fit = np.flatnonzero((size[:, 1] >= _LOWEST) & (size[:, 0] <= FLATTEST * size[:, 1]))
    clean = cv2.bitwise_and(crop, cv2.dilate(mask, np.ones((3, 3), np.uint8)))
    written = []
    for k in fit[np.argsort(size[fit].max(axis=1))[-_MOST:]].tolist():
        x0, y0, x1, y1 = window(found.boxes[k], crop.shape)
        own = grown(found.outline(k, x0, y0, x1 - x0, y1 - y0))
        written.append((found.boxes[k], cv2.bitwise_and(clean[y0:y1, x0:x1], own)))
    return written

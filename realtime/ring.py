"""A line drawn around digits: it is taken away, and the digits that it touched are left."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.glyph import LOWEST
from realtime.pieces import cut_outs

_HOLE = 0.4  # share of all that the outline encloses, of the largest hole of a ring
_GAP = 0.06  # half of the gap that may be in its line, as a share of its shorter side
_SLACK = 2  # pixels that a line may be thicker than it mostly is


def touching(crop: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Box and ink of what touches a ring, from inside or outside.

    Args:
        crop: `(h, w) uint8`, the ink of one connected piece, and of what lies in its holes.

    Returns:
        The box `(4,) int64`, xyxy in the crop, and the ink `(h, w) uint8` of each; none where the piece is no ring.
    """
    pen = _largest(cv2.threshold(crop, int(crop.max()) // 4, 255, cv2.THRESH_BINARY)[1])
    gap = round(_GAP * min(pen.shape))
    pen = np.pad(pen, 2 * gap + 1)
    closed = cv2.morphologyEx(pen, cv2.MORPH_CLOSE, np.ones((2 * gap + 1, 2 * gap + 1), np.uint8))
    contours, hierarchy = cv2.findContours(closed, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if not contours:
        return []
    around = max((i for i in range(len(contours)) if hierarchy[0, i, 3] < 0), key=lambda i: len(contours[i]))
    holes = [i for i in range(len(contours)) if hierarchy[0, i, 3] == around]
    if not holes:
        return []
    enclosed = np.zeros_like(pen)
    cv2.drawContours(enclosed, contours, around, 255, cv2.FILLED)
    hole = max(holes, key=lambda i: cv2.contourArea(contours[i]))
    if cv2.contourArea(contours[hole]) < _HOLE * cv2.countNonZero(enclosed):
        return []
    inside = np.zeros_like(pen)
    cv2.drawContours(inside, contours, hole, 255, cv2.FILLED)
    inside &= ~closed
    # The line is thin where it touches nothing: from outside to inside it is nearly always as far.
    outside = ~enclosed
    to_inside = cv2.distanceTransform(~inside, cv2.DIST_L2, 3)
    rim = (enclosed > 0) & (cv2.distanceTransform(enclosed, cv2.DIST_L2, 3) <= 1.5)
    thick = float(np.median(to_inside[rim])) + _SLACK
    ring = (to_inside <= thick) & (cv2.distanceTransform(~outside, cv2.DIST_L2, 3) <= thick)
    room = 2 * gap + 1
    rest = np.where(ring, 0, pen).astype(np.uint8)[room:-room, room:-room]
    return cut_outs(rest, crop, LOWEST)


def _largest(pen: np.ndarray) -> np.ndarray:
    """The connected piece of a `(h, w) uint8` mask with the largest box."""
    _, label, stats, _ = cv2.connectedComponentsWithStats(pen)
    extent = stats[1:, cv2.CC_STAT_WIDTH] * stats[1:, cv2.CC_STAT_HEIGHT]
    return np.where(label == 1 + extent.argmax(), 255, 0).astype(np.uint8)

"""A stroke has one paper on both sides; where two grounds meet, dividing by the light leaves a stroke that is none."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.glyph import Glyph
from realtime.pen import direction

_ASIDE = 1.5  # strokes' widths from the middle of the stroke to the ground beside it
_LEAST = 2.0  # pixels more than that
_GROUND = 0.8  # share of the pixels beside a dark stroke that are darker than ground; lighter than it for a light one
_ENOUGH = 200  # points of the stroke; more tell no more
_STEP = 2.0  # a ground that differs from the other by so many times the stroke's depth is another one


def is_edge(frame: np.ndarray, glyph: Glyph, scale: float) -> bool:
    """Whether a straight stroke lies where one ground ends and another begins.

    Args:
        frame: `(H, W, 3) uint8` BGR.
        glyph: the stroke.
        scale: size of the glyph's crop over that in the frame.
    """
    crop, corner = glyph.crop, glyph.xyxy[:2] - 1 / scale
    pen = cv2.compare(crop, int(crop.max(initial=0)) // 2, cv2.CMP_GT)
    points = cv2.findNonZero(pen)
    if points is None:
        return False
    along = direction(pen)
    width = 2 * float(cv2.distanceTransform(np.pad(pen, 1), cv2.DIST_L2, 3).max())
    aside = np.array([-np.sin(along), np.cos(along)]) * (_ASIDE * width + _LEAST)
    on_crop = points.reshape(-1, 2)[:: max(1, len(points) // _ENOUGH)]
    sides = on_crop + np.stack([0 * aside, aside, -aside])[:, None]
    middle, left, right = np.sort(_seen(frame, sides / scale + corner), axis=1)
    # Other ink beside the stroke is no ground: of each side the part counts that is least like ink.
    ink = middle[len(middle) // 2]
    light, dark = int(_GROUND * (len(left) - 1)), int((1 - _GROUND) * (len(left) - 1))
    grounds = left[light], right[light]
    darker = min(grounds) - ink
    if darker < 0:
        grounds = left[dark], right[dark]
    depth = max(darker, ink - max(grounds))
    return bool(abs(grounds[0] - grounds[1]) > _STEP * depth)


def _seen(frame: np.ndarray, points: np.ndarray) -> np.ndarray:
    """How bright the frame is at each of `(..., 2)` points, or at its nearest pixel."""
    x, y = np.moveaxis(np.rint(points).astype(np.int64), -1, 0)
    h, w = frame.shape[:2]
    return frame[np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)].mean(axis=-1)

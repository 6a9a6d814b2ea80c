"""What the shape of a glyph cannot tell, its neighbours must: a speck is shaped like a 1, but no digit stands beside it."""

from __future__ import annotations

import numpy as np

from realtime.detections import Detections

_SMALL = 0.25  # of the height of the digits around: what is smaller is a speck
_SMALL_ONE = 0.5  # the same for a 1, which any scratch resembles


def keep_company(detections: Detections) -> Detections:
    """Drop what is too small beside the other digits of the frame to be one."""
    if len(detections) < 2:
        return detections
    height = detections.height
    ones = detections.digit == 1
    telling = ~ones & (detections.confidence > 0.8)
    usual = np.median(height[telling]) if telling.any() else height.max()
    return detections[height >= np.where(ones, _SMALL_ONE, _SMALL) * usual]

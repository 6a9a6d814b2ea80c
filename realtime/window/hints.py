"""Small print for somebody who holds a sheet to the camera, from what the pipeline knows of the frame."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from realtime.live.result import FrameResult

_DARK = 40.0
"""Of 255: a picture whose bright parts are darker than this is too dark."""
_LOW = 14
"""Pixels: digits that are lower are read less surely."""


def hint(result: FrameResult) -> str:
    """One short line: what would help, or how to get help."""
    if result.trace is None:
        return "h: help"
    image = result.frame.image
    digits = result.detections
    if np.percentile(image[:: max(1, len(image) // 60), :: max(1, image.shape[1] // 80)], 90) < _DARK:
        return "too dark"
    if not len(digits):
        return "nothing found"
    if np.median(digits.xyxy[:, 3] - digits.xyxy[:, 1]) < _LOW:
        return "closer"
    return "h: help" if result.settled or result.frame.still else "hold still"


def status(result: FrameResult, pace: Sequence[str] | None, dropped: int) -> list[str]:
    """The small lines under the reading.

    Args:
        result: the frame on show.
        pace: frames a second, and milliseconds of each stage; None while nobody asked for figures.
        dropped: frames left out by the source.
    """
    if pace is None:
        return [hint(result)]
    if result.frame.captured is None:
        return list(pace)
    age = (time.monotonic() - result.frame.captured) * 1000
    return [*pace, f"picture {age:.0f} ms old", f"{dropped} dropped"]

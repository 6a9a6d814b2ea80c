"""A part of a picture that is read, and what was seen there in pixels of the whole picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from realtime.boxes import turned_back
from realtime.recognition.trace import Trace
from realtime.sources.region import Box


def cut_out(image: NDArray[np.uint8], box: Box) -> np.ndarray:
    """A copy of the part of a picture in a box."""
    left, top, right, bottom = box
    return image[top:bottom, left:right].copy()


def in_whole(trace: Trace, box: Box, size: tuple[int, int], quarters: int = 0) -> Trace:
    """What was seen in a part of a picture, in pixels of the whole one.

    Args:
        trace: of the part.
        box: of the part in the picture as it came: left, top, right, bottom.
        size: width and height of this picture.
        quarters: how often the part was turned a quarter clockwise before it was read; the picture is turned too.
    """
    (corners,) = turned_back(np.array([box]), size, -quarters % 4)
    if quarters % 2:
        size = size[1], size[0]
    shift = np.tile(corners[:2], 2).astype(np.int32)
    scale = trace.ink.shape[1] / (corners[2] - corners[0])
    found = replace(trace.detections, xyxy=trace.detections.xyxy + shift)
    ink, digit_ink = (_placed(part, corners, size, scale) for part in (trace.ink, trace.digit_ink))
    return replace(
        trace,
        boxes=trace.boxes + shift,
        overlapped=trace.overlapped + shift,
        detections=found,
        ink=ink,
        digit_ink=digit_ink,
    )


def _placed(part: np.ndarray, corners: np.ndarray, size: tuple[int, int], scale: float) -> np.ndarray:
    """A map of the part as one of the whole picture, empty outside, with the part's own scale."""
    if part.size == 0:
        return part
    whole = np.zeros((round(size[1] * scale), round(size[0] * scale)), np.uint8)
    left, top = (round(side * scale) for side in corners[:2].tolist())
    height, width = min(part.shape[0], whole.shape[0] - top), min(part.shape[1], whole.shape[1] - left)
    whole[top : top + height, left : left + width] = part[:height, :width]
    return whole

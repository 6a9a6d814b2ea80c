"""What the user says of a picture, drawn on it: labels that were typed, and the box that is being dragged."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.drawing.primitives import NIGHT, WHITE, Color, fill_rounded, put_text, text_width

GREEN: Color = (115, 158, 0)
"""Bluish green of Okabe and Ito's palette: what the user said; blue and orange are what was read."""

_LABEL = 0.022, 0.036
"""Smallest and largest height of a label's text as parts of the picture's shorter side."""


def put_label(image: NDArray[np.uint8], xyxy: Sequence[int], text: str) -> None:
    """Frame the glyph or number at `xyxy` and write what the user typed on a plate above it, or below; in place.

    Args:
        image: `(H, W, 3) uint8` BGR.
        xyxy: the glyph's box in pixels of the image.
        text: a digit, x for what is none, or the digits of a number.
    """
    height, width = image.shape[:2]
    shorter = min(height, width)
    x1, y1, x2, y2 = xyxy
    thickness = put_typed(image, xyxy)
    gap = 2 * thickness
    size = max(9, round(min(max(0.4 * (y2 - y1), _LABEL[0] * shorter), _LABEL[1] * shorter)))
    wide, high = text_width(text, size) + size, round(1.7 * size)
    left = min(max((x1 + x2 - wide) // 2, 0), max(width - wide, 0))
    above = y1 - gap - thickness - high
    top = above if above >= 0 else min(y2 + gap + thickness, height - high)
    fill_rounded(image, (left, top, left + wide, top + high), size // 3, GREEN)
    put_text(image, text, left + size // 2, top + round(1.35 * size), size)


def put_typed(image: NDArray[np.uint8], xyxy: Sequence[int]) -> int:
    """Frame a glyph or number of which the user said what it is, in place; the thickness of the frame in pixels."""
    x1, y1, x2, y2 = xyxy
    thickness = max(2, round(min(image.shape[:2]) / 240))
    gap = 2 * thickness
    cv2.rectangle(image, (x1 - gap, y1 - gap), (x2 + gap, y2 + gap), GREEN, thickness)
    return thickness


def put_region(image: NDArray[np.uint8], xyxy: Sequence[int]) -> None:
    """Darken all of a picture but the part that is read, in place."""
    height, width = image.shape[:2]
    x1, y1, x2, y2 = (min(max(side, 0), most) for side, most in zip(xyxy, (width, height, width, height), strict=True))
    for rest in (image[:y1], image[y2:], image[y1:y2, :x1], image[y1:y2, x2:]):
        rest[:] = rest // 5 * 2


def put_band(image: NDArray[np.uint8], xyxy: Sequence[int]) -> None:
    """Draw the box that the mouse is dragging, in place: seen on every paper."""
    x1, y1, x2, y2 = xyxy
    thickness = max(1, round(min(image.shape[:2]) / 360))
    cv2.rectangle(image, (x1, y1), (x2, y2), NIGHT, 3 * thickness)
    cv2.rectangle(image, (x1, y1), (x2, y2), WHITE, thickness)

"""The time line below a video: how far it has come; a click on it goes there."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.drawing.primitives import BLUE, GREY, NIGHT, WHITE, put_text, text_width

HEIGHT = 26
"""Pixels."""
_TEXT = 10
_GROOVE = (90, 84, 80)


def groove(width: int, text: str) -> tuple[int, int]:
    """Where the line begins and ends in a strip of this width, in pixels, beside this text."""
    return _TEXT, max(2 * _TEXT, width - (text_width(text, _TEXT) + 2 * _TEXT if text else _TEXT))


def timeline(width: int, share: float, text: str) -> NDArray[np.uint8]:
    """Draw a time line.

    Args:
        width: of the strip in pixels.
        share: from 0 to 1, how far the video has come.
        text: stands right of the line.

    Returns:
        `(HEIGHT, width, 3) uint8` BGR.
    """
    strip = np.full((HEIGHT, width, 3), NIGHT, np.uint8)
    left, right = groove(width, text)
    middle, here = HEIGHT // 2, round(left + share * (right - left))
    cv2.line(strip, (left, middle), (right, middle), _GROOVE, 4, cv2.LINE_AA)
    cv2.line(strip, (left, middle), (here, middle), BLUE, 4, cv2.LINE_AA)
    cv2.circle(strip, (here, middle), 7, WHITE, cv2.FILLED, cv2.LINE_AA)
    put_text(strip, text, right + _TEXT, middle + _TEXT // 2, _TEXT, GREY)
    return strip

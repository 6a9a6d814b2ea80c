"""Text and plates: the two things every label, caption and panel is made of."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Color = tuple[int, int, int]
"""Blue, green, red, each 0 to 255."""

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are excluded."""

WHITE: Color = (255, 255, 255)
GREY: Color = (190, 190, 190)
NIGHT: Color = (32, 26, 22)
BLUE: Color = (178, 114, 0)
ORANGE: Color = (0, 94, 213)
PURPLE: Color = (167, 81, 164)
"""Blue and vermilion of Okabe and Ito's palette, and its reddish purple made darker: told apart by every kind of eye,
and all darker than white and lighter than black."""

_FONT = cv2.FONT_HERSHEY_DUPLEX
_DIGIT = 21
"""Height of a digit in pixels at font scale 1."""


@lru_cache(maxsize=4096)
def text_width(text: str, height: int) -> int:
    """Width in pixels of `text` whose digits are `height` pixels high."""
    (width, _), _ = cv2.getTextSize(text, _FONT, height / _DIGIT, _thickness(height))
    return int(width)


def put_text(image: NDArray[np.uint8], text: str, left: int, bottom: int, height: int, color: Color = WHITE) -> None:
    """Write `text` on `image` in place; its digits are `height` pixels high and stand on row `bottom`."""
    cv2.putText(image, text, (left, bottom), _FONT, height / _DIGIT, color, _thickness(height), cv2.LINE_AA)


def put_plate(image: NDArray[np.uint8], xyxy: Box, color: Color = NIGHT, opacity: float = 0.75) -> None:
    """Lay a rounded plate on `image` in place; what reaches beyond the picture is left out."""
    x1, y1, x2, y2 = xyxy
    h, w = image.shape[:2]
    left, top, right, bottom = max(x1, 0), max(y1, 0), min(x2, w), min(y2, h)
    if left >= right or top >= bottom:
        return
    under = image[top:bottom, left:right]
    over = under.copy()
    fill_rounded(over, (x1 - left, y1 - top, x2 - left, y2 - top), min(x2 - x1, y2 - y1, h // 8) // 5, color)
    cv2.addWeighted(over, opacity, under, 1 - opacity, 0, dst=under)


def fill_rounded(image: NDArray[np.uint8], xyxy: Box, radius: int, color: Color) -> None:
    """Fill a rectangle with round corners in place; right and bottom are excluded."""
    x1, y1, x2, y2 = xyxy[0], xyxy[1], xyxy[2] - 1, xyxy[3] - 1
    cv2.rectangle(image, (x1 + radius, y1), (x2 - radius, y2), color, cv2.FILLED)
    cv2.rectangle(image, (x1, y1 + radius), (x2, y2 - radius), color, cv2.FILLED)
    for x in (x1 + radius, x2 - radius):
        for y in (y1 + radius, y2 - radius):
            cv2.circle(image, (x, y), radius, color, cv2.FILLED, cv2.LINE_AA)


def _thickness(height: int) -> int:
    return max(1, round(height / 14))

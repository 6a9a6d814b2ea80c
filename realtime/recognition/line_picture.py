"""A row of writing -> the picture that the line reader's network looks at."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.ink.flat_field import remove_light

HEIGHT = 48
"""Rows of that picture."""

STRIDE = 4
"""Columns of that picture to one of the network's answers."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        enough: Pixels of height to which a higher row is shrunk before its light is removed.
        pen: Share of the pixels that are less inked than the pen.
        faint: Contrast, of 255, to which a row without ink is not stretched: its grain would look like ink.
        paper: Contrast, of 255, below which a pixel is paper.
    """

    enough: int = 2 * HEIGHT
    pen: float = 0.99
    faint: int = 30
    paper: int = 2


LIMITS = Limits()


def ink_of(gray: NDArray[np.uint8]) -> np.ndarray:
    """A grey row `(h, w) uint8` -> the same freed of its light: `(h, w) uint8`, paper 0, ink bright.

    A row taller than the network needs comes out smaller.
    """
    if gray.shape[0] > LIMITS.enough:
        gray = _at_height(gray, LIMITS.enough)
    return remove_light(gray)[0].ink


def picture_of(ink: NDArray[np.uint8]) -> np.ndarray:
    """Bring a row to the network's height and its pen to full strength.

    Args:
        ink: `(h, w) uint8`, paper 0, ink bright, as `ink_of` or a whole frame's light removal gives it.

    Returns:
        `(HEIGHT, w) uint8`, the width a multiple of `STRIDE`: paper 0, pen 255.
    """
    picture = _at_height(ink, HEIGHT)
    pen = max(_inked_less(picture, LIMITS.pen), LIMITS.faint)
    picture = cv2.convertScaleAbs(cv2.subtract(picture, LIMITS.paper), alpha=255 / (pen - LIMITS.paper))
    return np.pad(picture, ((0, 0), (0, -picture.shape[1] % STRIDE)))


def _inked_less(picture: NDArray[np.uint8], share: float) -> int:
    """The value that this share of a picture's pixels does not exceed."""
    counts = cv2.calcHist([picture], [0], None, [256], [0, 256]).ravel()
    return int(np.searchsorted(np.cumsum(counts), share * picture.size))


def _at_height(picture: NDArray[np.uint8], height: int) -> np.ndarray:
    h, w = picture.shape
    size = max(2 * STRIDE, round(w * height / h)), height
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if height < h else cv2.INTER_LINEAR)

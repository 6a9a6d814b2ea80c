"""A row of writing -> the picture that the line reader's network looks at."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.ink.flat_field import remove_light

HEIGHT = 48
"""Rows of that picture."""

STRIDE = 4
"""Columns of that picture to one of the network's answers."""

_ENOUGH = 2 * HEIGHT  # a taller row is shrunk before its light is removed: more shows nothing more
_PEN = 0.99  # this share of a row is less inked than its pen
_FAINT = 30  # a row without any ink is not stretched until its grain looks like ink
_PAPER = 2  # what is fainter than this is no ink


def ink_of(gray: np.ndarray) -> np.ndarray:
    """A grey row `(h, w) uint8` -> the same freed of its light: `(h, w) uint8`, paper 0, ink bright.

    A row taller than the network needs comes out smaller.
    """
    if gray.shape[0] > _ENOUGH:
        gray = _at_height(gray, _ENOUGH)
    return remove_light(gray)[0].ink


def picture_of(ink: np.ndarray) -> np.ndarray:
    """Bring a row to the network's height and its pen to full strength.

    Args:
        ink: `(h, w) uint8`, paper 0, ink bright, as `ink_of` or a whole frame's light removal gives it.

    Returns:
        `(HEIGHT, w) uint8`, the width a multiple of `STRIDE`: paper 0, pen 255.
    """
    picture = _at_height(ink, HEIGHT)
    pen = max(_inked_less(picture, _PEN), _FAINT)
    picture = cv2.convertScaleAbs(cv2.subtract(picture, _PAPER), alpha=255 / (pen - _PAPER))
    return np.pad(picture, ((0, 0), (0, -picture.shape[1] % STRIDE)))


def _inked_less(picture: np.ndarray, share: float) -> int:
    """The value that this share of a picture's pixels does not exceed."""
    counts = cv2.calcHist([picture], [0], None, [256], [0, 256]).ravel()
    return int(np.searchsorted(np.cumsum(counts), share * picture.size))


def _at_height(picture: np.ndarray, height: int) -> np.ndarray:
    h, w = picture.shape
    size = max(2 * STRIDE, round(w * height / h)), height
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA if height < h else cv2.INTER_LINEAR)

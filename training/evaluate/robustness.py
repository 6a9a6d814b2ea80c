"""How a model bears what cameras and pens do: digits are blurred, turned and so on, and read again.

What comes of it goes through `realtime.glyphs.normalize` again, as a glyph that the live loop has cut out would.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from realtime.glyphs.normalize import SIDE
from training.data.sources import normalized

_FINE = 4  # a camera sees, and pens grow and shrink in, a picture so many times as large
_PAPER = 0.3  # fainter than this share of full ink is paper

Condition = tuple[str, tuple[float, ...], Callable[[np.ndarray, float], np.ndarray]]


def blurred(images: np.ndarray, sigma: float) -> np.ndarray:
    """Out of focus, by `sigma` pixels of the 28."""
    return _each(images, lambda image: cv2.GaussianBlur(image, (0, 0), sigma) if sigma else image)


def turned(images: np.ndarray, degrees: float) -> np.ndarray:
    """Turned, by `degrees` to the left."""
    middle = (SIDE - 1) / 2
    matrix = cv2.getRotationMatrix2D((middle, middle), degrees, 1)
    return _each(images, lambda image: cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR))


def penned(images: np.ndarray, wider: float) -> np.ndarray:
    """Written with a pen `wider` by so many pixels of the 28 (below 0: thinner)."""
    nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, [round(abs(wider) * _FINE) + 1] * 2)
    change = cv2.dilate if wider > 0 else cv2.erode

    def one(image: np.ndarray) -> np.ndarray:
        room = cv2.copyMakeBorder(image, 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)  # for the stroke to grow into
        return change(cv2.resize(room, None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_CUBIC), nib)

    return _each(images, one)


def noisy(images: np.ndarray, sigma: float) -> np.ndarray:
    """Seen by a camera with noise of standard deviation `sigma` a pixel (ink is 1, paper 0), the same each time.

    The camera has four times as many pixels; what is left of the noise on the paper is cut off, as the live loop does.
    """
    rng = np.random.default_rng(0)

    def one(image: np.ndarray) -> np.ndarray:
        seen = cv2.resize(image, None, fx=_FINE, fy=_FINE, interpolation=cv2.INTER_LINEAR)
        seen = np.clip(seen + 255 * sigma * rng.standard_normal(seen.shape, np.float32), -255, 510)
        small = cv2.resize(seen, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return np.clip(np.where(small < _PAPER * 255, 0, small), 0, 255).astype(np.uint8)

    return _each(images, one)


CONDITIONS: tuple[Condition, ...] = (
    ("blur, pixels of 28", (0, 0.5, 1, 1.5, 2, 3), blurred),
    ("noise, share of full ink", (0, 0.1, 0.2, 0.3, 0.4, 0.5), noisy),
    ("turned to the left, degrees", (-40, -30, -20, -10, 0, 10, 20, 30, 40), turned),
    ("pen thinner or thicker, pixels of 28", (-2, -1.5, -1, -0.5, 0, 0.5, 1, 2, 3), penned),
)
"""Name, levels and the function that changes images `(n, 28, 28) uint8` by a level."""


def _each(images: np.ndarray, change: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Changed pictures of any one size, normalised: `(n, 28, 28) uint8`."""
    small = [cv2.resize(change(image), (SIDE, SIDE), interpolation=cv2.INTER_AREA) for image in images]
    return normalized(np.stack(small), "changed digits")

"""A grey frame as the ink network wants it: the light taken out, the contrast measured against what is around."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.ink.flat_field import remove_light

LIMIT = 2.0
"""Contrast at which it is cut off; what is packed in 8 bits runs from minus this to this."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        cell: Pixels of the side of a cell over which brightness is averaged.
        window: Cells of the side of the window of the mean: about 100 pixels, twice the height of a digit of
            this copy.
        gain: Factor from the difference to the mean, over the mean, to contrast.
        darkest: Brightness, of 255, that is added to the mean, so that noise of black surroundings stays small.
    """

    cell: int = 8
    window: int = 13
    gain: float = 4.0
    darkest: float = 8.0


LIMITS = Limits()


def without_light(gray: NDArray[np.uint8]) -> list[np.ndarray]:
    """A grey picture with its light taken out: `(h, w) uint8`, 255 on paper, dark where the pen was.

    Returns:
        The likelier answer to whether the pen was dark or light first; the other one only where it may be that.
    """
    return [cv2.bitwise_not(light.ink) for light in remove_light(gray)]


def contrast(gray: NDArray[np.uint8]) -> np.ndarray:
    """How far each pixel is from the mean around it.

    Args:
        gray: `(h, w) uint8`.

    Returns:
        `(h, w) uint8`: 128 as bright as around it, lower darker, 0 and 255 at a contrast of `LIMIT`.
    """
    h, w = gray.shape
    cells = cv2.resize(gray, (max(1, w // LIMITS.cell), max(1, h // LIMITS.cell)), interpolation=cv2.INTER_AREA)
    mean = cv2.blur(cells.astype(np.float32), (LIMITS.window, LIMITS.window), borderType=cv2.BORDER_REFLECT)
    gain = LIMITS.gain * (255 / (2 * LIMIT)) / (mean + LIMITS.darkest)
    mean, gain = (cv2.resize(each, (w, h), interpolation=cv2.INTER_LINEAR) for each in (mean, gain))
    off = cv2.multiply(cv2.subtract(gray, mean, dtype=cv2.CV_32F), gain)
    return cv2.add(off, (127.5, 0, 0, 0), dtype=cv2.CV_8U)


def padded(contrast: np.ndarray, room: int, multiple: int) -> np.ndarray:
    """A contrast with `room` pixels around it, and more to the right and below, so that its sides are multiples.

    What runs out of the picture goes on beyond its edge, so that the network does not take an end for a corner.
    """
    h, w = contrast.shape
    below, right = (-(-(side + 2 * room) // multiple) * multiple - side - room for side in (h, w))
    return cv2.copyMakeBorder(contrast, room, below, room, right, cv2.BORDER_REPLICATE)

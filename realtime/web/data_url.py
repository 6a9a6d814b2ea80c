"""Pictures as text in an answer, which a page can show at once."""

from __future__ import annotations

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 3]
_JPEG = [cv2.IMWRITE_JPEG_QUALITY, 80]


def png_url(image: NDArray[np.uint8]) -> str:
    """A picture, `(H, W) uint8` or `(H, W, 3) uint8` BGR, as a PNG in a data URL."""
    return _url("image/png", ".png", image, _PNG)


def jpeg_url(image: NDArray[np.uint8]) -> str:
    """A picture, `(H, W, 3) uint8` BGR, as a JPEG in a data URL."""
    return _url("image/jpeg", ".jpg", image, _JPEG)


def _url(kind: str, suffix: str, image: NDArray[np.uint8], options: list[int]) -> str:
    data = np.asarray(cv2.imencode(suffix, image, options)[1]).tobytes()
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"

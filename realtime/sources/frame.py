"""Frame: one picture of a source, and when it was taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import BinaryIO

import cv2
import numpy as np
from numpy.typing import NDArray

FPS = 30.0
"""Frames a second where a source does not know its own."""

MAX_PIXELS = 120_000_000
"""Pictures and videos with more pixels than this are refused before they are decoded: 360 MB as BGR."""


_INK = 0.5  # share of a picture that is opaque, below which that is ink and no paper
_LIGHT = 0.67  # of white: ink of which every channel is lighter was written on something dark
_BAND = 256  # rows of a picture that are converted at a time


class SourceError(Exception):
    """A source that cannot be had or read; the text is one line for the user."""


class NoCamera(SourceError):
    """A camera number with no camera behind it, or one that gives no picture."""


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture of a source.

    Attributes:
        image: `(H, W, 3) uint8` BGR. Belongs to whoever gets the frame and may be drawn on.
        source: the path as given or found, `camera 0`, or the address without its password.
        index: number of the frame or page within its source, from 0; frames left out are counted too.
        time: seconds since the start of its source; grows from frame to frame.
        still: whether it is a photo, a page of a document, or the only frame of a video.
        fps: frames a second that this source gives; 30.0 where unknown.
        captured: `time.monotonic()` when a camera gave the picture; `None` for files.
        note: what is wrong with a camera, else `None`. With a note, `image` is the last picture that came:
            to be shown, not to be read.
        turned: quarters clockwise by which `image` was turned to be read upright; only photos are.
        pages: how many pages its document has; 1 for all else.
        mirrored: whether left and right of `image` were swapped after it was read from a file.
    """

    image: np.ndarray
    source: str
    index: int
    time: float
    still: bool
    fps: float = FPS
    captured: float | None = None
    note: str | None = None
    turned: int = 0
    pages: int = 1
    mirrored: bool = False

    @property
    def page(self) -> int | None:
        """The page of a document, from 1; that of a photo is 1, and other frames are none."""
        return self.index + 1 if self.still else None

    @property
    def name(self) -> str:
        """What to call it: its source, and its page where there are several."""
        return self.source if self.pages == 1 else f"{self.source}, page {self.index + 1}"


def mirrored(frame: Frame) -> Frame:
    """The frame with left and right swapped."""
    return replace(frame, image=cv2.flip(frame.image, 1), mirrored=not frame.mirrored)


def to_bgr(image: NDArray[np.uint8]) -> np.ndarray:
    """Any decoded picture as `(H, W, 3) uint8` BGR.

    Args:
        image: grey, BGR or BGRA; `uint8`, `uint16`, or floating-point numbers of which 0 is black and 1 white, or the
            largest where that is more. Transparent parts become white; they become black where little is opaque and
            that is light: it is ink.
    """
    if image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8:
        return image
    white = max(1.0, float(np.nanmax(image, initial=0))) if image.dtype.kind == "f" else 1.0
    paper = _paper(image) if image.ndim == 3 and image.shape[2] == 4 else 255
    picture = np.empty((*image.shape[:2], 3), np.uint8)
    for top in range(0, len(image), _BAND):  # a large picture has no room for several copies of itself
        band = np.s_[top : top + _BAND]
        picture[band] = _opaque(_in_8_bits(image[band], white), paper)
    return picture


def _in_8_bits(image: NDArray[np.uint8], white: float) -> np.ndarray:
    if image.dtype == np.uint16:
        return (image >> 8).astype(np.uint8)
    if image.dtype.kind == "f":
        return np.rint(np.clip(np.nan_to_num(image), 0, white) * (255 / white)).astype(np.uint8)
    return image


def _paper(image: NDArray[np.uint8]) -> int:
    """The brightness, 0 or 255, on which a BGRA picture is meant to be seen."""
    full = float(np.iinfo(image.dtype).max) if image.dtype.kind == "u" else 1.0
    alpha = cv2.extractChannel(image, 3)
    light = cv2.mean(image, cv2.inRange(alpha, full / 2, full))[:3]
    return 0 if cv2.mean(alpha)[0] < _INK * full and min(light) > _LIGHT * full else 255


def _opaque(image: NDArray[np.uint8], paper: int) -> np.ndarray:
    if image.ndim == 2 or image.shape[2] == 1:
        return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    if image.shape[2] == 3:
        return image
    color, alpha = image[..., :3], image[..., 3:].astype(np.uint16)
    return ((color * alpha + paper * (255 - alpha) + 127) // 255).astype(np.uint8)


def sane_fps(fps: float) -> float:
    """`fps` where a camera can have meant it; drivers and files also say 0, NaN or 1000."""
    return fps if 0.1 <= fps <= 240 else FPS


def open_file(path: str) -> BinaryIO:
    """Open a file to read its bytes; a `SourceError` says why that cannot be."""
    try:
        return open(path, "rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def too_large(path: str, width: int, height: int, max_pixels: int = MAX_PIXELS) -> str:
    """What to tell of a picture with more than `max_pixels`."""
    return f"{path}: {width}x{height} is too large, {max_pixels // 1_000_000} megapixels are the most; scale it down"

"""Photos: told by their header, decoded, and laid on paper where they are transparent."""

from __future__ import annotations

import io
import logging
from pathlib import Path
from typing import BinaryIO

import cv2
import imagesize
import numpy as np
from numpy.typing import NDArray

from realtime.sources.frame import MAX_PIXELS, SourceError, open_file, to_bgr, too_large
from realtime.system.native_stderr import native_stderr_off

logger = logging.getLogger(__name__)

_HEIC = frozenset(".heic .heif".split())  # OpenCV cannot read them, but a folder off a phone should say so
PHOTOS = _HEIC | frozenset(
    ".jpg .jpeg .jpe .jfif .png .bmp .dib .tif .tiff .webp .jp2 .avif .pgm .ppm .pbm .pnm".split()
)
"""Suffixes of photos, in small letters."""

_JPEG = b"\xff\xd8"  # its first bytes
_END = np.array([0xFF, 0xD9], np.uint8)  # and its last: a decoder that finds them gives what came before


def read_photo(path: str) -> np.ndarray:
    """Read a photo as `(H, W, 3) uint8` BGR, turned as its EXIF says.

    Transparent parts become paper as of `realtime.sources.frame.to_bgr`.
    Of a JPEG that is cut short the rest is grey, and a warning is logged.

    Raises:
        SourceError: if it is missing, not a picture, damaged, or has more than `MAX_PIXELS`.
    """
    with open_file(path) as file:
        info = _checked_header(file, path, MAX_PIXELS)
        file.seek(0)
        return _decode(file.read(4 * MAX_PIXELS), info, path, halves=True)  # more than that would be no picture


def decode_photo(data: bytes, name: str, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """`read_photo` of a file in memory, called `name` in messages; half a JPEG is damaged, for it can be sent again."""
    return _decode(data, _checked_header(io.BytesIO(data), name, max_pixels), name)


def _checked_header(file: BinaryIO, name: str, max_pixels: int) -> imagesize.ImageInfo:
    info = header(file)
    if info.width * info.height > max_pixels:
        raise SourceError(too_large(name, info.width, info.height, max_pixels))
    return info


def _decode(content: bytes, info: imagesize.ImageInfo, name: str, *, halves: bool = False) -> np.ndarray:
    data = np.frombuffer(content, np.uint8)
    if data.size == 0:
        raise SourceError(f"{name}: empty file")
    image = None
    with native_stderr_off():
        try:
            if info.channels != 3 and data[0] != 0xFF:  # never a JPEG: the rest may have an alpha channel
                image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            if not _is_final(image):
                image = None  # a large picture has no room for both
                image = cv2.imdecode(data, cv2.IMREAD_COLOR)  # turns by EXIF, which the other does not
            if image is None and halves and content.startswith(_JPEG):
                image = cv2.imdecode(np.append(data, _END), cv2.IMREAD_COLOR)
                if image is not None:
                    logger.warning("%s: cut short; what is there is read", name)
        except cv2.error as error:
            if error.code == cv2.Error.StsNoMem:
                raise SourceError(f"{name}: there is not enough memory to read it") from error
            image = None
    if image is None:
        raise SourceError(f"{name}: {_blame(name, info, data)}")
    return to_bgr(image)


def _is_final(image: NDArray[np.uint8] | None) -> bool:
    """Whether a picture decoded unchanged is kept: OpenCV makes no colours of alpha, nor of floating-point numbers."""
    return image is not None and (image.dtype.kind == "f" or (image.ndim == 3 and image.shape[2] == 4))


def _blame(path: str, info: imagesize.ImageInfo, data: np.ndarray) -> str:
    if Path(path).suffix.lower() in _HEIC or data[4:12].tobytes() in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "HEIC photos cannot be read; save it as JPEG"
    return "damaged picture" if info.width > 0 else "not a picture that can be read"


def header(file: BinaryIO) -> imagesize.ImageInfo:
    """What the header of a picture says of it; a width of -1 where it is none that is known."""
    try:
        return imagesize.get_info(file, dpi=False, colors=False, exif_rotation=False)
    except Exception:  # whatever a hostile header makes it raise, the decoder has the last word
        return imagesize.ImageInfo()

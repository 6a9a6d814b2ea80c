"""Pictures of one page: told by their header, decoded, and laid on paper where they are transparent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import cv2
import imagesize
import numpy as np
from numpy.typing import NDArray

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError, to_bgr
from realtime.system.native_stderr import native_stderr_off

PHOTOS = frozenset(
    ".jpg .jpeg .jpe .jfif .png .bmp .dib .tif .tiff .webp .jp2 .avif .heic .heif .pgm .ppm .pbm .pnm".split()
)
"""Suffixes of photos, in small letters."""

_JPEG = b"\xff\xd8"  # its first bytes
_END = b"\xff\xd9"  # and its last: a decoder that finds them gives what came before
_PNG = b"\x89PNG\r\n\x1a\n"
_MAY_BE_CLEAR = (3, 4, 6)  # colour types of a PNG that are decoded with an alpha channel: palette, grey and colour
_MOST = 4  # bytes of a file for each pixel that is allowed; with more it would be no picture


class Photo:
    """A picture that OpenCV reads.

    Attributes:
        count: 1, as it has one page.
        damage: what is missing of it, known when it has been decoded; None where it is whole.

    Args:
        file: the picture.
        damage: what is known to be missing before it is decoded.
    """

    count = 1

    def __init__(self, file: File, damage: str | None = None) -> None:
        self._file = file
        self.damage = damage

    def pages(self, start: int, end: int) -> Iterator[np.ndarray]:
        """The picture as `(H, W, 3) uint8` BGR, turned as its EXIF says.

        Transparent parts become paper as of `realtime.sources.frame.to_bgr`. What is missing of a JPEG is grey.

        Raises:
            SourceError: if it is missing, not a picture, damaged, or too large.
        """
        if not start <= 0 < end:
            return
        with self._file.open() as file:
            info = header(file)
            file.seek(0)
            content = file.read(_MOST * self._file.max_pixels)
        self._file.refuse_large(info.width, info.height, bytes_a_pixel=_bytes_a_pixel(content))
        yield self._decoded(content, info)

    def _decoded(self, content: bytes, info: imagesize.ImageInfo) -> np.ndarray:
        data = np.frombuffer(content, np.uint8)
        if data.size == 0:
            raise SourceError(f"{self._file.name}: empty file")
        image = None
        with native_stderr_off():
            try:
                if info.channels != 3 and data[0] != _JPEG[0]:  # never a JPEG: the rest may have an alpha channel
                    image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
                if not is_final(image):
                    image = None  # a large picture has no room for both
                    image = cv2.imdecode(data, cv2.IMREAD_COLOR)  # turns by EXIF, which the other does not
                if image is None and content.startswith(_JPEG):
                    image = cv2.imdecode(np.frombuffer(content + _END, np.uint8), cv2.IMREAD_COLOR)
                    if image is not None:
                        self.damage = f"{self._file.name}: cut short; what is there is read"
            except cv2.error as error:
                if error.code == cv2.Error.StsNoMem:
                    raise SourceError(f"{self._file.name}: there is not enough memory to read it") from error
                image = None
        if image is None:
            reason = "damaged picture" if info.width > 0 else "not a picture that can be read"
            raise SourceError(f"{self._file.name}: {reason}")
        return to_bgr(image)


def read_photo(path: str) -> np.ndarray:
    """Read a picture of one page as `(H, W, 3) uint8` BGR, as of `Photo.pages`.

    Raises:
        SourceError: if it is missing, not a picture, damaged, or has more than `MAX_PIXELS`.
    """
    return next(Photo(File(path)).pages(0, 1))


def is_final(image: NDArray[np.uint8] | None) -> bool:
    """Whether a picture decoded unchanged is kept: OpenCV makes no colours of alpha, nor of floating-point numbers."""
    return image is not None and (image.dtype.kind == "f" or (image.ndim == 3 and image.shape[2] == 4))


def header(file: BinaryIO) -> imagesize.ImageInfo:
    """What the header of a picture says of it; a width of -1 where it is none that is known."""
    try:
        return imagesize.get_info(file, dpi=False, colors=False, exif_rotation=False)
    except Exception:  # whatever a hostile header makes it raise, the decoder has the last word
        return imagesize.ImageInfo()


def _bytes_a_pixel(data: bytes) -> int:
    """What decoding takes, 3 at least: of a PNG its depth and its colour type tell."""
    if not data.startswith(_PNG) or len(data) < 26:
        return 3
    channels = 4 if data[25] in _MAY_BE_CLEAR else 3
    return channels * (2 if data[24] == 16 else 1)

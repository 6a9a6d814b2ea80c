"""Bytes from a stranger -> a picture, looked at before they are decoded."""

from __future__ import annotations

import io

import numpy as np

from realtime.sources.frame import SourceError
from realtime.sources.photos import decode_photo, header
from realtime.web import limits


def decode(data: bytes, max_pixels: int, name: str = "picture") -> np.ndarray:
    """A JPEG, PNG or WebP as `(H, W, 3) uint8` BGR, turned as its EXIF says.

    Raises:
        SourceError: if it is none of these, damaged, or larger than `max_pixels`, which its header tells.
    """
    if not is_picture(data):
        raise SourceError(f"{name}: not a JPEG, PNG or WebP picture")
    if data.startswith(_JPEG) and data.count(b"\xff\xda") > limits.SCANS:
        raise SourceError(f"{name}: a JPEG of too many passes")
    return decode_photo(data, name, max_pixels * 3 // _bytes_a_pixel(data))


def _bytes_a_pixel(data: bytes) -> int:
    """What decoding takes, 3 at least: of a PNG its depth and its colour type tell."""
    if not data.startswith(_PNG) or len(data) < 26:
        return 3
    channels = 4 if data[25] in _MAY_BE_CLEAR else 3
    return channels * (2 if data[24] == 16 else 1)


def is_large(data: bytes) -> bool:
    """Whether a picture takes much longer than others, by its header."""
    info = header(io.BytesIO(data))
    return info.width * info.height > limits.QUICK_PIXELS


def is_picture(head: bytes) -> bool:
    """Whether a file begins as a JPEG, PNG or WebP does."""
    return head.startswith((_JPEG, b"\x89PNG\r\n\x1a\n")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def is_video(head: bytes) -> bool:
    """Whether a file begins as MP4, MOV, 3GP, WebM, Matroska or AVI do: containers that name no other files."""
    return (
        head[4:8] in _BOXES or head.startswith(b"\x1a\x45\xdf\xa3") or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
    )


_JPEG = b"\xff\xd8\xff"
_PNG = b"\x89PNG\r\n\x1a\n"
_MAY_BE_CLEAR = (3, 4, 6)  # colour types of a PNG that are decoded with an alpha channel: palette, grey and colour
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")

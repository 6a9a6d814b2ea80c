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
    deep = data.startswith(_PNG) and data[24:25] == b"\x10"  # 16 bits a channel
    return decode_photo(data, name, max_pixels // _DEEP if deep else max_pixels)


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
_DEEP = 4  # decoding a pixel of 16 bits a channel takes so many times the memory
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")

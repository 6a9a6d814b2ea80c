"""Bytes from a stranger -> pictures, looked at before they are decoded."""

from __future__ import annotations

import io

import numpy as np

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError
from realtime.sources.kinds import HEAD, Kind, kind_of
from realtime.sources.photos import Photo, header
from realtime.sources.stills import Stills, open_stills
from realtime.web import limits

_JPEG = b"\xff\xd8\xff"
_SCAN = b"\xff\xda"
_BYTES_A_PIXEL = 3  # of a decoded picture of the usual kind
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_VIDEOS = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"GIF8",
    b"FLV\x01",
    b"OggS",
    b"YUV4MPEG2",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # WMV
    b"\0\0\x01\xba",  # MPEG
    b"\0\0\x01\xb3",
)
_TS, _TS_PACKET = 0x47, 188  # the first byte of each packet of an MPEG transport stream, and its length


def decode(data: bytes, max_pixels: int, name: str = "picture") -> np.ndarray:
    """A JPEG, PNG or WebP as `(H, W, 3) uint8` BGR, turned as its EXIF says.

    Raises:
        SourceError: if it is none of these, damaged, or larger than `max_pixels`, which its header tells.
    """
    if not is_picture(data):
        raise SourceError(f"{name}: not a JPEG, PNG or WebP picture")
    photo = Photo(_file(data, max_pixels, name))
    (image,) = photo.pages(0, 1)
    if photo.damage is not None:  # it can be sent again
        raise SourceError(f"{name}: damaged picture")
    return image


def stills(data: bytes, max_pixels: int, name: str) -> Stills:
    """A photo, or the pages of a document.

    Raises:
        SourceError: if it is neither, or damaged. A page of more than `max_pixels` raises it when it is read.
    """
    opened = open_stills(_file(data, max_pixels, name))
    if opened is None:
        what = "it is a video" if is_video(data[:HEAD]) else "not a photo or a document that can be read"
        raise SourceError(f"{name}: {what}")
    return opened


def _file(data: bytes, max_pixels: int, name: str) -> File:
    if data.startswith(_JPEG) and data.count(_SCAN) > limits.SCANS:
        raise SourceError(f"{name}: a JPEG of too many passes")
    return File(name, data, max_pixels, _BYTES_A_PIXEL * max_pixels)


def is_large(data: bytes) -> bool:
    """Whether a file takes much longer than others, by its header; documents do."""
    if kind_of(data[:HEAD]) is not Kind.PICTURE:
        return True
    info = header(io.BytesIO(data))
    return info.width * info.height > limits.QUICK_PIXELS


def is_picture(head: bytes) -> bool:
    """Whether a file begins as a JPEG, PNG or WebP does."""
    return head.startswith((_JPEG, b"\x89PNG\r\n\x1a\n")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def is_video(head: bytes) -> bool:
    """Whether a file begins as a video does, in a container that names no other files; `head` has 200 bytes or more."""
    return (
        head[4:8] in _BOXES
        or head.startswith(_VIDEOS)
        or (head[:4] == b"RIFF" and head[8:12] == b"AVI ")
        or (len(head) > _TS_PACKET and head[0] == head[_TS_PACKET] == _TS)
    )

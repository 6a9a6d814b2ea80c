"""What a file is by its first bytes; its name may say anything."""

from __future__ import annotations

import re
from enum import Enum

HEAD = 1024
"""Bytes from its beginning that tell what a file is; a PDF may say so anywhere in them."""


class Kind(Enum):
    """How the contents of a file are read."""

    EMPTY = "empty"
    PICTURE = "picture"
    HEIF = "HEIF"
    TIFF = "TIFF"
    GIF = "GIF"
    PDF = "PDF"
    OTHER = "other"
    """A video, or nothing that can be read."""


_PICTURES = (
    b"\xff\xd8\xff",  # JPEG
    b"\x89PNG\r\n\x1a\n",
    b"\0\0\0\x0cjP  \r\n\x87\n",  # JPEG 2000
    b"\xff\x4f\xff\x51",  # JPEG 2000 without a container
    b"#?RADIANCE",
    b"#?RGBE",
    b"\x59\xa6\x6a\x95",  # Sun raster
)
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PORTABLE = re.compile(rb"P(?:[1-7]|[Ff])\s")  # bitmaps of Netpbm
_BITMAP = re.compile(rb"BM.{4}\0\0\0\0", re.DOTALL)
_AVIF = re.compile(rb".{4}ftyp(?:avif|avis)|.{4}ftyp(?:mif1|msf1).{4}(?:.{4})*?avi[fs]", re.DOTALL)
_HEIF = re.compile(rb".{4}ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)


def kind_of(head: bytes) -> Kind:
    """What a file is.

    Args:
        head: its first `HEAD` bytes, or all where it has fewer.
    """
    if not head:
        return Kind.EMPTY
    if head.startswith(_PICTURES) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return Kind.PICTURE
    if _PORTABLE.match(head) or _BITMAP.match(head):
        return Kind.PICTURE
    if head.startswith(_TIFF):
        return Kind.TIFF
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Kind.GIF
    if _AVIF.match(head[:64]):
        return Kind.PICTURE
    if _HEIF.match(head):
        return Kind.HEIF
    if b"%PDF-" in head[:HEAD]:
        return Kind.PDF
    return Kind.OTHER

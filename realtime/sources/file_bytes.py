"""A file that is read as a still: one on the disk, or one that came over the network and is in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import BinaryIO

from realtime.sources.frame import MAX_PIXELS, SourceError, open_file, too_large
from realtime.sources.kinds import HEAD, Kind, kind_of


@dataclass(frozen=True)
class File:
    """A file and what may be asked of it.

    Attributes:
        name: what messages call it; its path where it is on the disk.
        data: its contents; None where it is on the disk.
        max_pixels: of a picture or page of it.
        max_bytes: that a decoded picture or page may take; None where that is not bounded.
    """

    name: str
    data: bytes | None = None
    max_pixels: int = MAX_PIXELS
    max_bytes: int | None = None

    def open(self) -> BinaryIO:
        """Open it to read its bytes.

        Raises:
            SourceError: if it cannot be opened.
        """
        return open_file(self.name) if self.data is None else io.BytesIO(self.data)

    @property
    def handle(self) -> str | BinaryIO:
        """What libraries take that open a path or read an open file."""
        return self.name if self.data is None else io.BytesIO(self.data)

    @property
    def kind(self) -> Kind:
        """What it is.

        Raises:
            SourceError: if it cannot be opened.
        """
        with self.open() as file:
            return kind_of(file.read(HEAD))

    def refuse_large(self, width: int, height: int, page: int | None = None, bytes_a_pixel: int = 3) -> None:
        """See that a picture is not too large to be decoded.

        Args:
            width: in pixels.
            height: in pixels.
            page: of a document, from 0; None where it is the only one.
            bytes_a_pixel: that decoding takes.

        Raises:
            SourceError: if it is.
        """
        most = self.max_pixels
        if self.max_bytes is not None:
            most = min(most, self.max_bytes // bytes_a_pixel)
        if width * height > most:
            name = self.name if page is None else f"{self.name}: page {page + 1}"
            raise SourceError(too_large(name, width, height, most))

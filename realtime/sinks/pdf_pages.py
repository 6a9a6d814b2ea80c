"""Pages of a PDF that is being made: those of another PDF as they are, all others as JPEG."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import IO, TYPE_CHECKING, Any

import cv2
import imagesize
import numpy as np

from realtime.sinks.paths import OutputError
from realtime.sources.file_bytes import File
from realtime.sources.frame import Frame, SourceError, open_file
from realtime.sources.kinds import Kind
from realtime.sources.pdf import DPI
from realtime.sources.resolution import dots_per_inch

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfImage, PdfPage

KEPT = 256_000_000
"""Bytes of all documents whose pages stay what they are: PDFium holds them in memory. Of more, pages are drawn."""

_QUALITY = 85  # of a JPEG
_POINTS = 72  # an inch
_LONG_SIDE = 842.0  # points of A4: of a photo nobody knows how large its sheet was
_LARGEST = 14_400.0  # points that a page may measure
_JPEG = b"\xff\xd8"  # its first bytes


class Pages:
    """Adds the pages that frames are of, in their order.

    Args:
        document: where they go. It may be a file with pages, which are then not copied.
        base: the path of that file; None for a new document.
        pictures: an empty file that holds the pictures until the document is saved.
        files: sources that are files. Others are if they name a folder: what is called `clipboard` is none.
    """

    def __init__(self, document: PdfDocument, base: str | None, pictures: IO[bytes], files: Sequence[str]) -> None:
        import pypdfium2 as pdfium

        self._pdfium, self._document, self._pictures = pdfium, document, pictures
        self._first: dict[str, int | None] = {}  # place of the first page of each document; None where it is drawn
        self._unread: set[int] = set()  # places of pages whose frame has not come
        self._room, self._files = KEPT, set(files)
        if base is not None:
            self._room -= os.path.getsize(base)
            self._first[base] = 0
            self._unread.update(range(len(document)))

    def add(self, frame: Frame) -> PdfPage:
        """The page that a frame is of, as it lies in its file: to be written on, and closed."""
        place = self._place(frame)
        if place is None:
            return self._picture(frame)
        self._unread.discard(place)
        return self._document[place]

    def drop_unread(self) -> None:
        """Take out the pages of documents that were not read to their end."""
        for place in sorted(self._unread, reverse=True):
            self._document.del_page(place)
        self._unread.clear()

    def _place(self, frame: Frame) -> int | None:
        """Where the very page of a PDF is; None where its picture must do."""
        if frame.mirrored or not self._is_file(frame) or not is_pdf(frame.source):
            return None
        if frame.source not in self._first:
            self._first[frame.source] = self._copy(frame.source)
        first = self._first[frame.source]
        place = None if first is None else first + frame.index
        return place if place in self._unread else None  # a file that is read twice has pages once

    def _copy(self, path: str) -> int | None:
        size = os.path.getsize(path)
        if size > self._room:
            return None
        self._room -= size
        first = len(self._document)
        try:
            with self._pdfium.PdfDocument(path) as source:
                self._document.import_pages(source)
        except self._pdfium.PdfiumError:
            return None
        self._unread.update(range(first, len(self._document)))
        return first

    def _picture(self, frame: Frame) -> PdfPage:
        image = np.rot90(frame.image, frame.turned)
        height, width = image.shape[:2]
        picture = self._pdfium.PdfImage.new(self._document)
        data = _as_it_is(frame, (width, height)) if self._is_file(frame) else None
        if data is None or not self._shows(picture, data):
            self._load(picture, _encoded(image, frame.source))
        dots = None
        if self._is_file(frame):
            dots = DPI if is_pdf(frame.source) else dots_per_inch(frame.source)
        points = _LONG_SIDE / max(width, height) if dots is None else _POINTS / dots
        points = min(points, _LARGEST / max(width, height))
        size = width * points, height * points
        page = self._document.new_page(*size)
        picture.set_matrix(self._pdfium.PdfMatrix().scale(*size))
        page.insert_obj(picture)
        return page

    def _is_file(self, frame: Frame) -> bool:
        return frame.source in self._files or os.path.dirname(frame.source) != ""

    def _shows(self, picture: PdfImage, data: bytes) -> bool:
        try:
            self._load(picture, data)
        except self._pdfium.PdfiumError:  # a header that OpenCV takes and PDFium does not
            return False
        return True

    def _load(self, picture: PdfImage, data: bytes) -> None:
        start = self._pictures.seek(0, os.SEEK_END)
        self._pictures.write(data)
        self._pictures.flush()
        picture.load_jpeg(_Piece(self._pictures, start, len(data)), inline=False, autoclose=False)


def is_pdf(path: str) -> bool:
    """Whether it is a PDF that can be opened."""
    try:
        return File(path).kind is Kind.PDF
    except SourceError:
        return False


def _as_it_is(frame: Frame, size: tuple[int, int]) -> bytes | None:
    """The bytes of a JPEG file that every program shows as it was read; None for all else."""
    if frame.mirrored:
        return None
    try:
        with open_file(frame.source) as file:
            if file.read(len(_JPEG)) != _JPEG:
                return None
            file.seek(0)
            data = file.read()
        info = imagesize.get_info(io.BytesIO(data), dpi=False, colors=False)
    except (SourceError, OSError, ValueError):  # gone by now, or a header that says nothing
        return None
    plain = info.rotation in (-1, 0, 1) and info.channels in (1, 3)
    return data if plain and (info.width, info.height) == size else None


def _encoded(image: np.ndarray, name: str) -> bytes:
    try:
        ok, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    except cv2.error:
        ok = False
    if not ok:
        raise OutputError(f"{name}: a picture of {image.shape[1]}x{image.shape[0]} cannot be a page of a PDF")
    return bytes(data)


class _Piece(io.RawIOBase):
    """A part of a file, to be read like a file of its own."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._at)
        data = self._file.read(min(len(buffer), self._size - self._at))
        memoryview(buffer).cast("B")[: len(data)] = data
        self._at += len(data)
        return len(data)

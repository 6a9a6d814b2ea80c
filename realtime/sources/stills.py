"""Photos and documents of any kind as pages, wherever their bytes are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from realtime.sources.file_bytes import File
from realtime.sources.frame import Frame, SourceError
from realtime.sources.gif import Gif, gif_pages
from realtime.sources.heif import Heif
from realtime.sources.kinds import Kind
from realtime.sources.pdf import Pdf
from realtime.sources.photos import Photo
from realtime.sources.tiff import Tiff, has_one_picture, tiff_pages
from realtime.sources.videos import VIDEOS


class Stills(Protocol):
    """A photo, or the pages of a document."""

    @property
    def count(self) -> int:
        """How many pages it has."""

    @property
    def damage(self) -> str | None:
        """What is missing of it, in one line; known when its pages have been read."""

    def pages(self, start: int, end: int) -> Iterator[np.ndarray]:
        """The pages from `start` to before `end`, each `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: at the first page that cannot be read.
        """


def open_stills(file: File) -> Stills | None:
    """The pages of a file; None where it is a video, or nothing that can be read.

    Raises:
        SourceError: if it is missing or damaged, or what reads its kind is not installed.
    """
    kind, suffix = file.kind, Path(file.name).suffix.lower()
    if kind is Kind.EMPTY:
        raise SourceError(f"{file.name}: empty file")
    if kind is Kind.PDF:
        return Pdf(file)
    if suffix == ".pdf" and kind is Kind.OTHER:
        raise SourceError(f"{file.name}: not a PDF")
    if kind is Kind.HEIF:
        return Heif(file)
    if kind is Kind.GIF:
        count = gif_pages(file)
        return None if count is None else Gif(file, count)
    if kind is Kind.TIFF and not has_one_picture(file):
        pages = tiff_pages(file)
        return Tiff(file, pages) if pages else Photo(file, f"{file.name}: damaged: only its first page can be read")
    if kind is Kind.OTHER or (kind is Kind.PICTURE and suffix in VIDEOS):  # JPEGs in a row begin as one alone does
        return None
    return Photo(file)


def frames_of(
    stills: Stills, source: str, fail: Callable[[str], None], first: int = 0, end: int | None = None
) -> Iterator[Frame]:
    """Every page as a frame.

    Args:
        stills: the pages.
        source: what the frames call their source.
        fail: called with one line where a part of them is missing.
        first: the page to begin with, from 0.
        end: the page to end before; the last one is the last where it is left out.

    Raises:
        SourceError: at the first page that cannot be read.
    """
    for i, image in enumerate(stills.pages(first, stills.count if end is None else end), first):
        yield Frame(image, source, i, 0.0, still=True, pages=stills.count)
    if stills.damage is not None:
        fail(stills.damage)


def page_count(path: str) -> int | None:
    """How many pages a file has, 1 if it is a photo; None where it is a video, or nothing that can be read.

    Raises:
        SourceError: if it is missing or damaged, or what reads its kind is not installed.
    """
    stills = open_stills(File(path))
    return None if stills is None else stills.count

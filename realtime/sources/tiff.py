"""TIFF files of several pages: Pillow counts them, OpenCV decodes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError, to_bgr
from realtime.sources.photos import is_final
from realtime.sources.pillow import opened
from realtime.system.native_stderr import native_stderr_off

_AT_ONCE = 12_000_000  # pixels of pages that are decoded together: 36 MB
_SUBFILE_TYPE, _BITS = 254, 258  # tags of TIFF
_REDUCED = 1  # of a subfile type: a smaller copy of another page


@dataclass(frozen=True)
class TiffPage:
    """What a header says of a page.

    Attributes:
        place: among all pictures of the file, from 0.
        width: in pixels.
        height: in pixels.
        bytes_a_pixel: that decoding takes.
    """

    place: int
    width: int
    height: int
    bytes_a_pixel: int


class Tiff:
    """The pages of a TIFF.

    Attributes:
        count: of its pages.
        damage: None, as a page is read whole or not at all.

    Args:
        file: the TIFF.
        pages: as of `tiff_pages`.
    """

    damage = None

    def __init__(self, file: File, pages: list[TiffPage]) -> None:
        self._file, self._pages = file, pages
        self.count = len(pages)

    def pages(self, start: int, end: int) -> Iterator[np.ndarray]:
        """The pages from `start` to before `end`, each `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: at the first page that is damaged or too large.
        """
        end, first = min(end, self.count), start
        while first < end:
            # OpenCV looks for each page from the first one on: of thousands that would be thousands of times.
            after = self._end_of_group(first, end)
            images = self._decoded(self._pages[first].place, after - first)
            yield from (to_bgr(image) for image in images)
            if len(images) < after - first:
                raise SourceError(f"{self._file.name}: page {first + len(images) + 1} is damaged")
            first = after

    def _end_of_group(self, first: int, end: int) -> int:
        """Where the pages end that are decoded together with page `first`."""
        page = self._pages[first]
        self._file.refuse_large(page.width, page.height, page=first, bytes_a_pixel=page.bytes_a_pixel)
        after, pixels = first + 1, page.width * page.height
        while after < end and self._pages[after].place == self._pages[after - 1].place + 1:
            pixels += self._pages[after].width * self._pages[after].height
            if pixels > min(_AT_ONCE, self._file.max_pixels):
                break
            after += 1
        return after

    def _decoded(self, place: int, count: int) -> list[NDArray[np.uint8]]:
        """Some pictures of the file; fewer where one is damaged."""
        with native_stderr_off():
            images = self._read(place, count, cv2.IMREAD_UNCHANGED)
            if not all(is_final(image) for image in images) or len(images) < count:
                images = self._read(place, count, cv2.IMREAD_COLOR)
        return images

    def _read(self, place: int, count: int, flags: int) -> list[NDArray[np.uint8]]:
        try:
            if self._file.data is None:
                return list(cv2.imreadmulti(self._file.name, place, count, flags=flags)[1])
            data = np.frombuffer(self._file.data, np.uint8)
            return list(cv2.imdecodemulti(data, flags, range=(place, place + count))[1])
        except cv2.error as error:
            if error.code == cv2.Error.StsNoMem:
                raise SourceError(f"{self._file.name}: there is not enough memory to read it") from error
            return []


def has_one_picture(file: File) -> bool:
    """Whether a TIFF on the disk has a single picture, which can be read without Pillow."""
    with native_stderr_off():
        return file.data is None and cv2.imcount(file.name) <= 1


def tiff_pages(file: File) -> list[TiffPage]:
    """The pages of a TIFF by their headers; none where they cannot be told.

    Smaller copies of pages, which some programs put beside them, are left out.

    Raises:
        SourceError: if Pillow is not installed.
    """
    pages: list[TiffPage] = []
    copies: list[TiffPage] = []
    try:
        with opened(file) as image:
            for place in range(getattr(image, "n_frames", 1)):
                image.seek(place)
                bits = image.tag_v2.get(_BITS, (8,))
                page = TiffPage(place, image.width, image.height, max(3, sum(bits) // 8))
                (copies if image.tag_v2.get(_SUBFILE_TYPE, 0) & _REDUCED else pages).append(page)
    except SourceError:
        raise
    except Exception:  # whatever a hostile header makes it raise, the decoder has the last word
        return []
    return pages or copies

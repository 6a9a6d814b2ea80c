"""Files of many pages as stills: TIFF and GIF through Pillow and OpenCV, PDF through pypdfium2; one page at a time."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.sources.frame import MAX_PIXELS, Frame, SourceError, to_bgr
from realtime.system.native_stderr import native_stderr_off

DPI = 200
"""At which the pages of a PDF are drawn: boxes are in pixels of that."""

_TIFF = (".tif", ".tiff")
_GIF = ".gif"
_PAGE = 200  # milliseconds that the first picture of a GIF stands, from which on it is a page and no film
_AT_ONCE = 12_000_000  # pixels of the pages of a TIFF that are decoded together: 36 MB
_HEAD = 1024  # bytes, somewhere in which a PDF says that it is one
_POINTS = 72  # an inch


def is_pdf(path: str) -> bool:
    """Whether it is a PDF by its content; its suffix decides where there is no reading it."""
    try:
        with open(path, "rb") as file:
            return b"%PDF-" in file.read(_HEAD)
    except OSError:
        return False


def page_count(path: str) -> int | None:
    """How many pages a document has; None where it is none, such as a photo, a TIFF of one page, or a GIF that moves.

    Raises:
        SourceError: if it cannot be read.
    """
    if is_pdf(path):
        return _Pdf(path).count
    if Path(path).suffix.lower() == ".pdf":
        raise SourceError(f"{path}: {_not_a_pdf(path)}")
    if Path(path).suffix.lower() in _TIFF:
        with native_stderr_off():
            several = cv2.imcount(path) > 1
        count = len(_tiff_sizes(path)) if several else 1
        return count if count > 1 else None
    if Path(path).suffix.lower() == _GIF:
        return _gif_count(path)
    return None


def pages(path: str, start: int, end: int) -> Iterator[Frame]:
    """The pages from `start` to before `end`, each an upright still whose `index` is the page's, from 0.

    Raises:
        SourceError: at the first page that is damaged or has more than `MAX_PIXELS`.
    """
    if is_pdf(path):
        pdf = _Pdf(path)
        for i in range(start, min(end, pdf.count)):
            yield Frame(pdf.page(i), path, i, 0.0, still=True)
        return
    if Path(path).suffix.lower() == _GIF:
        yield from _gif_pages(path, start, end)
        return
    yield from _tiff_pages(path, start, end)


def _tiff_sizes(path: str) -> list[tuple[int, int]]:
    """Width and height of each page, from the headers alone; none where it cannot be told."""
    sizes = []
    try:
        with _opened(path) as image:
            for i in range(getattr(image, "n_frames", 1)):
                image.seek(i)
                sizes.append(image.size)
    except SourceError:
        raise
    except Exception:  # whatever a hostile header makes it raise, the decoder has the last word
        pass
    return sizes


def _tiff_pages(path: str, start: int, end: int) -> Iterator[Frame]:
    """Some at a time: OpenCV looks for each from the first page on, of thousands that would be thousands of times."""
    sizes = _tiff_sizes(path)
    end, first = min(end, len(sizes)), start
    while first < end:
        _refuse_large(path, first, *sizes[first])
        after, pixels = first + 1, sizes[first][0] * sizes[first][1]
        while after < end and (pixels := pixels + sizes[after][0] * sizes[after][1]) <= min(_AT_ONCE, MAX_PIXELS):
            after += 1
        with native_stderr_off():
            images = cv2.imreadmulti(path, first, after - first, flags=cv2.IMREAD_COLOR)[1]
        yield from (Frame(to_bgr(image), path, i, 0.0, still=True) for i, image in enumerate(images, first))
        if len(images) < after - first:
            raise SourceError(f"{path}: page {first + len(images) + 1} is damaged")
        first = after


def _gif_count(path: str) -> int | None:
    """How many pages a GIF shows; None where it moves, or cannot be read."""
    try:
        with _opened(path) as image:
            count = int(image.n_frames)
            return count if count == 1 or image.info.get("duration", 0) >= _PAGE else None
    except SourceError:
        raise
    except Exception:  # whatever a hostile file makes it raise, FFmpeg has the last word
        return None


def _gif_pages(path: str, start: int, end: int) -> Iterator[Frame]:
    with _opened(path) as image:
        _refuse_large(path, 0, *image.size)
        for i in range(start, min(end, image.n_frames)):
            try:
                image.seek(i)
                picture = np.asarray(image.convert("RGBA"))
            except Exception as error:  # a hostile file makes Pillow raise whatever it likes
                raise SourceError(f"{path}: page {i + 1} is damaged") from error
            yield Frame(to_bgr(cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA)), path, i, 0.0, still=True)


@contextmanager
def _opened(path: str) -> Iterator[Any]:
    """A picture that Pillow has opened: its header is read and nothing is decoded."""
    try:
        from PIL import Image  # the light install does without
    except ImportError as error:
        raise SourceError(f"{path}: pages of TIFF and GIF files need Pillow: pip install pillow") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of large pictures, which are looked for here
        with Image.open(path) as image:
            yield image


class _Pdf:
    """An open PDF and the `count` of its pages."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            import pypdfium2 as pdfium  # the light install does without
        except ImportError as error:
            raise SourceError(f"{path}: PDF files need pypdfium2: pip install pypdfium2") from error
        try:
            self._document = pdfium.PdfDocument(path)
            self.count = len(self._document)
        except (pdfium.PdfiumError, OSError) as error:
            reason = "needs a password" if "password" in str(error).lower() else "damaged PDF"
            raise SourceError(f"{path}: {reason}") from error
        if self.count == 0:
            raise SourceError(f"{path}: damaged PDF")
        self._error = pdfium.PdfiumError

    def page(self, i: int) -> NDArray[np.uint8]:
        """Page `i` as `(H, W, 3) uint8` BGR."""
        try:
            page = self._document[i]
            scale = DPI / _POINTS
            width, height = (round(scale * side) for side in page.get_size())
            _refuse_large(self._path, i, width, height)
            image = page.render(scale=scale).to_numpy()
        except self._error as error:
            raise SourceError(f"{self._path}: page {i + 1} is damaged") from error
        return to_bgr(image)


def _refuse_large(path: str, page: int, width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        most = MAX_PIXELS // 1_000_000
        raise SourceError(f"{path}: page {page + 1} is too large, {width}x{height}; {most} megapixels are the most")


def _not_a_pdf(path: str) -> str:
    try:
        return "not a PDF" if Path(path).stat().st_size else "empty file"
    except OSError as error:
        return error.strerror or "cannot be read"

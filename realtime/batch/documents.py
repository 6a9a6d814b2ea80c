"""Files of many pages as stills: TIFF through Pillow and OpenCV, PDF through pypdfium2; one page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2

from realtime.batch.optional import need
from realtime.frame import MAX_PIXELS, Frame, SourceError, to_bgr
from realtime.quiet import native_stderr_off

DPI = 200
"""At which the pages of a PDF are drawn: boxes are in pixels of that."""

_TIFF = (".tif", ".tiff")
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
    """How many pages a document has; None where it is none, such as a photo or a TIFF of one page.

    Raises:
        SourceError: if it cannot be read.
    """
    if is_pdf(path):
        return _Pdf(path).count
    if Path(path).suffix.lower() == ".pdf":
        raise SourceError(f"{path}: {_not_a_pdf(path)}")
    if Path(path).suffix.lower() in _TIFF:
        count = len(_tiff_sizes(path))
        return count if count > 1 else None
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
    for i, (width, height) in enumerate(_tiff_sizes(path)[start:end], start):
        _refuse_large(path, i, width, height)
        with native_stderr_off():
            ok, images = cv2.imreadmulti(path, i, 1, flags=cv2.IMREAD_COLOR)
        if not ok:
            raise SourceError(f"{path}: page {i + 1} is damaged")
        yield Frame(to_bgr(images[0]), path, i, 0.0, still=True)


def _tiff_sizes(path: str) -> list[tuple[int, int]]:
    """Width and height of each page, from the headers alone; none where it cannot be told."""
    pillow = need("PIL.Image", "pillow", "a TIFF")
    sizes = []
    try:
        with pillow.open(path) as image:
            for i in range(getattr(image, "n_frames", 1)):
                image.seek(i)
                sizes.append(image.size)
    except Exception:  # whatever a hostile header makes it raise, the decoder has the last word
        pass
    return sizes


class _Pdf:
    """An open PDF and the `count` of its pages."""

    def __init__(self, path: str) -> None:
        self._path = path
        pdfium = need("pypdfium2", "pypdfium2", "a PDF")
        try:
            self._document = pdfium.PdfDocument(path)
            self.count = len(self._document)
        except (pdfium.PdfiumError, OSError) as error:
            reason = "needs a password" if "password" in str(error).lower() else "damaged PDF"
            raise SourceError(f"{path}: {reason}") from error
        if self.count == 0:
            raise SourceError(f"{path}: damaged PDF")
        self._error = pdfium.PdfiumError

    def page(self, i: int):
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

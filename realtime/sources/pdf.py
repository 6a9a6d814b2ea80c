"""PDF files: each page is drawn, by the library that draws them in Chrome."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError, to_bgr

DPI = 200
"""At which the pages of a PDF are drawn: boxes are in pixels of that."""

_POINTS = 72  # an inch
_HELD = 50  # pages whose pictures PDFium keeps in memory, until the file is opened anew


class Pdf:
    """The pages of a PDF.

    Attributes:
        count: of its pages.
        damage: None, as a page is drawn whole or not at all.

    Raises:
        SourceError: if it is missing, damaged, needs a password, or pypdfium2 is not installed.
    """

    damage = None

    def __init__(self, file: File) -> None:
        self._file = file
        try:
            import pypdfium2 as pdfium  # the light install does without
        except ImportError as error:
            raise SourceError(f"{file.name}: PDF files need pypdfium2: pip install pypdfium2") from error
        try:
            self._open = partial(pdfium.PdfDocument, file.name if file.data is None else file.data)
            self._document = self._open()
            self.count = len(self._document)
        except (pdfium.PdfiumError, OSError) as error:
            reason = "needs a password" if "password" in str(error).lower() else "damaged PDF"
            raise SourceError(f"{file.name}: {reason}") from error
        if self.count == 0:
            raise SourceError(f"{file.name}: damaged PDF")
        self._error = pdfium.PdfiumError

    def pages(self, start: int, end: int) -> Iterator[np.ndarray]:
        """The pages from `start` to before `end`, each `(H, W, 3) uint8` BGR at `DPI`.

        Raises:
            SourceError: at the first page that is damaged or too large.
        """
        scale = DPI / _POINTS
        for i in range(start, min(end, self.count)):
            try:
                if i > start and (i - start) % _HELD == 0:
                    self._document.close()
                    self._document = self._open()
                page = self._document[i]
                width, height = (round(scale * side) for side in page.get_size())
                self._file.refuse_large(width, height, page=i)
                image = page.render(scale=scale).to_numpy()
            except self._error as error:
                raise SourceError(f"{self._file.name}: page {i + 1} is damaged") from error
            yield to_bgr(image)

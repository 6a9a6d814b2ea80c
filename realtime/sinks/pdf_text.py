"""Invisible text over a page of a PDF: what is read can be searched for and copied where it stands."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from realtime.numbers.number import Number

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_MARK = "DigitsRead"  # tells the text of this program from what else is on a page
_WIDTH = 0.556  # of a digit of Helvetica, in heights of the font: all are equally wide
_HEIGHT = 0.709  # of a digit of Helvetica above the line that it stands on
_TURN = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], np.float64)  # of a picture that was turned, a quarter back


class TextLayer:
    """Writes numbers onto pages of one document; close it before the document is closed."""

    def __init__(self, document: PdfDocument) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium, self._document = pdfium, document
        self._font: Any = pdfium.FPDFText_LoadStandardFont(document.raw, b"Helvetica")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the font."""
        self._pdfium.FPDFFont_Close(self._font)

    def add(self, page: PdfPage, numbers: Iterable[Number], size: tuple[int, int], quarters: int) -> None:
        """Lay numbers over a page, in the place of those that were laid over it before.

        Args:
            page: as it lies in its file.
            numbers: with boxes in pixels of the picture that was read.
            size: width and height of that picture.
            quarters: how often the page was turned a quarter clockwise to become that picture.
        """
        for item in [item for item in page.get_objects(max_depth=1) if self._is_ours(item.raw)]:
            page.remove_obj(item)
        pixels = _turned_back(size, quarters)
        page_of = self._page_of(page, size if quarters % 2 == 0 else size[::-1]) @ pixels
        for number in numbers:
            left, top, right, bottom = number.xyxy
            wide, high = (right - left) / (_WIDTH * len(number.text)), (bottom - top) / _HEIGHT
            stretched = np.array([[wide, 0, left], [0, -high, bottom], [0, 0, 1]], np.float64)
            self._insert(page, number.text, page_of @ stretched)

    def _page_of(self, page: PdfPage, size: tuple[int, int]) -> NDArray[np.float64]:
        """The matrix from pixels of a picture of the page to its own coordinates, whatever its box and its rotation."""
        width, height = size
        corners = [self._point(page, size, *corner) for corner in ((0, 0), (width, 0), (0, height))]
        origin, right, down = np.array(corners, np.float64)
        sides = np.stack([(right - origin) / width, (down - origin) / height, origin], axis=1)
        return np.vstack([sides, [0, 0, 1]])

    def _point(self, page: PdfPage, size: tuple[int, int], x: int, y: int) -> tuple[float, float]:
        px, py = ctypes.c_double(), ctypes.c_double()
        self._pdfium.FPDF_DeviceToPage(page.raw, 0, 0, *size, 0, x, y, px, py)
        return px.value, py.value

    def _insert(self, page: PdfPage, text: str, matrix: NDArray[np.float64]) -> None:
        """Add text of one line; `matrix (3, 3)` maps heights of the font to the page."""
        height = float(np.hypot(*matrix[:2, 1]))  # programs that read the text take it for the size of the font
        pdfium = self._pdfium
        item = pdfium.FPDFPageObj_CreateTextObj(self._document.raw, self._font, height)
        letters = ctypes.create_string_buffer((text + "\0").encode("utf-16-le"))
        pdfium.FPDFText_SetText(item, ctypes.cast(letters, pdfium.FPDF_WIDESTRING))
        pdfium.FPDFTextObj_SetTextRenderMode(item, pdfium.FPDF_TEXTRENDERMODE_INVISIBLE)
        pdfium.FPDFPageObj_Transform(item, *(matrix[:2, :2] / height).T.ravel(), *matrix[:2, 2])
        pdfium.FPDFPageObj_AddMark(item, _MARK.encode())
        pdfium.FPDFPage_InsertObject(page.raw, item)

    def _is_ours(self, item: Any) -> bool:
        """Whether a thing on a page was laid over it by this program."""
        pdfium = self._pdfium
        if pdfium.FPDFPageObj_GetType(item) != pdfium.FPDF_PAGEOBJ_TEXT:
            return False
        marks = (pdfium.FPDFPageObj_GetMark(item, i) for i in range(pdfium.FPDFPageObj_CountMarks(item)))
        return any(self._name(mark) == _MARK for mark in marks)

    def _name(self, mark: Any) -> str:
        name, size = (self._pdfium.FPDF_WCHAR * (len(_MARK) + 1))(), ctypes.c_ulong()
        self._pdfium.FPDFPageObjMark_GetName(mark, name, ctypes.sizeof(name), size)
        return bytes(name).decode("utf-16-le").rstrip("\0")  # empty where there is no room for the name


def _turned_back(size: tuple[int, int], quarters: int) -> NDArray[np.float64]:
    """The matrix from pixels of a turned picture to those of the picture as it was, as of `boxes.turned_back`."""
    matrix, (width, height) = np.eye(3), size
    for _ in range(quarters % 4):
        turn = _TURN.copy()
        turn[1, 2] = width
        matrix = turn @ matrix
        width, height = height, width
    return matrix

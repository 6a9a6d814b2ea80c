"""Small archives, and what came of them."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa

from realtime.batch.rows import EMPTY
from realtime.batch.store import Store


def write_sheet(path: Path, text: str = "471") -> str:
    """A picture with a number that is read rightly."""
    assert cv2.imwrite(str(path), sheet(text))
    return str(path)


def sheet(text: str = "471") -> np.ndarray:
    image = np.full((120, 180, 3), 235, np.uint8)
    cv2.putText(image, text, (30, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (60, 30, 30), 4, cv2.LINE_AA)
    return image


def rows(folder: Path) -> list[dict]:
    """All rows of some results, in an order that does not depend on when they were read."""
    table = pa.concat_tables([EMPTY, *Store(folder).tables()])
    return sorted(table.to_pylist(), key=lambda row: (row["source"], row["frame"], row["x1"], row["y1"]))


def write_pdf(path: Path, texts: list[str], size: tuple[int, int] = (200, 130)) -> str:
    """A PDF with a number on each page, in points."""
    pdfium, raw = import_module("pypdfium2"), import_module("pypdfium2.raw")
    document = pdfium.PdfDocument.new()
    for text in texts:
        page = document.new_page(*size)
        font = raw.FPDFText_LoadStandardFont(document.raw, b"Helvetica")
        written = raw.FPDFPageObj_CreateTextObj(document.raw, font, 36.0)
        raw.FPDFText_SetText(written, (raw.c_ushort * (len(text) + 1))(*map(ord, text), 0))
        raw.FPDFPageObj_Transform(written, 1, 0, 0, 1, 50, 50)
        raw.FPDFPage_InsertObject(page.raw, written)
        page.gen_content()
    document.save(str(path))
    return str(path)


LOCKED_PDF = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"3 0 obj\n<</Filter/Standard/V 1/R 2/O<" + b"28" * 32 + b">/U<" + b"31" * 32 + b">/P -4>>\nendobj\n"
    b"trailer\n<</Root 1 0 R/Size 4/Encrypt 3 0 R/ID[<00><00>]>>\n%%EOF\n"
)
"""A PDF that no password opens."""

from __future__ import annotations

import sys

import cv2
import numpy as np
import pytest
from archive import LOCKED_PDF, sheet, write_pdf, write_sheet
from PIL.TiffImagePlugin import TiffImageFile

from realtime.sources import documents
from realtime.sources.documents import page_count, pages
from realtime.sources.frame import SourceError


def test_the_pages_of_a_tiff_come_one_by_one(tmp_path):
    path = str(tmp_path / "a.tif")
    sheets = [sheet("1"), sheet("2")[:90], sheet("3")]
    assert cv2.imwritemulti(path, sheets)
    assert page_count(path) == 3
    found = list(pages(path, 1, 9))
    assert [frame.index for frame in found] == [1, 2] and all(frame.still for frame in found)
    assert all(np.array_equal(frame.image, want) for frame, want in zip(found, sheets[1:], strict=True))


def test_a_photo_and_a_tiff_of_one_page_are_no_documents(tmp_path):
    assert page_count(write_sheet(tmp_path / "a.png")) is None
    assert page_count(write_sheet(tmp_path / "a.tif")) is None
    assert page_count(str(tmp_path / "missing.tif")) is None


def test_the_pages_of_a_pdf_are_drawn_at_200_dots_an_inch(tmp_path):
    path = write_pdf(tmp_path / "named like a photo.jpg", ["471", "08"], size=(144, 72))
    assert page_count(path) == 2
    (frame,) = pages(path, 1, 2)
    assert frame.image.shape == (200, 400, 3) and frame.index == 1
    assert frame.image.min() < 50 and frame.image.max() == 255


def test_a_page_that_is_too_large_is_refused_before_it_is_drawn(tmp_path, monkeypatch):
    path = write_pdf(tmp_path / "a.pdf", ["1"], size=(14400, 14400))
    with pytest.raises(SourceError, match="page 1 is too large, 40000x40000"):
        next(pages(path, 0, 1))
    path = str(tmp_path / "a.tif")
    assert cv2.imwritemulti(path, [sheet()[:20, :20], sheet()])
    monkeypatch.setattr(documents, "MAX_PIXELS", 1000)
    found = pages(path, 0, 2)
    assert next(found).image.shape == (20, 20, 3)
    with pytest.raises(SourceError, match="page 2 is too large, 180x120"):
        next(found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (LOCKED_PDF, "needs a password"),
        (b"%PDF-1.7\nand no more", "damaged PDF"),
        (b"", "empty file"),
        (b"a letter", "not a PDF"),
    ],
)
def test_a_pdf_that_cannot_be_read_has_its_reason(tmp_path, content, reason):
    (tmp_path / "a.pdf").write_bytes(content)
    with pytest.raises(SourceError, match=rf"a\.pdf: {reason}$"):
        page_count(str(tmp_path / "a.pdf"))


def test_a_missing_package_is_named_where_there_is_a_document(tmp_path, monkeypatch):
    pdf = write_pdf(tmp_path / "a.pdf", ["1"])
    pages_of_tiff, one_page = str(tmp_path / "a.tif"), str(tmp_path / "b.tif")
    assert cv2.imwritemulti(pages_of_tiff, [sheet(), sheet()]) and cv2.imwrite(one_page, sheet())
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    monkeypatch.setitem(sys.modules, "PIL", None)
    for path, package in ((pdf, "pypdfium2"), (pages_of_tiff, "pillow")):
        with pytest.raises(SourceError, match=f"pip install {package}$"):
            page_count(path)
    assert page_count(one_page) is None


def test_a_tiff_whose_pages_cannot_be_told_is_read_as_a_photo(tmp_path, monkeypatch):
    path = str(tmp_path / "a.tif")
    assert cv2.imwritemulti(path, [sheet(), sheet()])
    monkeypatch.setattr(TiffImageFile, "seek", lambda *_: (_ for _ in ()).throw(ValueError("a hostile header")))
    assert page_count(path) is None, "nothing ends in silence"

from __future__ import annotations

import io
import sys
from collections.abc import Iterator

import cv2
import numpy as np
import pillow_heif
import pytest
from archive import LOCKED_PDF, sheet, write_pdf, write_sheet
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError
from realtime.sources.stills import open_stills, page_count


def pages(path: str, start: int, end: int) -> Iterator[np.ndarray]:
    stills = open_stills(File(path))
    assert stills is not None
    return stills.pages(start, end)


def test_the_pages_of_a_tiff_come_one_by_one(tmp_path):
    path = str(tmp_path / "a.tif")
    sheets = [sheet("1"), sheet("2")[:90], sheet("3")]
    assert cv2.imwritemulti(path, sheets)
    assert page_count(path) == 3
    assert all(np.array_equal(found, want) for found, want in zip(pages(path, 1, 9), sheets[1:], strict=True))


def test_smaller_copies_of_a_page_are_no_pages(tmp_path):
    path = str(tmp_path / "a.tif")
    large, small = Image.fromarray(sheet("12")), Image.fromarray(sheet("12")[::4, ::4].copy())
    small.encoderinfo = {"tiffinfo": {254: 1}}
    large.save(path, save_all=True, append_images=[small, large])
    assert page_count(path) == 2
    assert [page.shape for page in pages(path, 0, 9)] == [sheet().shape] * 2


def test_a_photo_has_one_page(tmp_path):
    assert page_count(write_sheet(tmp_path / "a.png")) == 1
    assert page_count(write_sheet(tmp_path / "a.tif")) == 1
    with pytest.raises(SourceError, match="No such file"):
        page_count(str(tmp_path / "missing.tif"))


def test_the_pages_of_a_pdf_are_drawn_at_200_dots_an_inch(tmp_path):
    path = write_pdf(tmp_path / "named like a photo.jpg", ["471", "08"], size=(144, 72))
    assert page_count(path) == 2
    (page,) = pages(path, 1, 2)
    assert page.shape == (200, 400, 3) and page.min() < 50 and page.max() == 255


def test_a_page_that_is_too_large_is_refused_before_it_is_drawn(tmp_path):
    path = write_pdf(tmp_path / "a.pdf", ["1"], size=(14400, 14400))
    with pytest.raises(SourceError, match="page 1: 40000x40000 is too large"):
        next(pages(path, 0, 1))
    path = str(tmp_path / "a.tif")
    assert cv2.imwritemulti(path, [sheet()[:20, :20], sheet()])
    stills = open_stills(File(path, max_pixels=1000))
    assert stills is not None
    found = stills.pages(0, 2)
    assert next(found).shape == (20, 20, 3)
    with pytest.raises(SourceError, match="page 2: 180x120 is too large"):
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
    assert page_count(one_page) == 1


def test_of_a_tiff_whose_pages_cannot_be_told_the_first_is_read_and_it_is_said(tmp_path, monkeypatch):
    path = str(tmp_path / "a.tif")
    assert cv2.imwritemulti(path, [sheet(), sheet()])
    monkeypatch.setattr(TiffImageFile, "seek", lambda *_: (_ for _ in ()).throw(ValueError("a hostile header")))
    stills = open_stills(File(path))
    assert stills is not None and stills.damage == f"{path}: damaged: only its first page can be read"
    assert [page.shape for page in stills.pages(0, 9)] == [sheet().shape]


def test_a_large_heic_is_there_when_its_file_is_closed():
    image = np.full((2400, 3200, 3), 200, np.uint8)
    image[::2, ::3] = 40
    contents = io.BytesIO()
    pillow_heif.from_bytes("BGR", (3200, 2400), image.tobytes()).save(contents, quality=100, chroma=444)
    stills = open_stills(File("a.heic", contents.getvalue()))
    assert stills is not None
    (page,) = list(stills.pages(0, 1))
    del stills
    assert page.flags.c_contiguous and page.shape == image.shape
    assert np.abs(page.astype(int) - image).mean() < 8

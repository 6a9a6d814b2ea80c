"""Files of many pages as sources: GIF and TIFF need Pillow, PDF needs pypdfium2."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_camera import picture
from PIL import Image

from realtime.sources.frame import Frame
from realtime.sources.open import open_source


def levels(frames: Sequence[Frame]) -> list[int]:
    """Brightness of each frame, to the nearest ten."""
    return [round(float(np.median(frame.image[:, -8:])) / 10) * 10 for frame in frames]


@pytest.mark.parametrize(
    ("count", "milliseconds", "still"), [(3, 100, False), (3, 400, True), (1, 10, True), (1, 0, True)]
)
def test_a_gif_is_a_video_or_pages_by_its_pace(count: int, milliseconds: int, still: bool, tmp_path: Path):
    path = str(tmp_path / "a.gif")
    grays = [40, 80, 120][:count]
    first, *rest = (Image.fromarray(picture(gray)) for gray in grays)
    first.save(path, save_all=True, append_images=rest, duration=milliseconds)
    with open_source(path) as source:
        assert (source.total, source.many) == (count, still and count > 1)
        frames = list(source)
    assert [frame.still for frame in frames] == [still] * count
    assert [frame.index for frame in frames] == list(range(count))
    np.testing.assert_allclose(levels(frames), grays, atol=2)


def test_every_page_of_a_tiff_or_pdf_is_a_still(tmp_path: Path):
    tiff = str(tmp_path / "a.tif")
    assert cv2.imwritemulti(tiff, [picture(40), picture(90)])
    pdf = str(tmp_path / "b.pdf")
    Image.fromarray(picture(40)).save(pdf, save_all=True, append_images=[Image.fromarray(picture(90))])
    for path in (tiff, pdf):
        with open_source(path) as source:
            assert source.total == 2 and source.many, "they are saved as pictures in a folder"
            frames = list(source)
        assert [(frame.index, frame.still, frame.source) for frame in frames] == [(0, True, path), (1, True, path)]
        assert [(frame.page, frame.name) for frame in frames] == [(1, f"{path}, page 1"), (2, f"{path}, page 2")]
        np.testing.assert_allclose(levels(frames), [40, 90], atol=2)
    with open_source(str(tmp_path), max_frames=3) as source:
        assert source.total == 3 and [Path(frame.source).name for frame in source] == ["a.tif", "a.tif", "b.pdf"]


def test_a_long_pdf_is_read_page_by_page(tmp_path: Path):
    """It is opened anew now and then, so that its pictures do not fill the memory."""
    grays = [40 + 10 * (i % 20) for i in range(120)]
    first, *rest = (Image.fromarray(picture(gray)) for gray in grays)
    first.save(tmp_path / "a.pdf", save_all=True, append_images=rest)
    with open_source(str(tmp_path / "a.pdf")) as source:
        frames = list(source)
    assert [(frame.page, frame.pages) for frame in frames] == [(i, 120) for i in range(1, 121)]
    np.testing.assert_allclose(levels(frames), grays, atol=2)

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime import FormError, Reader, RegionError, SourceError

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
ROWS = csv.DictReader((SAMPLES / "labels.csv").read_text(encoding="utf-8").splitlines())
LABELS = {row["file"]: row["rows"].split("|") for row in ROWS}
PHOTO = SAMPLES / "dark.jpg"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_a_photo_by_its_path_its_bytes_or_its_pixels(reader):
    for picture in (PHOTO, str(PHOTO), PHOTO.read_bytes(), cv2.imread(str(PHOTO))):
        sheet = reader.read(picture)
        assert sheet.lines == LABELS["dark.jpg"] and len(sheet.pages) == 1 and sheet.damage is None
        assert " ".join(number.text for number in sheet.numbers) == " ".join(LABELS["dark.jpg"])
        assert all(0 < number.confidence <= 1 for number in sheet.numbers)


def test_boxes_are_those_of_the_picture_as_it_lies(reader):
    image = cv2.imread(str(PHOTO))
    upright, (on_its_side,) = reader.read(image), reader.read(cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)).pages
    assert on_its_side.result.frame.turned
    height = image.shape[0]
    for a, b in zip(upright.numbers, on_its_side.numbers, strict=True):
        x1, y1, x2, y2 = a.xyxy
        np.testing.assert_allclose(b.xyxy, (height - y2, x1, height - y1, x2), atol=8)


def test_every_page_of_a_document(reader, tmp_path):
    pytest.importorskip("PIL")
    pages = [cv2.imread(str(SAMPLES / name)) for name in ("dark.jpg", "rows.jpg")]
    assert cv2.imwritemulti(str(tmp_path / "a.tif"), pages)
    sheet = reader.read(tmp_path / "a.tif")
    assert [page.lines for page in sheet.pages] == [LABELS["dark.jpg"], LABELS["rows.jpg"]]
    assert sheet.lines == LABELS["dark.jpg"] + LABELS["rows.jpg"]


def test_a_form_and_a_region():
    sheet = Reader(expect="3-8", region="0,0,100%,50%").read(PHOTO)
    assert sheet.numbers and all(number.xyxy[3] <= cv2.imread(str(PHOTO)).shape[0] / 2 + 1 for number in sheet.numbers)
    assert all(number.fits is not None for number in sheet.numbers)


def test_a_video_gives_its_readings(reader, tmp_path):
    image = cv2.resize(cv2.imread(str(PHOTO)), (640, 480), interpolation=cv2.INTER_AREA)
    writer = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 480))
    for _ in range(12):
        writer.write(image)
    writer.release()
    results = list(reader.frames(str(tmp_path / "a.avi")))
    assert [result.frame.index for result in results] == list(range(12))
    assert [result.reading.lines for result in results if result.reading] == [LABELS["dark.jpg"]]


def test_what_cannot_be_read_is_told(reader, tmp_path):
    with pytest.raises(SourceError, match="`frames` reads videos"):
        reader.read(SAMPLES / "clip.mp4")
    with pytest.raises(SourceError, match="No such file"):
        reader.read(tmp_path / "missing.jpg")
    with pytest.raises(FormError):
        Reader(expect="what")
    with pytest.raises(RegionError):
        Reader(region="what")
    data = PHOTO.read_bytes()
    assert "cut short" in str(reader.read(data[: len(data) * 2 // 3]).damage)

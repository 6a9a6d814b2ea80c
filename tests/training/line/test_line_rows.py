"""Rows drawn to learn from: what is said of them is what stands there."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime.detections import NOT_A_DIGIT
from realtime.recognition.line_picture import HEIGHT, STRIDE
from training.models.line import rows as module
from training.models.line.batches import batches
from training.models.line.rows import WIDEST, Rows, draw, make_file, read_file
from training.render.line.glyph import Pen, write
from training.render.line.shapes import Shapes
from training.render.line.sheet import Sheet
from training.render.line.skeletons import middles


def test_signs_stand_as_close_as_their_ink_lets_them() -> None:
    sheet = Sheet()
    slash = np.eye(20, dtype=np.float32)[:, ::-1].copy()
    sheet.put(slash, -20, 0, 0, 1)
    sheet.put(slash, -20, 3, 0, 1)
    (_, one), (_, two) = sheet.digits
    assert two[0] - one[0] == 1 + 3  # parallel strokes: their boxes overlap, their ink does not
    row = sheet.row(20, 1)
    assert row.text == "11"
    assert row.cover.shape == (20, 24)


def test_a_sign_is_as_high_as_the_pen_is_asked_to_write() -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    cv2.line(image[0], (14, 4), (14, 23), 255, 3)
    sign = middles(image)[0]
    pen = Pen(height=60, width=4, pressure=0, slant=0, turn=0, aspect=1, unsteady=0)
    heights = [write(np.random.default_rng(k), sign, pen).shape[0] for k in range(5)]
    assert min(heights) > 50 and max(heights) < 72


@pytest.fixture(scope="module")
def drawn(shapes: Shapes) -> Rows:
    rng = np.random.default_rng(1)
    pictures, texts, boxes = zip(*(draw(rng, shapes) for _ in range(60)), strict=True)
    return Rows(list(pictures), list(texts), list(boxes))


def test_a_row_fits_the_network_and_names_its_digits(drawn: Rows) -> None:
    for picture, text, boxes in zip(drawn.pictures, drawn.texts, drawn.boxes, strict=True):
        assert picture.shape[0] == HEIGHT and picture.shape[1] <= WIDEST and picture.shape[1] % STRIDE == 0
        assert len(text) == len(boxes)
        middles = boxes[:, [0, 2]].mean(axis=1)
        assert (middles >= 0).all() and (middles <= picture.shape[1]).all()
    assert {text for text in drawn.texts if not text}, "some rows hold nothing"
    assert len(set("".join(drawn.texts))) == 10


def test_ink_lies_where_the_boxes_say(drawn: Rows) -> None:
    inside, outside = [], []
    for picture, boxes in zip(drawn.pictures, drawn.boxes, strict=True):
        covered = np.zeros(picture.shape, bool)
        for x0, y0, x1, y1 in boxes.astype(int):
            covered[y0:y1, x0:x1] = True
        if covered.any() and not covered.all():
            inside.append(picture[covered].mean())
            outside.append(picture[~covered].mean())
    assert np.mean(inside) > 1.5 * np.mean(outside)


def test_a_file_gives_back_what_was_written(shapes: Shapes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "A_FILE", 5)
    make_file(tmp_path / "a.npz", shapes, np.random.default_rng(3))
    read = read_file(tmp_path / "a.npz")
    rng = np.random.default_rng(3)
    for picture, text, boxes in zip(read.pictures, read.texts, read.boxes, strict=True):
        expected = draw(rng, shapes)
        assert np.array_equal(picture, expected[0]) and text == expected[1]
        assert np.allclose(boxes, expected[2], atol=0.3)


@pytest.mark.parametrize("redraw", [False, True])
def test_a_batch_asks_for_every_digit_once_where_its_middle_is(drawn: Rows, redraw: bool) -> None:
    seen = 0
    for batch in batches(drawn, 8, np.random.default_rng(0), redraw):
        for text, columns, boxes in zip(batch.texts, batch.columns, batch.boxes, strict=True):
            named = columns[(columns >= 0) & (columns != NOT_A_DIGIT)]
            assert len(named) <= (text >= 0).sum()  # two middles in one column: the later one is asked for
            assert set(named) <= set(text[text >= 0])
            there = (columns >= 0) & (columns != NOT_A_DIGIT)
            assert (boxes[~there] == 0).all()
            seen += len(named)
        assert batch.pictures.shape[2] == STRIDE * batch.columns.shape[1]
        assert batch.pictures.min() >= 0 and batch.pictures.max() <= 1
    assert seen > 0.95 * len("".join(drawn.texts))

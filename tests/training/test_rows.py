import numpy as np
import pytest
from drawn import crosses, pen_digits

from realtime.detections import NOT_A_DIGIT
from realtime.further import cut_all
from realtime.glyph import Glyph
from realtime.segment import segment
from training.data import TRAIN, Source
from training.naming import named
from training.rows import Hands, Written, draw_page, owners, source


@pytest.fixture(scope="module")
def sources() -> list[Source]:
    digits, labels = pen_digits(200, 3)
    letters = crosses(40, 4)
    none = np.full(len(letters), NOT_A_DIGIT, np.int64)
    part = np.full(len(digits), TRAIN, np.uint8)
    return [
        Source("ours", digits, labels.astype(np.int64), part),
        Source("not ours", letters, none, part[: len(letters)]),
    ]


def cut_and_named(page: np.ndarray, written: list[Written]) -> list[tuple[Glyph, int]]:
    labels = np.array([shape.label for shape in written])
    return named(cut_all(segment(page)[0]), owners(page.shape[:2], written), labels, np.random.default_rng(0))


def test_the_same_seed_gives_the_same_cuts_whatever_the_number_of_processes(sources: list[Source]) -> None:
    one, two = source(4, sources, 7, 1), source(4, sources, 7, 2)
    assert np.array_equal(one.images, two.images)
    assert np.array_equal(one.labels, two.labels)
    assert (one.labels < 10).sum() > 40
    assert (one.labels == NOT_A_DIGIT).sum() > 10


def test_digits_that_stand_apart_are_named_as_they_were_written() -> None:
    page = np.full((120, 300, 3), 230, np.uint8)
    ring = np.zeros((50, 40), bool)
    ring[:6] = ring[-6:] = ring[:, :6] = ring[:, -6:] = True
    bar = np.ones((50, 7), bool)
    written = [Written(0, 40, 30, ring), Written(1, 150, 30, bar)]
    for shape in written:
        h, w = shape.mask.shape
        page[shape.y : shape.y + h, shape.x : shape.x + w][shape.mask] = 30
    found = cut_and_named(page, written)
    alone = {name for glyph, name in found if glyph.prior == 0}
    assert alone == {0, 1}


def test_two_digits_in_one_cut_are_none() -> None:
    page = np.full((120, 300, 3), 230, np.uint8)
    bar = np.ones((50, 7), bool)
    ring = np.zeros((50, 40), bool)
    ring[:6] = ring[-6:] = ring[:, :6] = ring[:, -6:] = True
    written = [Written(0, 40, 30, ring), Written(1, 80, 30, bar)]
    for shape in written:
        h, w = shape.mask.shape
        page[shape.y : shape.y + h, shape.x : shape.x + w][shape.mask] = 30
    found = cut_and_named(page, written)
    both = [name for glyph, name in found if glyph.xyxy[2] - glyph.xyxy[0] >= 44]
    assert both == [NOT_A_DIGIT]


def test_pages_bear_the_ink_of_what_is_written(sources: list[Source]) -> None:
    image, written = draw_page(np.random.default_rng(5), Hands.of(sources))
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert len(written) > 5
    for shape in written:
        h, w = shape.mask.shape
        assert shape.x + w <= image.shape[1]
        assert shape.y + h <= image.shape[0]

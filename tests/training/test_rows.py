import cv2
import numpy as np
import pytest
from drawn import crosses, pen_digits

from realtime.detections import NOT_A_DIGIT
from training.data.sources import TRAIN, Source
from training.render.labelling import Cut, named
from training.render.rendered import cuts
from training.render.rows import Hands, Written, draw_page, owners, source


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


def ring() -> np.ndarray:
    mask = np.zeros((50, 40), bool)
    mask[:6] = mask[-6:] = mask[:, :6] = mask[:, -6:] = True
    return mask


def page_of(written: list[Written]) -> np.ndarray:
    page = np.full((120, 300, 3), 230, np.uint8)
    for shape in written:
        h, w = shape.mask.shape
        page[shape.y : shape.y + h, shape.x : shape.x + w][shape.mask] = 30
    return page


def names_of(found: list[Cut], page: np.ndarray, written: list[Written]) -> list[tuple[Cut, int]]:
    labels = np.array([shape.label for shape in written])
    return named(found, owners(page.shape[:2], written), labels, np.random.default_rng(0))


def cut_of(page: np.ndarray, x0: int, y0: int, x1: int, y1: int, scale: float = 1) -> Cut:
    """What is dark in a box, cut out of a copy of the page that is smaller or larger."""
    ink = 255 - page[y0:y1, x0:x1, 0]
    size = round(scale * ink.shape[1]), round(scale * ink.shape[0])
    return np.array([x0, y0, x1, y1]), cv2.resize(ink * (ink > 100), size, interpolation=cv2.INTER_AREA)


def test_the_same_seed_gives_the_same_cuts_whatever_the_number_of_processes(sources: list[Source]) -> None:
    one, two = source(4, sources, 7, 1), source(4, sources, 7, 2)
    assert np.array_equal(one.images, two.images)
    assert np.array_equal(one.labels, two.labels)
    assert (one.labels < 10).sum() > 40
    assert (one.labels == NOT_A_DIGIT).sum() > 10


def test_digits_that_stand_apart_are_named_as_they_were_written() -> None:
    written = [Written(0, 40, 30, ring()), Written(1, 150, 30, np.ones((50, 7), bool))]
    page = page_of(written)
    found = names_of(cuts(page), page, written)
    for shape in written:
        h, w = shape.mask.shape
        place = np.array([shape.x, shape.y, shape.x + w, shape.y + h])
        its = {name for (box, _), name in found if np.abs(box - place).max() <= 4}
        assert its == {shape.label}


@pytest.mark.parametrize("scale", [0.5, 1, 2])
def test_a_cut_is_named_whatever_copy_of_the_page_it_is_of(scale: float) -> None:
    written = [Written(0, 40, 30, ring()), Written(1, 150, 30, np.ones((50, 7), bool))]
    page = page_of(written)
    digits = [cut_of(page, 40, 30, 80, 80, scale), cut_of(page, 150, 30, 157, 80, scale)]
    paper = np.array([200, 30, 240, 80]), np.full((50, 40), 255, np.uint8)
    assert [name for _, name in names_of([*digits, paper], page, written)] == [0, 1, NOT_A_DIGIT]


def test_two_digits_in_one_cut_and_half_a_digit_are_none() -> None:
    written = [Written(0, 40, 30, ring()), Written(1, 80, 30, np.ones((50, 7), bool))]
    page = page_of(written)
    both, half = cut_of(page, 40, 30, 87, 80), cut_of(page, 40, 30, 80, 55)
    assert [name for _, name in names_of([both, half], page, written)] == [NOT_A_DIGIT, NOT_A_DIGIT]


def test_pages_bear_the_ink_of_what_is_written(sources: list[Source]) -> None:
    image, written = draw_page(np.random.default_rng(5), Hands.of(sources))
    assert image.dtype == np.uint8
    assert image.ndim == 3
    assert len(written) > 5
    for shape in written:
        h, w = shape.mask.shape
        assert shape.x + w <= image.shape[1]
        assert shape.y + h <= image.shape[0]

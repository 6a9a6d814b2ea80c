from __future__ import annotations

import numpy as np
import pytest
from drawn import crosses, pen_digits

from realtime.detections import NOT_A_DIGIT
from training.models.ink.shards import CROPS, SIDE, Crops, crops
from training.models.ink.targets import LARGEST, targets
from training.render.ink.page import Page
from training.render.ink.pages import KINDS, draw
from training.render.ink.strokes import redrawn, thinned
from training.render.ink.writer import SIGNS, Hands, Writer


@pytest.fixture(scope="module")
def hands() -> Hands:
    return Hands([pen_digits(100, 0)], crosses(20, 1), crosses(20, 2))


@pytest.mark.parametrize("kind", KINDS)
def test_of_each_page_it_is_known_whose_ink_it_is(hands: Hands, kind: str):
    drawn = [draw(np.random.default_rng(seed), hands, None, kind) for seed in range(3)]
    for page in drawn:
        assert page.gray.shape == page.owner.shape and page.gray.dtype == np.uint8
        assert page.owner.max() < len(page.labels)
    labels = [label for page in drawn for label in page.labels]
    if kind == "words":
        assert set(labels) == {NOT_A_DIGIT}
    else:
        assert any(label < NOT_A_DIGIT for label in labels)


def test_the_same_chance_draws_the_same_page(hands: Hands):
    first, again = (draw(np.random.default_rng(5), hands, None) for _ in range(2))
    assert (first.gray == again.gray).all() and first.labels == again.labels


def test_a_thinned_bar_is_its_middle():
    bar = np.zeros((21, 60), bool)
    bar[6:15, 5:55] = True
    rows, columns = np.nonzero(thinned(bar))
    assert set(rows) <= {9, 10, 11} and np.ptp(columns) > 38


def test_a_digit_is_redrawn_with_the_pen_asked_for():
    (image,), _ = pen_digits(1, 0)  # a nought
    thin, thick = redrawn(image, 60, 2), redrawn(image, 60, 9)
    assert thin is not None and thick is not None
    assert 2.5 < (thick > 127).sum() / (thin > 127).sum() < 7
    assert redrawn(np.zeros((28, 28), np.uint8), 60, 2) is None


def two_digits(apart: int) -> Page:
    page = Page.blank(200, 100)
    for x in (40, 40 + apart):
        ring = np.zeros((40, 30), np.uint8)
        ring[[0, 1, 2, -3, -2, -1]] = 255
        ring[:, [0, 1, 2, -3, -2, -1]] = 255
        page.put(ring, x, 30, 0, 0.8)
    return page


def test_bodies_of_digits_that_touch_are_apart():
    page = two_digits(29)
    wanted = targets(page.owner, page.labels)
    columns = (wanted.body > 0).any(axis=0).astype(int)
    assert (np.diff(columns) == 1).sum() == 2
    assert (wanted.core > 0).sum() < (wanted.body > 0).sum()
    assert wanted.weight.max() > 100  # the gap between them


def test_what_is_no_digit_is_nothing():
    page = two_digits(60)
    page.labels[0] = NOT_A_DIGIT
    wanted = targets(page.owner, page.labels)
    assert wanted.body[:, :45].max() == wanted.ink[:, :45].max() == 0 < wanted.body[:, 50:].max()


def test_digits_too_large_for_the_picture_are_left_to_a_smaller_one():
    page = two_digits(60)
    scale = 1.2 * LARGEST / 40
    large = targets(page.owner, page.labels, scale)
    assert large.ink.max() == large.body.max() == large.core.max() == 0
    assert targets(page.owner, page.labels, 1.0).body.max() == 255


def test_a_stroke_too_thin_for_the_copy_is_ink_all_the_same():
    page, cover = Page.blank(480, 480), np.zeros((400, 30), np.uint8)
    cover[:, 14:16] = 255
    page.put(cover, 220, 40, 1, 0.8)
    ink = targets(page.owner, page.labels, 0.25).ink
    assert (ink.max(axis=1) == 255).sum() == 50 and ink.shape == (60, 60)


def test_what_fills_a_picture_is_drawn_as_large_as_it_is_taken(hands: Hands):
    drawn = [draw(np.random.default_rng(seed), hands, None, "near") for seed in range(12)]
    assert min(page.scale for page in drawn) < 0.5 and max(page.scale for page in drawn) <= 1
    looked_at = [np.array(page.gray.shape) * page.scale for page in drawn]
    assert all(60 < side < 500 for sides in looked_at for side in sides)
    assert draw(np.random.default_rng(0), hands, None, "rows").scale == 1


def test_a_digit_beyond_the_edge_is_none():
    page = Page.blank(100, 100)
    block = np.full((40, 30), 255, np.uint8)
    page.put(block, 85, 30, 3, 0.8)
    page.put(block, 10, 30, 3, 0.8)
    assert page.labels == [NOT_A_DIGIT, 3]


@pytest.mark.parametrize("name", SIGNS)
def test_signs_are_drawn(hands: Hands, name: str):
    writer = Writer(np.random.default_rng(0), hands, None, 40, 3)
    cover, below = writer.sign(name)
    assert cover.max() > 100 and -25 < below < 60


def test_crops_and_their_targets_fit_each_other(hands: Hands, tmp_path):
    rng = np.random.default_rng(3)
    got: list[tuple[np.ndarray, ...]] = []
    while len(got) < 12:
        got += crops(rng, hands, None)
    arrays = [np.stack(each) for each in zip(*got, strict=True)]
    assert arrays[0].shape[1:] == (SIDE, SIDE) and all(each.shape[1:] == (SIDE // 2,) * 2 for each in arrays[1:])
    Crops(*arrays).write(tmp_path / "a.npz")
    again = Crops.read(tmp_path / "a.npz")
    assert (again.seen == arrays[0]).all() and (again.weight == arrays[4]).all() and len(got) < CROPS

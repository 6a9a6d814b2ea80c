"""Sheets and empty scenes: what the truth says is what the picture shows."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from training.render.scenes import EMPTY_KINDS, Scene, draw_scene_without_digits, draw_sheet
from training.render.styles import KINDS


def draw(kind: str, seed: int = 0, difficulty: float = 0.6) -> Scene:
    return draw_sheet(np.random.default_rng(seed), (960, 540), kind, difficulty)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_sheet_agrees_with_its_truth(kind: str) -> None:
    scene = draw(kind)
    assert scene.image.shape == (540, 960, 3) and scene.image.dtype == np.uint8
    assert scene.kind == kind and scene.digits
    for i, row in enumerate(scene.rows):
        assert row.replace(" ", "") == "".join(str(digit.label) for digit in scene.digits if digit.row == i)
    assert [digit.index for digit in scene.digits] == list(range(len(scene.digits)))
    x1, y1, x2, y2 = scene.xyxy.T
    assert (x1 >= 0).all() and (y1 >= 0).all() and (x2 <= 960).all() and (y2 <= 540).all()
    inside = np.zeros((540, 960), bool)
    for a, b, c, d in scene.xyxy:
        inside[b:d, a:c] = True
        ink = np.argwhere(scene.ink[b:d, a:c] > 40)
        slack = np.concatenate([ink.min(axis=0), (d - b, c - a) - ink.max(axis=0) - 1])
        assert slack.max() <= 3, "the box is wider than its ink"
    assert scene.ink[~inside].max() <= 50, "ink outside of the boxes"


@pytest.mark.parametrize("kind", KINDS)
def test_ink_can_be_seen(kind: str) -> None:
    scene = draw(kind, seed=1, difficulty=0.3)
    grey = cv2.cvtColor(scene.image, cv2.COLOR_BGR2GRAY).astype(float)
    around = cv2.dilate(scene.ink, np.ones((9, 9))) == 0
    for a, b, c, d in scene.xyxy:
        window = np.s_[max(0, b - 8) : d + 8, max(0, a - 8) : c + 8]
        ink, clear = scene.ink[window] > 100, around[window]
        if ink.sum() > 5 and clear.sum() > 5:
            change = grey[window][ink].mean() - grey[window][clear].mean()
            assert (change > 5) if kind == "dark" else (change < -5)


def test_the_same_seed_draws_the_same_sheet_and_another_seed_another() -> None:
    one, two, other = draw("hard", 7), draw("hard", 7), draw("hard", 8)
    np.testing.assert_array_equal(one.image, two.image)
    assert one.digits == two.digits and one.rows == two.rows
    assert not np.array_equal(one.image, other.image)


def test_what_is_asked_for_is_written() -> None:
    rows = ["0522 1859", "7", "31 415 926"]
    for kind in ("plain", "squared", "hard", "letters"):
        assert draw_sheet(np.random.default_rng(0), (800, 600), kind, 0.5, rows).rows == rows


def test_rows_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="no room"):
        draw_sheet(np.random.default_rng(0), (640, 480), "plain", 0.5, ["7" * 400])


def test_touching_digits_touch() -> None:
    kind = replace(KINDS["plain"], touching=1.0, height=(0.1, 0.12), pens=("felt",))
    scene = draw_sheet(np.random.default_rng(2), (1280, 720), kind, 0.0)
    shapes = cv2.connectedComponents((scene.ink > 60).astype(np.uint8))[0] - 1
    numbers = sum(len(row.split()) for row in scene.rows)
    assert len(scene.digits) > 1.5 * numbers
    assert shapes < 0.8 * len(scene.digits)
    apart = draw_sheet(np.random.default_rng(2), (1280, 720), replace(kind, touching=0.0, pens=("gel",)), 0.0)
    assert cv2.connectedComponents((apart.ink > 60).astype(np.uint8))[0] - 1 >= len(apart.digits)


def test_one_digit_fills_much_of_the_picture() -> None:
    for seed in range(5):
        scene = draw("single", seed)
        assert len(scene.digits) == 1 and scene.rows == [str(scene.digits[0].label)]
        assert scene.xyxy[0, 3] - scene.xyxy[0, 1] > 0.1 * 540


@pytest.mark.parametrize("kind", EMPTY_KINDS)
def test_scenes_without_digits_have_no_truth(kind: str) -> None:
    scene, again = (draw_scene_without_digits(np.random.default_rng(3), (640, 360), kind) for _ in range(2))
    assert scene.image.shape == (360, 640, 3) and scene.image.dtype == np.uint8
    assert scene.image.std() > 1
    assert scene.digits == [] and scene.rows == [] and scene.kind == kind
    assert scene.ink.shape == (360, 640) and not scene.ink.any()
    assert scene.xyxy.shape == (0, 4)
    np.testing.assert_array_equal(scene.image, again.image)


def test_any_size_and_any_kind() -> None:
    rng = np.random.default_rng(0)
    assert draw_sheet(rng, (320, 240)).image.shape == (240, 320, 3)
    assert draw_sheet(rng, (1080, 1920)).image.shape == (1920, 1080, 3)
    assert draw_scene_without_digits(rng, (500, 333)).image.shape == (333, 500, 3)


def test_words_and_drawings_are_told_with_their_place() -> None:
    scene = draw_sheet(np.random.default_rng(5), kind="letters", difficulty=0.3)
    assert {"word", "drawing"} <= {other.kind for other in scene.others}
    empty = draw_scene_without_digits(np.random.default_rng(5), kind="words", difficulty=0.2)
    assert empty.others and not empty.digits
    gray = empty.image.min(axis=2)
    x0, y0, x1, y1 = empty.others[len(empty.others) // 2].xyxy
    assert gray[y0:y1, x0:x1].min() < 0.7 * np.median(gray[y0:y1, x0:x1]), "there is ink in the box"

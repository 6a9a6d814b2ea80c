"""What is cut out of a box that the user drew."""

from __future__ import annotations

import cv2
import numpy as np
from page import ink_of, seen_alone

from realtime.glyphs.normalize import normalize
from realtime.live.boxed_glyph import cut_out


def paper(*strokes: tuple[list[tuple[int, int]], int], size: tuple[int, int] = (320, 240)) -> np.ndarray:
    """A picture of strokes, each its points and its grey level."""
    image = np.full((size[1], size[0], 3), 220, np.uint8)
    for points, level in strokes:
        cv2.polylines(image, [np.array(points, np.int32)], False, (level,) * 3, 5, cv2.LINE_AA)
    return image


SEVEN = [(100, 60), (140, 60), (115, 130)]
ONE = [(170, 60), (170, 130)]


def cut(image: np.ndarray, *box: float):
    return cut_out(image, ink_of(image), np.array([box]))[0]


def test_a_rough_box_takes_whole_pieces_and_leaves_the_neighbours() -> None:
    image = paper((SEVEN, 40), (ONE, 40))
    seen = seen_alone(image)
    (wanted,) = np.flatnonzero(seen.xyxy[:, 2] < 160)
    for box in ((90, 50, 150, 140), (90, 66, 169, 140), (104, 40, 150, 150)):
        found = cut(image, *box)
        assert found is not None and found.xyxy.tolist() == seen.xyxy[wanted].tolist(), box
        np.testing.assert_allclose(found.crop, normalize([seen.crops[wanted]])[0], atol=1e-6)
        assert found.xyxy.dtype == np.int32 and found.crop.dtype == np.float32


def test_digits_that_touch_are_cut_where_the_box_ends() -> None:
    image = paper((SEVEN, 40), (ONE, 40), ([(115, 130), (170, 130), (250, 130), (250, 60)], 40))
    found = cut(image, 160, 40, 180, 150)
    assert found is not None and found.xyxy[0] >= 160 and found.xyxy[2] <= 180
    assert abs(found.xyxy[3] - found.xyxy[1] - 75) <= 4


def test_a_line_that_a_digit_hangs_on_is_cut_where_the_box_ends() -> None:
    image = paper((SEVEN, 40), ([(20, 130), (115, 130)], 40))
    found = cut(image, 94, 50, 150, 140)
    assert found is not None
    np.testing.assert_allclose(found.xyxy, [94, 57, 143, 133], atol=2)


def test_a_digit_of_several_pieces_is_one_glyph() -> None:
    upper, lower = [(100, 60), (140, 60)], [(140, 70), (115, 130)]
    found = cut(paper((upper, 40), (lower, 40)), 90, 50, 150, 140)
    assert found is not None
    np.testing.assert_allclose(found.xyxy, [97, 57, 143, 133], atol=3)


def test_ink_too_faint_to_count_is_found_in_a_box() -> None:
    image = paper((SEVEN, 205))
    assert not len(seen_alone(image).xyxy), "the recogniser sees none"
    found = cut(image, 90, 50, 150, 140)
    assert found is not None
    np.testing.assert_allclose(found.xyxy, [97, 57, 143, 133], atol=4)
    full = cut(paper((SEVEN, 40)), 90, 50, 150, 140)
    assert full is not None and np.abs(found.crop - full.crop).mean() < 0.1


def test_where_there_is_no_ink_there_is_no_glyph() -> None:
    image = paper((SEVEN, 40))
    speck = image.copy()
    speck[200:202, 200:202] = 0
    assert cut(image, 200, 180, 300, 230) is None and cut(speck, 190, 190, 230, 230) is None
    assert cut(image, -50, -50, -1, -1) is None and cut(image, 150, 60, 150, 130) is None


def test_a_large_photo_is_cut_in_its_own_pixels() -> None:
    small = paper((SEVEN, 40))
    large = cv2.resize(small, None, fx=9, fy=9, interpolation=cv2.INTER_CUBIC)
    found = cut(large, 810, 450, 1350, 1260)
    assert found is not None
    np.testing.assert_allclose(found.xyxy, np.multiply([97, 57, 143, 133], 9), atol=20)


def test_chalk_is_cut_from_a_board_as_ink_from_paper() -> None:
    image = 255 - paper((SEVEN, 40))
    found = cut(image, 90, 50, 150, 140)
    assert found is not None and found.crop.max() > 0.9

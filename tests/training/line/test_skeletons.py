"""Strokes reduced to their middle."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.line.skeletons import SIDE, UNIT, legible, middles, outlines, thin


def test_a_thick_bar_becomes_a_line_one_pixel_wide_and_stays_whole() -> None:
    bar = np.zeros((40, 60), np.uint8)
    bar[15:26, 5:55] = 1
    line = thin(bar)
    assert line.sum(axis=0).max() == 1
    assert np.flatnonzero(line.any(axis=0)).size > 35
    assert cv2.connectedComponents(line, connectivity=8)[0] == 2


def test_middles_forget_how_thick_a_stroke_was_and_outlines_do_not() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    cv2.line(images[0], (14, 5), (14, 22), 255, 2)
    cv2.line(images[1], (14, 5), (14, 22), 255, 6)
    near_middle = (middles(images) < UNIT).sum(axis=(1, 2))
    inside = (outlines(images) < 1).sum(axis=(1, 2))
    assert abs(near_middle[0] - near_middle[1]) < 0.4 * near_middle[0]
    assert inside[1] > 2 * inside[0]


def test_an_eight_with_its_lower_loop_filled_is_no_longer_legible() -> None:
    images = np.zeros((2, 28, 28), np.uint8)
    for image in images:
        cv2.circle(image, (14, 9), 4, 255, 2)
        cv2.circle(image, (14, 18), 5, 255, 2)
    cv2.circle(images[1], (14, 18), 5, 255, -1)
    assert legible(middles(images), np.array([8, 8])).tolist() == [True, False]


def test_maps_have_the_stated_form() -> None:
    signs = middles(np.zeros((3, 28, 28), np.uint8))
    assert signs.shape == (3, SIDE, SIDE) and signs.dtype == np.uint8
    assert (signs == 255).all()

"""Rows brought to the form that the line reader's network knows."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from realtime.recognition.line_picture import HEIGHT, STRIDE, ink_of, picture_of


def _row(height: int, ink: int, paper: int) -> np.ndarray:
    gray = np.full((height, 4 * height), paper, np.uint8)
    for k in range(4):
        x = int((k + 0.5) * height)
        cv2.line(gray, (x, height // 5), (x, 4 * height // 5), ink, max(1, height // 12))
    return gray


@pytest.mark.parametrize("height", [24, 48, 100, 700])
@pytest.mark.parametrize("ink", [30, 170])
def test_faint_and_dark_small_and_large_look_alike(height: int, ink: int) -> None:
    picture = picture_of(ink_of(_row(height, ink, 220)))
    assert picture.shape[0] == HEIGHT and picture.shape[1] % STRIDE == 0
    assert abs(picture.shape[1] - 4 * HEIGHT) <= STRIDE
    assert picture.max() > 230
    assert np.median(picture) < 20


def test_light_pens_on_dark_ground_are_ink_too() -> None:
    assert np.median(picture_of(ink_of(_row(96, 230, 40)))) < 20


def test_an_empty_row_is_not_stretched_until_its_grain_is_ink() -> None:
    rng = np.random.default_rng(0)
    gray = np.clip(rng.normal(200, 1.5, (60, 300)), 0, 255).astype(np.uint8)
    assert picture_of(ink_of(gray)).mean() < 40

from __future__ import annotations

import cv2
import numpy as np
import pytest

from realtime.ink.illumination import contrast, padded, without_light
from realtime.ink.network import STRIDE, InkNetwork
from realtime.recognition.classifier import DEFAULT_MODEL, ModelError


def sheet(paper: int = 200) -> np.ndarray:
    gray = np.full((240, 320), paper, np.uint8)
    cv2.line(gray, (100, 60), (100, 180), paper // 4, 6)
    return gray


def test_paper_has_no_contrast_and_a_pen_is_below_it():
    seen = contrast(sheet())
    assert abs(int(seen[20, 300]) - 128) <= 1 and seen[120, 100] < 20


def test_contrast_is_that_of_a_dimmer_lamp():
    bright, dim = contrast(sheet(220)).astype(int), contrast(sheet(110)).astype(int)
    assert np.abs(bright - dim).mean() < 3


def test_a_shadow_is_taken_out():
    gray = sheet()
    gray[:, 160:] //= 2
    flat = without_light(gray)[0]
    assert abs(int(flat[20, 40]) - int(flat[20, 300])) < 12 and flat[120, 100] < 120


def test_only_where_the_pen_may_be_either_there_are_two_answers():
    (dark,) = without_light(sheet())
    (light,) = without_light(cv2.bitwise_not(sheet(55)))
    assert max(dark[120, 100], light[120, 100]) < 128 < 240 < min(dark[20, 300], light[20, 300])
    left = sheet()[:, 20:180]
    answers = without_light(np.concatenate([left, cv2.bitwise_not(left)], axis=1))
    assert sorted([bool(flat[120, 80] < 128), bool(flat[120, 240] < 128)] for flat in answers) == [
        [False, True],
        [True, False],
    ]


def test_room_goes_on_as_the_picture_ends():
    seen = padded(np.tile(np.arange(100, dtype=np.uint8), (70, 1)), 32, STRIDE)
    assert seen.shape == (160, 192) and (seen[:, :32] == 0).all() and (seen[:, 132:] == 99).all()


def test_the_network_says_three_maps_of_half_the_size():
    said = InkNetwork()(np.full((96, 160), 128, np.uint8))
    assert said.shape == (48, 80, 3) and said.dtype == np.uint8 and said.max() < 128


def test_another_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="another kind"):
        InkNetwork(DEFAULT_MODEL)
    with pytest.raises(ModelError, match="cannot read"):
        InkNetwork(tmp_path / "none.tflite")

from __future__ import annotations

import cv2
import numpy as np
import pytest
from page import paper, ring

from realtime.context import SIGNS, Context, shipped, tell
from realtime.detections import Detections
from realtime.segment import Segmentation, segment

BOXES = [(100 + 80 * i, 200, 140 + 80 * i, 260) for i in range(5)]


def told_of(frame: np.ndarray, boxes: list[tuple[int, int, int, int]], digit: int = 0) -> dict[str, np.ndarray]:
    """What is told of the glyphs at these boxes, by sign; all others are none."""
    seen: Segmentation = segment(frame)[0]
    found = np.array([glyph.xyxy for glyph in seen.glyphs])
    glyphs = np.array([np.abs(found - box).sum(axis=1).argmin() for box in boxes], np.int64)
    probabilities = np.full((len(found), 11), 0.001, np.float32)
    probabilities[:, 10] = 0.99
    probabilities[glyphs, 10], probabilities[glyphs, digit] = 0.001, 0.99
    detections = Detections.from_probabilities(found[glyphs], probabilities[glyphs])
    told = tell(detections, glyphs, seen, probabilities)
    assert told.shape == (len(boxes), len(SIGNS)) and np.isfinite(told).all()
    return dict(zip(SIGNS, told.T, strict=True))


def page(boxes: list[tuple[int, int, int, int]] = BOXES, **options: int) -> np.ndarray:
    frame = paper()
    for box in boxes:
        ring(frame, box, **options)
    return frame


def test_a_row_of_digits_bears_each_other_out():
    told = told_of(page(), BOXES)
    assert told["row"].tolist() == [2, 3, 3, 3, 2] and (told["column"] == 0).all()
    assert (told["crowd"] == 0).all() and (told["litter"] == 0).all()
    assert np.abs(told["tall"]).max() < 0.05 and np.abs(told["thicker"]).max() < 0.1
    assert (told["beset"] == 0).all()


def test_shapes_that_are_none_are_told_of_those_near_them():
    far = [(580, 410, 620, 470)]
    told = told_of(page([*BOXES, *far]), [BOXES[0], far[0]])
    assert told["strangers"][0] > told["strangers"][1] == 0
    assert (told["crowd"] == np.log1p(4)).all() and (told["share"] == pytest.approx(4 / 6))
    assert told["row"].tolist() == [0, 0]


def test_a_pen_is_told_from_paler_ones_and_its_ground():
    frame = page()
    pale = (100, 350, 140, 410)
    ring(frame, pale, pen=170)
    told = told_of(frame, [*BOXES, pale])
    assert (told["paler"][:5] > told["paler"][5] + 0.5).all()
    grain = np.random.default_rng(0).normal(0, 25, (480, 640, 1)).repeat(3, axis=2)
    rough = np.clip(page() + grain, 0, 255).astype(np.uint8)
    assert told_of(rough, BOXES)["clear"].max() < told["clear"][:5].min()


def test_how_a_1_leans_counts_and_no_other_digit():
    frame = paper()
    cv2.line(frame, (200, 200), (200, 260), (60, 60, 60), 4)
    cv2.line(frame, (320, 200), (300, 260), (60, 60, 60), 4)
    boxes = [(198, 198, 203, 263), (298, 198, 323, 263)]
    straight, slanted = told_of(frame, boxes, digit=1)["leaning"]
    assert straight < 0.05 and slanted == pytest.approx(np.arctan(20 / 60), abs=0.1)
    assert (told_of(frame, boxes, digit=7)["leaning"] == 0).all()


def test_nothing_is_told_of_no_digit():
    assert told_of(page(), [])["sure"].shape == (0,)


def test_trees_ask_their_way_down():
    sign = np.zeros((2, 3), np.int64)
    sign[:, 1:] = 1
    bound = np.array([[0.5, 0.0, 2.0], [10, 10, 10]], np.float32)
    value = np.array([[1, 2, 3, 4], [0.5, 9, 9, 9]], np.float32)
    context = Context(sign, bound, value, bias=-3.0, least=0.5)
    told = np.array([[0.0, -1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 3.0]])
    score = np.array([1, 2, 3, 4]) + 0.5 - 3
    assert context(told) == pytest.approx(1 / (1 + np.exp(-score)))
    assert context(np.zeros((0, 2))).shape == (0,)


def test_the_shipped_trees_ask_for_the_signs_that_are_told():
    context = shipped()
    assert context.sign.min() >= 0 and context.sign.max() < len(SIGNS)
    assert context.sign.shape == context.bound.shape and context.value.shape[1] == context.sign.shape[1] + 1
    assert 0 < context.least < 1

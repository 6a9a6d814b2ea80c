from __future__ import annotations

import numpy as np

from realtime.detections import Detections
from realtime.signs import percent

STROKE, UPPER, LOWER = (110, 100, 150, 180), (100, 102, 124, 128), (136, 152, 160, 180)


def told(*shapes: tuple[int, tuple[int, int, int, int]]) -> list[bool]:
    boxes = np.array([box for _, box in shapes]).reshape(-1, 4)
    said = np.eye(11, dtype=np.float32)[[digit for digit, _ in shapes]].reshape(-1, 11)
    whole = np.ones(len(boxes), bool)
    return percent(Detections.from_probabilities(boxes, said), boxes, said, whole).tolist()


def test_two_rings_at_a_slanted_stroke_are_no_digits() -> None:
    assert told((1, STROKE), (0, UPPER), (0, LOWER), (5, (20, 100, 70, 180))) == [True, True, True, False]


def test_rings_that_lie_otherwise_are_digits() -> None:
    assert not any(told((1, STROKE), (0, UPPER))), "one ring is a sign for degrees, or nothing"
    assert not any(told((1, STROKE), (0, (150, 102, 174, 128)), (0, (100, 152, 124, 180)))), "the other way round"
    assert not any(told((1, (120, 100, 130, 180)), (0, (60, 102, 84, 128)), (0, (170, 152, 194, 180)))), "far from it"
    assert not any(told((1, STROKE), (0, (50, 100, 105, 180)), (0, (155, 100, 210, 180)))), "as high as the 1"
    assert told() == []

import cv2
import numpy as np
import pytest

from realtime.ring import touching


def ring(gap: int = 0) -> np.ndarray:
    """A flat ring, of which `gap` pixels are missing above."""
    crop = np.zeros((120, 140), np.uint8)
    cv2.ellipse(crop, (70, 45), (60, 35), 0, 0, 360, 200, 3)
    if gap:
        crop[:20, 60 : 60 + gap] = 0
    return crop


@pytest.mark.parametrize("gap", [0, 8], ids=["closed", "open"])
def test_a_digit_that_touches_the_ring_from_outside_is_left(gap):
    crop = ring(gap)
    cv2.line(crop, (70, 78), (66, 112), 200, 4)
    ((box, ink),) = touching(crop)
    assert box[1] > 76 and box[3] > 110 and box[2] - box[0] < 14
    assert ink.max() == 200 and ink.shape[0] < 40


def test_a_digit_that_touches_it_from_inside_is_left():
    crop = ring()
    cv2.line(crop, (70, 12), (66, 60), 200, 4)
    ((box, _),) = touching(crop)
    assert box[3] - box[1] > 35 and box[2] - box[0] < 14


def test_what_only_lies_in_the_ring_is_another_piece():
    crop = ring()
    cv2.line(crop, (70, 30), (66, 60), 200, 4)
    assert touching(crop) == []


def test_a_digit_is_no_ring():
    nine = np.zeros((60, 40), np.uint8)
    cv2.circle(nine, (20, 14), 10, 255, 3)
    cv2.line(nine, (30, 14), (26, 56), 255, 3)
    assert touching(nine) == [] or all(box[3] - box[1] < 50 for box, _ in touching(nine))
    assert touching(np.full((40, 30), 255, np.uint8)) == []

from __future__ import annotations

import cv2
import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.layout.decimal_marks import with_marks
from realtime.numbers.number import numbers_of


def ink_of(text: str, scale: float = 1.0) -> tuple[np.ndarray, Detections]:
    """Ink, bright, of boxes for digits, and of the points and commas between them; a space is a wide gap."""
    ink, boxes, x = np.zeros((120, 700), np.uint8), [], 20
    for char in text:
        if char.isdigit():
            cv2.rectangle(ink, (x, 20), (x + 26, 80), 200, 5)
            boxes.append((x - 3, 17, x + 30, 84))
            x += 46
        elif char == " ":
            x += 60
        else:
            cv2.circle(ink, (x - 4, 77), 4, 200, -1)
            if char == ",":
                cv2.line(ink, (x - 4, 77), (x - 8, 96), 200, 4)
            x += 12
    digits = np.array([int(char) for char in text if char.isdigit()])
    probabilities = np.full((len(digits), 11), 0.001, np.float32)
    probabilities[np.arange(len(digits)), digits] = 0.99
    small = cv2.resize(ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small, Detections.from_probabilities(np.array(boxes, np.int32), probabilities)


@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("text", ["3.75", "3,75", "12 3.5 40", "0,5 1.25 7", "471 58"])
def test_points_and_commas_stand_where_they_were_written(text: str, scale: float):
    ink, digits = ink_of(text, scale)
    layout = with_marks(ink, 700, digits, arrange(digits))
    assert layout.lines == [text]
    assert [number.text for number in numbers_of(digits, layout)] == text.split()


def test_a_number_that_a_mark_parts_widely_is_one():
    ink, digits = ink_of("12 34")
    assert arrange(digits).lines == ["12 34"]
    gap = (digits.xyxy[1, 2] + digits.xyxy[2, 0]) // 2
    cv2.circle(ink, (int(gap), 77), 4, 200, -1)
    layout = with_marks(ink, 700, digits, arrange(digits))
    assert layout.lines == ["12.34"] and layout.number.tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("place", [(0.5, 0.5), (0.5, 0.15), (0.5, 1.6)])
def test_specks_elsewhere_are_no_marks(place: tuple[float, float]):
    ink, digits = ink_of("34")
    x = digits.xyxy[0, 2] + place[0] * (digits.xyxy[1, 0] - digits.xyxy[0, 2])
    cv2.circle(ink, (int(x), int(20 + place[1] * 60)), 3, 200, -1)
    assert with_marks(ink, 700, digits, arrange(digits)).lines == ["34"]


def test_nothing_has_no_marks():
    empty = Detections.empty()
    assert with_marks(np.zeros((9, 9), np.uint8), 9, empty, arrange(empty)).lines == []

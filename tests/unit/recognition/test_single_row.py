"""When a picture is read as one row, and whose word counts then."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import CLASSES, Detections
from realtime.recognition.line_reader import Expected, LineReader, LineReading
from realtime.recognition.single_row import reread

INK = np.zeros((60, 200), np.uint8)


class _Saying(LineReader):
    """A reader that says the same of every row."""

    def __init__(self, text: str, confidence: float) -> None:
        n = len(text)
        probabilities = np.eye(CLASSES, dtype=np.float32)[[int(sign) for sign in text]]
        boxes = np.array([[40 * k, 10, 40 * k + 30, 50] for k in range(n)], np.float32).reshape(-1, 4)
        self.reading = LineReading(np.array([int(sign) for sign in text]), probabilities, boxes, confidence)

    def read(self, row: np.ndarray, thorough: bool = True, expected: Expected | None = None) -> LineReading:
        return self.reading


def _found(text: str, confidence: float, tops: tuple[int, ...] | None = None, height: int = 40) -> Detections:
    n = len(text)
    tops = tops or (10,) * n
    boxes = np.array([[40 * k, top, 40 * k + 30, top + height] for k, top in enumerate(tops)], np.int32)
    probabilities = np.full((n, CLASSES), (1 - confidence) / (CLASSES - 1), np.float32)
    digits = np.array([int(sign) for sign in text], np.int64)
    probabilities[np.arange(n), digits] = confidence
    return Detections(boxes.reshape(-1, 4), digits, np.full(n, confidence, np.float32), probabilities)


@pytest.mark.parametrize(
    ("found", "row", "believed"),
    [
        (_found("12", 0.9), _Saying("12", 0.9), False),  # they agree
        (_found("12", 0.9), _Saying("17", 0.9), True),  # 0.9 against 0.9 times 0.9
        (_found("12", 0.99), _Saying("17", 0.9), False),
        (_found("12", 0.99), _Saying("172", 0.5), True),  # what is cut apart wrongly is often sure
        (_found("12", 0.99), _Saying("172", 0.1), False),
        (_found("4", 0.99), _Saying("7", 1.0), False),  # one digit is no row
    ],
)
def test_the_surer_one_is_believed_and_other_cuts_need_less(found: Detections, row: LineReader, believed: bool) -> None:
    assert (reread(INK, 1.0, found, row) is not None) == believed


def test_boxes_come_back_in_pixels_of_the_frame() -> None:
    reading = reread(INK, 0.5, _found("12", 0.5, (20, 20), 80), _Saying("172", 0.9))
    assert reading is not None
    assert reading.xyxy[1].tolist() == [80, 20, 140, 100]


@pytest.mark.parametrize(
    ("ink", "found"),
    [
        (np.zeros((200, 200), np.uint8), _found("12", 0.5)),  # no long picture
        (INK, _found("12", 0.5, (0, 30), 20)),  # two lines
        (np.zeros((300, 900), np.uint8), _found("12", 0.5)),  # small on a large sheet
        (np.zeros((120, 160), np.uint8), _found("", 1.0)),  # a camera that sees no digit
    ],
)
def test_other_pictures_are_no_single_row(ink: np.ndarray, found: Detections) -> None:
    assert reread(ink, 1.0, found, _Saying("172", 1.0)) is None


@pytest.mark.parametrize(
    ("shape", "strip"), [((100, 200), True), ((300, 600), True), ((110, 150), True), ((110, 120), False)]
)
def test_a_picture_that_no_camera_takes_is_a_row_although_no_digit_was_found(
    shape: tuple[int, int], strip: bool
) -> None:
    row = _Saying("172", 0.5)
    assert (reread(np.zeros(shape, np.uint8), 1.0, _found("", 1.0), row) is not None) == strip
    assert (reread(np.zeros(shape, np.uint8), 0.2, _found("", 1.0), row) is not None) == (shape[1] >= 2 * shape[0])

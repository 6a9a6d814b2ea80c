import cv2
import numpy as np
import pytest

from realtime.boxes import turned_back
from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.recognition.classifier import Classifier
from realtime.recognition.orientation import legibility, trace_turned, turned
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import DIGIT, Trace
from training.render.scenes import draw_sheet

ROWS = ["35274", "9625 47"]


@pytest.fixture(scope="module")
def sheet() -> np.ndarray:
    return draw_sheet(np.random.default_rng(3), kind="plain", difficulty=0.1, rows=ROWS).image


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_sheet_is_read_whichever_way_up_it_lies(sheet, quarters):
    codes = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
    frame = cv2.rotate(sheet, codes[quarters]) if quarters else sheet
    trace, found = trace_turned(Recognizer(Classifier()), frame)
    assert found == quarters
    assert arrange(trace.detections).lines == ROWS
    assert np.array_equal(turned(frame, found), sheet)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_two_digits_tell_that_they_lie_on_their_side_but_not_that_they_are_upside_down(quarters):
    sheet = draw_sheet(np.random.default_rng(3), kind="plain", difficulty=0.1, rows=["2", "5"]).image
    frame = np.ascontiguousarray(np.rot90(sheet, quarters))
    assert trace_turned(Recognizer(Classifier()), frame)[1] == (quarters if quarters != 2 else 0)


def page(heights: list[int], digits: list[int]) -> Trace:
    """Digits of these heights that are known for sure."""
    boxes = np.array([[60 * i, 400 - height, 60 * i + 40, 400] for i, height in enumerate(heights)])
    found = Detections.from_probabilities(boxes, np.eye(11, dtype=np.float32)[digits])
    return Trace(np.zeros((1, 1), np.uint8), boxes, np.zeros((0, 28, 28), np.float32), found.probabilities, found)


def test_a_higher_digit_upside_down_counts_no_more():
    assert legibility(page([400, 330, 400], [6, 5, 2]), 400) == legibility(page([400, 390, 400], [9, 5, 2]), 400)
    assert legibility(page([400, 40, 40], [6, 5, 2]), 400) < legibility(page([400, 390, 400], [9, 5, 2]), 400)


def test_an_empty_page_is_not_turned():
    blank = np.full((480, 640, 3), 200, np.uint8)
    trace, found = trace_turned(Recognizer(Classifier()), blank)
    assert found == 0
    assert len(trace.detections) == 0


class TwoWays:
    """Reads a picture as surely as that, and turned in any way as surely as this."""

    def __init__(self, before: float = 0.6, after: float = 0.99, digit: int = 2) -> None:
        self.calls = 0
        self.before, self.after, self.digit = before, after, digit

    def __call__(self, frame: np.ndarray) -> Detections:
        return self.trace(frame).detections

    def trace(self, frame: np.ndarray) -> Trace:
        self.calls += 1
        h, w = frame.shape[:2]
        boxes = np.array([[w // 5 * i + 5, h // 4, w // 5 * (i + 1) - 5, 3 * h // 4] for i in range(5)])
        sure = self.before if self.calls == 1 else self.after
        probabilities = np.full((5, 11), (1 - sure) / 10, np.float32)
        probabilities[:, self.digit] = sure
        found = Detections.from_probabilities(boxes, probabilities)
        ink, crops, fate = np.zeros((h, w), np.uint8), np.zeros((5, 28, 28), np.float32), np.full(5, DIGIT)
        return Trace(ink, boxes, crops, probabilities, found, {}, fate)


def test_a_strip_of_one_row_is_read_as_it_lies():
    assert trace_turned(TwoWays(), np.zeros((100, 400, 3), np.uint8))[1] == 0
    assert trace_turned(TwoWays(), np.zeros((300, 400, 3), np.uint8))[1] != 0


@pytest.mark.parametrize(
    ("before", "after", "quarters"),
    [(0.91, 0.92, 0), (0.91, 0.95, 2), (0.95, 0.975, 0), (0.97, 0.9999, 0), (0.6, 0.915, 0)],
    ids=["twice, but by less than a digit", "both", "a digit, but not a quarter", "sure as it lies", "guesses"],
)
def test_a_sheet_is_turned_where_it_reads_a_quarter_and_a_sure_digit_better(before, after, quarters):
    assert trace_turned(TwoWays(before, after), np.zeros((300, 400, 3), np.uint8))[1] == quarters


def test_rings_do_not_turn_a_sheet():
    assert trace_turned(TwoWays(digit=0), np.zeros((300, 400, 3), np.uint8))[1] == 0


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_boxes_are_turned_back_with_the_frame(quarters):
    frame = np.zeros((40, 70, 3), np.uint8)
    frame[5:12, 50:60] = 255
    picture = turned(frame, quarters)
    x, y, w, h = cv2.boundingRect(picture[..., 0])
    back = turned_back(np.array([[x, y, x + w, y + h]]), picture.shape[1::-1], quarters)
    assert back.tolist() == [[50, 5, 60, 12]]

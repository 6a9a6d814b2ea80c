"""Numbers that fit no form as they were cut are read once more as rows, of the form."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.layout.arrange import arrange
from realtime.numbers.form import parse_form
from realtime.numbers.of_form import of_form
from realtime.recognition.line_picture import STRIDE
from realtime.recognition.line_reader import Expected, LineReader
from realtime.recognition.orientation import trace_turned
from realtime.recognition.rows_of_form import with_form
from realtime.recognition.single_row import reread
from realtime.recognition.trace import DIGIT, UNSURE, Trace
from training.render.handwriting import Hand, coverage, moved, scaled


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader()


def page(text: str, slope: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Ink of a page with a number 50 pixels high, and the boxes of its digits, `(n, 4) int32`."""
    rng = np.random.default_rng(3)
    hand = Hand(rng)
    hand.set_type()
    ink, boxes, x = np.zeros((300, 700), np.uint8), [], 60
    for sign in text:
        mask, _, _ = coverage(scaled(moved(hand.write(sign, rng), 0, 0), 50), 4)
        h, w = mask.shape
        y = round(100 + slope * x)
        ink[y : y + h, x : x + w] = np.maximum(ink[y : y + h, x : x + w], mask)
        boxes.append((x, y, x + w, y + h))
        x += w + 8
    return ink, np.array(boxes, np.int32)


def seen(ink: np.ndarray, boxes: np.ndarray, text: str) -> Trace:
    """A page of which these digits were cut out, surely."""
    said = np.full((len(text), CLASSES), 1e-4, np.float32)
    said[np.arange(len(text)), [int(sign) for sign in text]] = 1 - 1e-3
    found = Detections.from_probabilities(boxes, said)
    n = len(text)
    crops, fate = np.zeros((n, 28, 28), np.float32), np.full(n, DIGIT)
    return Trace(ink, boxes, crops, said, found, {}, fate, likely=found.confidence)


@pytest.mark.parametrize("slope", [0.0, 0.12])
def test_digits_that_were_missed_or_taken_together_are_found(reader, slope):
    ink, boxes = page("4826073", slope)
    together = np.concatenate([boxes[[2], :2], boxes[[3], 2:]], axis=1)
    before = seen(ink, np.concatenate([boxes[[0, 1]], together, boxes[4:]]), "480073")
    trace = with_form(before, parse_form("7"), ink.shape[1], reader)
    assert arrange(trace.detections).lines == ["4826073"]
    order = np.argsort(trace.detections.xyxy[:, 0])
    assert np.abs(trace.detections.xyxy[order] - boxes).max() <= 10
    assert (trace.fate == DIGIT).sum() == 7 and (trace.fate == UNSURE).sum() == 6
    assert len(trace.boxes) == len(trace.crops) == len(trace.probabilities) == len(trace.likely) == len(trace.fate)
    assert trace.crops[-1].max() > 0.9


def test_what_fits_is_not_read_again():
    class Deaf(LineReader):
        def __init__(self) -> None: ...

        def read(self, *_: object, **__: object):
            raise AssertionError

    ink, boxes = page("4826073")
    before = seen(ink, boxes, "4826073")
    assert with_form(before, parse_form("7"), ink.shape[1], Deaf()) is before


def test_a_row_that_holds_no_number_of_the_form_stays(reader):
    ink, boxes = page("482")
    before = seen(ink, boxes, "482")
    trace = with_form(before, parse_form("12"), ink.shape[1], reader)
    assert trace is before
    layout = of_form(trace.detections, arrange(trace.detections), parse_form("12"))[1]
    assert layout.fits is not None and not layout.fits.any()


class Columns(LineReader):
    """Sees these digits in a row, one in each fourth column, each with its probability; else nothing."""

    def __init__(self, *digits: dict[int, float]) -> None:
        self.digits = digits

    def logits(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        columns = picture.shape[1] // STRIDE
        odds = np.full((columns, CLASSES), 1e-9)
        odds[:, NOT_A_DIGIT] = 1
        for k, digit in enumerate(self.digits):
            odds[4 * k + 2, NOT_A_DIGIT] = max(1 - sum(digit.values()), 1e-9)
            for sign, odd in digit.items():
                odds[4 * k + 2, sign] = odd
        return np.log(odds), np.full((columns, 4), 0.2, np.float32)


def test_over_columns_the_likeliest_text_of_a_form_is_read():
    row = np.full((60, 240), 100, np.uint8)
    reader = Columns({7: 0.6, 1: 0.4}, {9: 0.99}, {3: 0.3})
    assert reader.read(row).text == "79"
    reading = reader.read(row, expected=Expected(parse_form("1\\d\\d"), {}))
    assert reading.text == "193" and reading.confidence == pytest.approx(0.4 * 0.99 * 0.3, abs=0.01)
    assert reading.probabilities.argmax(axis=1).tolist() == [1, 9, 3] and reading.xyxy.shape == (3, 4)
    said = {"198": 0.9}
    assert reader.read(row, expected=Expected(parse_form("1\\d\\d"), said)).text == "198"
    assert reader.read(row, expected=Expected(parse_form("60"), {})).text == ""


@pytest.mark.parametrize(
    ("form", "text"),
    [("3", "793"), ("2", None), ("9", None)],  # "2": what was cut apart says the same; "9": nothing is probable
)
def test_a_picture_of_one_row_is_read_as_the_form_says(form, text):
    ink = np.full((60, 240), 100, np.uint8)
    found = seen(ink, np.array([[10, 10, 40, 50], [60, 10, 90, 50]], np.int32), "79").detections
    reading = reread(ink, 1.0, found, Columns({7: 0.9}, {9: 0.9}, {3: 0.3}), parse_form(form))
    assert (None if reading is None else reading.text) == text


def test_a_single_number_of_the_form_is_read_as_it_lies():
    class Both:
        """Reads a picture as it lies, and better upside down."""

        calls = 0

        def trace(self, frame: np.ndarray) -> Trace:
            self.calls += 1
            boxes = np.array([[10 + 40 * k, 10, 40 + 40 * k, 50] for k in range(4)], np.int32)
            trace = seen(np.zeros((60, 100), np.uint8), boxes, "1991")
            if self.calls == 1:
                trace.detections.confidence[:] = 0.6
            return trace

        def __call__(self, frame: np.ndarray) -> Detections:
            return self.trace(frame).detections

    frame = np.zeros((120, 200, 3), np.uint8)
    assert trace_turned(Both(), frame)[1] != 0
    assert trace_turned(Both(), frame, parse_form("4"))[1] == 0


def test_several_numbers_of_the_form_in_one_row_stay_several():
    ink = np.full((60, 400), 100, np.uint8)
    boxes = np.array([[x, 10, x + 30, 50] for x in (10, 50, 200, 240)], np.int32)
    reader = Columns({7: 0.9}, {9: 0.9}, {3: 0.9}, {4: 0.9})
    assert reread(ink, 1.0, seen(ink, boxes, "7934").detections, reader, parse_form("2-4")) is None
    joined = reread(ink, 1.0, seen(ink, boxes[:3], "793").detections, reader, parse_form("4"))
    assert joined is not None and joined.text == "7934"

"""The line reader on rows that our own pen wrote, and its errors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.networks.model_file import ModelError
from realtime.recognition.line_picture import STRIDE
from realtime.recognition.line_reader import DEFAULT_MODEL, LineReader
from training.render.handwriting import Hand, coverage, moved, scaled


@pytest.fixture(scope="module")
def reader() -> LineReader:
    return LineReader()


def _written(text: str, gap: float, seed: int = 0, height: float = 40) -> tuple[np.ndarray, list[tuple[float, float]]]:
    """Digits in one hand, `gap` heights apart: ink `(h, w) uint8` with some paper around, and where each one lies."""
    rng = np.random.default_rng(seed)
    hand = Hand(rng)
    hand.set_type()
    strokes, x, places = [], 0.0, []
    for sign in text:
        digit = hand.write(sign, rng)
        width = max(float(stroke[:, 0].max()) for stroke in digit)
        strokes += moved(digit, x, 0)
        places.append((x * height, (x + width) * height))
        x += width + gap
    mask, left, _ = coverage(scaled(strokes, height), 0.08 * height)
    margin = 10
    ink = np.pad(mask, margin)
    return ink, [(a - left + margin, b - left + margin) for a, b in places]


@pytest.mark.parametrize(
    ("text", "gap"),
    [("0123456789", 0.3), ("90718", 0.3), ("7", 0.3), ("2600", 0.0), ("2600", 0.3), ("90738", 0.0), ("35", 0.0)],
)
def test_digits_are_read_apart_and_touching(reader: LineReader, text: str, gap: float) -> None:
    ink, _ = _written(text, gap)
    assert reader([ink])[0].text == text


def test_boxes_lie_around_the_digits(reader: LineReader) -> None:
    ink, places = _written("40826", 0.25)
    reading = reader([ink])[0]
    assert reading.text == "40826"
    for (left, right), box in zip(places, reading.xyxy, strict=True):
        assert abs(box[0] - left) < 8 and abs(box[2] - right) < 8
        assert box[1] < 0.4 * ink.shape[0] and box[3] > 0.6 * ink.shape[0]


def test_an_empty_row_and_one_far_too_long_hold_nothing(reader: LineReader) -> None:
    readings = reader([np.zeros((60, 200), np.uint8), np.full((2, 500), 200, np.uint8), np.zeros((1, 1), np.uint8)])
    assert [reading.text for reading in readings] == ["", "", ""]
    assert readings[0].probabilities.shape == (0, CLASSES) and readings[0].xyxy.shape == (0, 4)


class Said(LineReader):
    """At first sight it sees a 3, so surely, and at any other look an 8; it counts its looks."""

    def __init__(self, sure: float) -> None:
        self.sure, self.looks = sure, 0

    def logits(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.looks += 1
        columns = picture.shape[1] // STRIDE
        odds = np.full((columns, CLASSES), 1e-9, np.float32)
        odds[:, NOT_A_DIGIT] = 1
        digit, sure = (3, self.sure) if self.looks == 1 else (8, 0.99)
        odds[columns // 2, [digit, NOT_A_DIGIT]] = sure, 1 - sure
        return np.log(odds), np.full((columns, 4), 0.2, np.float32)


@pytest.mark.parametrize(
    ("sure", "thorough", "looks", "text"),
    [(0.6, True, 4, "8"), (0.6, False, 1, "3"), (0.95, True, 1, "3"), (0.95, False, 1, "3")],
)
def test_a_doubtful_row_is_looked_at_again_only_where_that_is_asked_for(sure, thorough, looks, text) -> None:
    reader = Said(sure)
    reading = reader.read(np.full((60, 120), 100, np.uint8), thorough)
    assert (reading.text, reader.looks) == (text, looks)
    assert reading.probabilities.shape == (1, CLASSES) and reading.digit[0] == reading.probabilities[0].argmax()
    assert reading.confidence == pytest.approx(0.99 * 3 / 4 if looks == 4 else sure, abs=0.01)


def test_what_is_no_line_reader_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        LineReader(DEFAULT_MODEL.parent / "digits.tflite")
    (tmp_path / "line.tflite").write_bytes(b"nonsense")
    with pytest.raises(ModelError):
        LineReader(tmp_path / "line.tflite")
    with pytest.raises(ModelError):
        LineReader(tmp_path / "missing.tflite")

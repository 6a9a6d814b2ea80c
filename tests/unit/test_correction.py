"""Digits of one frame are chosen and put right."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from realtime.correction import Correction
from realtime.detections import NOT_A_DIGIT, Detections
from realtime.frame import Frame
from realtime.layout import arrange
from realtime.live.result import FrameResult
from realtime.recognizer import Trace

BOXES = [(20, 20, 40, 60), (70, 20, 74, 60), (120, 20, 140, 60), (20, 100, 40, 140), (70, 100, 90, 140)]
READ = [7, 1, 3, 5, NOT_A_DIGIT]  # the last was turned down


@pytest.fixture
def seen() -> FrameResult:
    """Two rows: 713, and 5 with something that is taken for no digit; the 3 is doubtful."""
    boxes = np.array(BOXES, np.int32)
    probabilities = np.full((5, 11), 0.005, np.float32)
    probabilities[np.arange(5), READ] = [0.95, 0.95, 0.6, 0.95, 0.95]
    digits = Detections.from_probabilities(boxes, probabilities)[:4]
    crops = np.arange(5, dtype=np.float32)[:, None, None] / 5 * np.ones((28, 28), np.float32)
    trace = Trace(np.zeros((9, 9), np.uint8), boxes, crops, probabilities, digits)
    frame = Frame(np.full((200, 200, 3), 230, np.uint8), "a.png", 0, 0.0, still=True)
    layout = arrange(digits)
    return FrameResult(frame, trace, digits, layout, None, layout.lines)


def test_what_is_said_shows_and_is_kept(seen: FrameResult, tmp_path: Path) -> None:
    correction = Correction(seen)
    assert correction.chosen == 2, "the least sure to begin with"
    correction.name(2)
    correction.step("left")
    correction.name(9)
    correction.name(4)
    assert correction.choose(30, 120)
    correction.name(NOT_A_DIGIT)
    assert correction.choose(80, 120), "what was turned down"
    correction.name(6)
    assert correction.result.layout.lines == ["742", "6"]
    assert correction.result.caption == ["742", "6"]
    assert correction.result.detections.confidence[-1] == 1
    assert seen.layout.lines == ["713", "5"], "the frame itself is as it was"

    assert correction.keep(tmp_path) == 4
    with open(tmp_path / "labels.csv", newline="") as file:
        rows = {tuple(int(row[name]) for name in ("x1", "y1", "x2", "y2")): row for row in csv.DictReader(file)}
    assert {box: (row["label"], row["read"]) for box, row in rows.items()} == {
        BOXES[2]: ("2", "3"),
        BOXES[1]: ("4", "1"),
        BOXES[3]: ("x", "5"),
        BOXES[4]: ("6", "10"),
    }
    assert len(list((tmp_path / "crops").iterdir())) == 4 and len(list((tmp_path / "frames").iterdir())) == 1


def test_where_the_keys_lead(seen: FrameResult) -> None:
    correction = Correction(seen)

    def after(*ways: str) -> int:
        for way in ways:
            correction.step(way)
        return correction.chosen

    assert after("right") == 2, "nothing there"
    assert after("left", "left") == 0
    assert after("down") == 3
    assert after("right") == 3, "what was turned down is chosen by a click only"
    assert after("up") == 0
    assert [after("tab") for _ in range(4)] == [1, 2, 3, 0]


@pytest.mark.parametrize(
    ("point", "chosen"),
    [((30, 30), 0), ((72, 30), 1), ((76, 30), 1), ((88, 120), 4), ((180, 180), None)],
    ids=["in it", "thin", "beside a thin one", "turned down", "paper"],
)
def test_what_a_click_chooses(seen: FrameResult, point: tuple[int, int], chosen: int | None) -> None:
    correction = Correction(seen)
    assert correction.choose(*point) == (chosen is not None)
    assert correction.chosen == (2 if chosen is None else chosen)


def test_a_tracked_digit_is_found_in_the_frame_and_one_that_is_covered_is_not(seen: FrameResult) -> None:
    digits = seen.detections
    moved = digits.xyxy + np.array([2, 3, 2, 3], np.int32)
    moved[0] += 400  # no longer to be seen
    held = replace(digits, xyxy=moved, digit=np.array([7, 4, 3, 5]), track=np.arange(4))
    correction = Correction(replace(seen, detections=held, layout=arrange(held)))
    correction.step("tab")
    assert correction.chosen == 3
    correction.step("tab")
    assert correction.chosen == 1, "the first row begins there"
    correction.name(4)
    assert sorted(correction.result.detections.digit.tolist()) == [3, 4, 5, 7]


def test_a_frame_of_what_is_no_digit_can_be_put_right_too(seen: FrameResult) -> None:
    none = Detections.empty()
    assert seen.trace is not None
    trace = replace(seen.trace, detections=none)
    correction = Correction(replace(seen, trace=trace, detections=none, layout=arrange(none)))
    correction.step("tab")
    correction.step("up")
    correction.name(8)
    assert correction.result.layout.lines == ["8"]

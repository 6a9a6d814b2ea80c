"""Digits of one frame are chosen and put right."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from page import ink_of, seen_alone

from realtime.detections import NOT_A_DIGIT, Detections
from realtime.glyphs.normalize import normalize
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import read_digits, remove_digits
from realtime.sources.frame import Frame
from realtime.window.correction import Correction

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

    assert len(correction.keep(tmp_path) or ()) == 4
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

    def after(*ways: str) -> int | None:
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
    assert correction.chosen == chosen, "a click on nothing leaves nothing chosen"


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
    assert correction.chosen is None and not correction.name(8), "there is nothing that the keys could mean"
    assert correction.choose(80, 120)
    correction.name(8)
    assert correction.result.layout.lines == ["8"]


def test_what_is_typed_after_a_click_on_paper_labels_nothing(seen: FrameResult, tmp_path: Path) -> None:
    correction = Correction(seen)
    correction.choose(30, 30)
    assert not correction.choose(180, 180)
    assert correction.box is None and not correction.name(4)
    assert correction.labels == {} and correction.keep(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    correction.step("left")
    assert correction.chosen == 0, "the keys begin with the first digit"


def test_labels_are_taken_back_one_by_one(seen: FrameResult) -> None:
    correction = Correction(seen)
    correction.name(2)
    correction.choose(30, 30)
    correction.name(9)
    correction.name(4)
    correction.choose(180, 180)
    after = []
    while correction.undo():
        after.append((correction.labels, correction.chosen))
    assert after == [({2: 2, 0: 9}, 0), ({2: 2}, 0), ({}, 2)], "each brings back what was chosen"
    assert correction.result is seen


def test_a_copy_goes_its_own_way(seen: FrameResult) -> None:
    correction = Correction(seen)
    correction.name(2)
    other = correction.copy()
    assert other.says_the_same_as(correction)
    other.name(5)
    assert correction.labels == {2: 2} and other.labels == {2: 5} and not other.says_the_same_as(correction)
    assert other.undo() and other.says_the_same_as(correction)


def drawn(*strokes: tuple[int, int, int, int], level: int = 40) -> np.ndarray:
    """A picture, `(200, 200, 3) uint8`, of paper with straight strokes, each from x1, y1 to x2, y2."""
    image = np.full((200, 200, 3), 220, np.uint8)
    for x1, y1, x2, y2 in strokes:
        cv2.line(image, (x1, y1), (x2, y2), (level,) * 3, 5, cv2.LINE_AA)
    return image


def empty(image: np.ndarray) -> FrameResult:
    """A picture in which nothing was read, and of which the recogniser saw the ink alone."""
    digits = Detections.empty()
    boxes, crops = np.zeros((0, 4), np.int32), np.zeros((0, 28, 28), np.float32)
    trace = Trace(ink_of(image), boxes, crops, digits.probabilities, digits)
    frame = Frame(image, "a.png", 0, 0.0, still=True)
    return FrameResult(frame, trace, digits, arrange(digits))


def test_a_box_adds_what_was_missed_and_is_taken_back_again(tmp_path: Path) -> None:
    image = drawn((60, 50, 60, 110), (120, 50, 120, 110))
    correction = Correction(empty(image))
    assert correction.chosen is None and correction.add_box(np.array([45, 40, 80, 120]))
    assert correction.box is not None
    np.testing.assert_allclose(correction.box, [57, 47, 63, 113], atol=2)
    correction.name(1)
    assert correction.add_box(np.array([105, 40, 140, 120])) and correction.name(7)
    assert correction.result.layout.lines == ["17"]
    assert correction.undo() and correction.undo() and len(correction.marks) == 1
    assert correction.result.layout.lines == ["1"] and correction.chosen == 0
    added = correction.keep(tmp_path)
    with open(tmp_path / "labels.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["label"], row["read"], row["confidence"]) == ("1", "10", "0.000")
    assert [int(row[name]) for name in ("x1", "y1", "x2", "y2")] == correction.box.tolist()
    images, labels = read_digits(tmp_path)
    strokes = seen_alone(image)
    stroke = np.flatnonzero(strokes.xyxy[:, 0] < 100)[0]  # two thresholds find it; the first is that of a box
    np.testing.assert_allclose(images[0] / 255, normalize([strokes.crops[stroke]])[0], atol=0.002)
    assert labels.tolist() == [1] and (cv2.imread(str(tmp_path / row["frame"])) == image).all()
    assert added is not None and remove_digits(tmp_path, added) == 1


def test_a_box_around_a_digit_that_was_read_chooses_it() -> None:
    image = drawn((60, 50, 60, 110))
    before = empty(image)
    strokes = seen_alone(image)
    boxes, crops = strokes.xyxy[:1], normalize(strokes.crops[:1])
    probabilities = np.eye(11, dtype=np.float32)[[7]]
    digits = Detections.from_probabilities(boxes, probabilities)
    assert before.trace is not None
    trace = Trace(before.trace.ink, boxes, crops, probabilities, digits)
    correction = Correction(replace(before, trace=trace, detections=digits, layout=arrange(digits)))
    correction.choose(190, 190)
    assert correction.add_box(np.array([40, 30, 80, 130])) and correction.chosen == 0
    correction.name(1)
    assert correction.result.layout.lines == ["1"] and not correction.rest.layout.lines


def test_boxes_take_the_place_of_digits_that_were_cut_otherwise(seen: FrameResult) -> None:
    image = drawn((30, 20, 30, 60), (72, 20, 72, 60), (30, 40, 72, 40))
    trace = seen.trace
    assert trace is not None
    there = replace(seen, frame=replace(seen.frame, image=image), trace=replace(trace, ink=ink_of(image)))
    correction = Correction(there)
    assert correction.add_box(np.array([10, 10, 90, 70]))
    correction.name(4)
    assert correction.result.layout.lines == ["43", "5"], "7 and 1 were one 4"


def test_a_box_without_ink_adds_nothing() -> None:
    correction = Correction(empty(drawn((60, 50, 60, 110))))
    for box in ([120, 120, 180, 180], [-90, -90, -10, -10], [300, 300, 400, 400], [61, 20, 61, 40]):
        assert not correction.add_box(np.array(box)) and correction.chosen is None
    assert not correction.undo()


def test_a_number_of_as_many_digits_is_put_right_digit_by_digit(seen: FrameResult, tmp_path: Path) -> None:
    correction = Correction(seen)
    correction.choose(30, 30)
    assert correction.number == "713"
    correction.name_number("743")
    assert correction.labels == {1: 4}, "only what differs was wrong"
    assert correction.number == "743" and correction.result.layout.lines == ["743", "5"]
    correction.name_number("793")
    assert correction.result.layout.lines == ["793", "5"] and len(correction.keep(tmp_path) or ()) == 1
    assert correction.undo() and correction.undo() and not correction.undo() and correction.number == "713"


def test_of_a_number_of_another_length_nothing_is_kept_to_learn_from(seen: FrameResult, tmp_path: Path) -> None:
    correction = Correction(seen)
    correction.name(2)
    correction.name_number("71325")
    assert correction.labels == {} and correction.said == 1 and correction.keep(tmp_path) is None
    assert correction.number == "71325" and correction.with_number("7_").layout.lines == ["7_", "5"]
    result = correction.result
    assert result.layout.lines == result.caption == ["71325", "5"]
    assert result.detections.digit.tolist() == [5] and result.layout.order.tolist() == [0]
    record = result.record
    assert record["lines"] == ["71325", "5"] and [digit["digit"] for digit in record["digits"]] == [5]
    assert record["numbers"][0] == {
        "text": "71325", "confidence": 1.0, "xyxy": [20, 20, 140, 60], "line": 0, "number": 0, "corrected": True
    }  # fmt: skip
    assert record["numbers"][1]["text"] == "5" and record["numbers"][1]["line"] == 1

    correction.choose(30, 120)
    correction.name_number("")
    assert correction.result.layout.lines == ["71325", ""] and correction.result.record["numbers"][1:] == []
    correction.choose(72, 30)
    correction.name(4)
    assert correction.result.layout.lines == ["743", ""], (
        "what is said of one of its digits takes the place of the text"
    )
    assert correction.undo() and correction.result.layout.lines == ["71325", ""]
    correction.name_number("723")
    assert correction.labels == {1: 2} and correction.result.layout.lines == ["723", ""]


def test_a_glyph_that_is_no_digit_has_no_number(seen: FrameResult) -> None:
    correction = Correction(seen)
    correction.choose(80, 120)
    assert correction.number is None
    correction.name(6)
    assert correction.number == "56"


def test_a_number_with_a_digit_that_the_frame_does_not_show_is_known_as_a_whole_only(seen: FrameResult) -> None:
    digits = seen.detections
    moved = digits.xyxy.copy()
    moved[1] += [18, 0, 18, 0]
    held = replace(digits, xyxy=moved, track=np.arange(4))
    correction = Correction(replace(seen, detections=held, layout=arrange(held)))
    correction.choose(30, 30)
    correction.name_number("743")
    assert correction.labels == {} and correction.result.layout.lines == ["743", "5"]

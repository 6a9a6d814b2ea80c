"""A part of each picture is read, and told in pixels of the whole."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.live.part import cut_out, in_whole
from realtime.live.pipeline import EveryFrame
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame
from realtime.sources.region import RegionError, parse_region


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("10,20,30,40", (10, 20, 40, 60)),
        ("10, 20, 3000, 40", (10, 20, 200, 60)),
        ("50%,0,50%,100%", (100, 0, 200, 100)),
        ("12.5%,20,1,10%", (25, 20, 26, 30)),
        ("200,0,10,10", None),
        ("0,0,0.2,0.2", None),
    ],
)
def test_the_box_of_a_region(text, box):
    assert parse_region(text).box((200, 100)) == box


@pytest.mark.parametrize("text", ["", "1,2,3", "1,2,3,4,5", "1,2,0,4", "-1,0,5,5", "1,2,3,x", "101%,0,5,5", "1;2;3;4"])
def test_what_is_no_region_is_refused(text):
    with pytest.raises(RegionError) as refused:
        parse_region(text)
    assert "\n" not in str(refused.value)


def test_a_region_reads_as_it_was_given():
    assert str(parse_region("10, 5%, 30, 12.5%")) == "10,5%,30,12.5%"


class Corner:
    """Sees a digit in the upper left corner of whatever it is shown, 10 wide and 20 high, with ink at half size."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def trace(self, frame: np.ndarray) -> Trace:
        self.shapes.append(frame.shape)
        boxes = np.array([[0, 0, 10, 20]], np.int32)
        said = np.eye(11, dtype=np.float32)[[7]]
        ink = np.zeros((frame.shape[0] // 2, frame.shape[1] // 2), np.uint8)
        ink[0, 0] = 255
        found = Detections.from_probabilities(boxes, said)
        return Trace(ink, boxes, np.zeros((1, 28, 28), np.float32), said, found, {}, np.zeros(1, np.int64))

    def __call__(self, frame: np.ndarray) -> Detections:
        return self.trace(frame).detections


def test_boxes_and_ink_are_those_of_the_whole_picture():
    recognizer = Corner()
    frame = Frame(np.zeros((100, 200, 3), np.uint8), "a.png", 0, 0.0, still=True)
    result = EveryFrame(recognizer, turn=False, region=parse_region("40,20,80,60"))(frame)
    assert recognizer.shapes == [(60, 80, 3)]
    assert result.boxes.tolist() == [[40, 20, 50, 40]] and result.frame.image.shape == (100, 200, 3)
    assert result.trace is not None and result.trace.boxes.tolist() == [[40, 20, 50, 40]]
    assert result.trace.ink.shape == (50, 100) and np.argwhere(result.trace.ink).tolist() == [[10, 20]]


@pytest.mark.parametrize(
    ("quarters", "box"), [(0, [40, 20, 50, 40]), (1, [20, 40, 30, 60]), (2, [80, 20, 90, 40]), (3, [20, 80, 30, 100])]
)
def test_the_part_of_a_picture_that_was_turned_to_be_read(quarters, box):
    part = cut_out(np.zeros((100, 200, 3), np.uint8), (40, 20, 120, 80))
    turned_part = np.rot90(part, -quarters)
    trace = in_whole(Corner().trace(turned_part), (40, 20, 120, 80), (200, 100), quarters)
    assert trace.detections.xyxy.tolist() == [box]


def test_a_region_outside_of_the_picture_is_said():
    frame = Frame(np.zeros((100, 200, 3), np.uint8), "a.png", 0, 0.0, still=True)
    result = EveryFrame(Corner(), region=parse_region("300,0,10,10"))(frame)
    assert result.trace is None and result.frame.note == "a.png: the region holds no pixel of 200x100"

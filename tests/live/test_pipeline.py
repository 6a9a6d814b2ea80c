from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
from fake_program import FakeClassifier, sheet

from realtime.live.pipeline import EveryFrame, NewestFrame
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame
from realtime.sources.region import parse_region

SHEET = sheet("717", "71")


class SlowWorker:
    """Stands in for `Worker`: what it was given is known after so many polls, the first frame when it is waited for.

    Attributes:
        given: frames that it has read.
    """

    def __init__(self, polls: int, milliseconds: float) -> None:
        self._recognizer = Recognizer(FakeClassifier())
        self._polls, self._milliseconds = polls, milliseconds
        self._left = 0
        self._frame: np.ndarray | None = None
        self.given: list[np.ndarray] = []

    @property
    def busy(self) -> bool:
        return self._frame is not None

    def begin(self, frame: np.ndarray) -> None:
        assert self._frame is None
        self.given.append(frame)
        self._frame, self._left = frame, self._polls

    def poll(self, seconds: float | None = 0) -> Trace | None:
        assert self._frame is not None
        self._left -= 1
        if seconds == 0 and self._left > 0:
            return None
        trace = self._recognizer.trace(self._frame)
        self._frame = None
        trace.milliseconds.clear()
        trace.milliseconds["classify"] = self._milliseconds
        return trace


def slid(x: float) -> np.ndarray:
    way = np.array([[1.0, 0, x], [0, 1, 0]])
    return cv2.warpAffine(SHEET, way, SHEET.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def frames(count: int, pace: float = 2.0) -> list[Frame]:
    """A sheet that slides to the right by so many pixels a frame."""
    return [Frame(slid(pace * i), "camera 0", i, i / 30, still=False, captured=time.monotonic()) for i in range(count)]


def following(polls: int, milliseconds: float = 100) -> tuple[NewestFrame, SlowWorker]:
    worker: Any = SlowWorker(polls, milliseconds)
    return NewestFrame(worker), worker


def test_each_frame_has_its_digits_in_place_however_few_are_read():
    pipeline, worker = following(polls=5)
    result = [pipeline(frame) for frame in frames(40)]
    assert 8 <= len(worker.given) <= 12
    shown = [one for one in result if len(one.detections) == 5]
    assert len(shown) >= 30 and result[-1].layout.lines == ["717", "71"]
    for one in shown:
        left = one.detections.xyxy[:, 0].min()
        assert abs(left - (100 + 2 * one.frame.index)) <= 6


def test_what_is_shown_says_which_frame_was_read():
    pipeline, worker = following(polls=4)
    for frame in frames(20):
        result = pipeline(frame)
        read = result.as_read
        assert result.read is not None and read.trace is result.trace is not None
        assert result.record["read"] == read.frame.index and result.record["frame"] == frame.index
        assert read.frame.index <= frame.index and any(read.frame.image is given for given in worker.given)
        assert (read.caption, read.settled) == (result.caption, result.settled)
    left = read.detections.xyxy[:, 0].min()
    assert abs(left - (100 + 2 * read.frame.index)) <= 6, "its digits are where they stood in it"


def test_a_reading_is_told_once():
    pipeline, _ = following(polls=3)
    told = [result.reading.lines for frame in frames(90, pace=0) if (result := pipeline(frame)).reading is not None]
    assert told == [["717", "71"]]


def test_stages_are_told_for_frames_that_were_read():
    pipeline, worker = following(polls=4)
    stages = [pipeline(frame).milliseconds for frame in frames(20)]
    assert sum("classify" in names for names in stages) in (len(worker.given) - 1, len(worker.given))
    assert all("follow" in names for names in stages)


def test_what_was_being_read_when_all_began_anew_does_not_count():
    pipeline, worker = following(polls=6)
    for frame in frames(20, pace=0):
        result = pipeline(frame)
    assert worker.busy and len(result.detections) == 5
    pipeline.region = parse_region("0,160,640,200")
    pipeline.restart()
    after = [pipeline(frame) for frame in frames(60, pace=0)]
    assert not len(after[0].detections) and after[0].trace is None
    assert {tuple(one.layout.lines) for one in after if one.layout.lines} == {("71",)}, "the lower row alone"


def test_a_quick_recogniser_reads_every_frame():
    pipeline, worker = following(polls=2, milliseconds=5)
    for frame in frames(10):
        result = pipeline(frame)
        assert result.as_read.frame is frame
    assert len(worker.given) == 10


def test_in_turn_each_source_begins_anew():
    pipeline = EveryFrame(Recognizer(FakeClassifier()))
    for name in ("a.mp4", "b.mp4"):
        for i in range(10):
            result = pipeline(Frame(SHEET, name, i, i / 30, still=False))
        assert result.layout.lines == ["717", "71"] and result.as_read is result
        assert sorted(result.detections.track) == [0, 1, 2, 3, 4]
    photo = pipeline(Frame(SHEET, "c.png", 0, 0.0, still=True))
    assert photo.reading is not None and photo.reading.lines == ["717", "71"]

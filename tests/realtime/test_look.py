from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
from fake_program import FakeClassifier, sheet

from realtime.frame import Frame
from realtime.look import Following, InTurn
from realtime.recognizer import Recognizer, Trace

SHEET = sheet("717", "71")


class SlowApart:
    """Stands in for `Apart`: what it was given is known after so many polls, the first frame when it is waited for.

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


def following(polls: int, milliseconds: float = 100) -> tuple[Following, SlowApart]:
    apart: Any = SlowApart(polls, milliseconds)
    return Following(apart), apart


def test_each_frame_has_its_digits_in_place_however_few_are_read():
    look, apart = following(polls=5)
    seen = [look(frame) for frame in frames(40)]
    assert 8 <= len(apart.given) <= 12
    shown = [one for one in seen if len(one.detections) == 5]
    assert len(shown) >= 30 and seen[-1].layout.lines == ["717", "71"]
    for one in shown:
        left = one.detections.xyxy[:, 0].min()
        assert abs(left - (100 + 2 * one.frame.index)) <= 6


def test_what_is_shown_says_which_frame_was_read():
    look, apart = following(polls=4)
    for frame in frames(20):
        seen = look(frame)
        read = seen.as_read
        assert seen.read is not None and read.trace is seen.trace is not None
        assert seen.record["read"] == read.frame.index and seen.record["frame"] == frame.index
        assert read.frame.index <= frame.index and any(read.frame.image is given for given in apart.given)
        assert (read.caption, read.settled) == (seen.caption, seen.settled)
    left = read.detections.xyxy[:, 0].min()
    assert abs(left - (100 + 2 * read.frame.index)) <= 6, "its digits are where they stood in it"


def test_a_reading_is_told_once():
    look, _ = following(polls=3)
    told = [seen.reading.lines for frame in frames(90, pace=0) if (seen := look(frame)).reading is not None]
    assert told == [["717", "71"]]


def test_stages_are_told_for_frames_that_were_read():
    look, apart = following(polls=4)
    stages = [look(frame).milliseconds for frame in frames(20)]
    assert sum("classify" in names for names in stages) in (len(apart.given) - 1, len(apart.given))
    assert all("follow" in names for names in stages)


def test_a_quick_recogniser_reads_every_frame():
    look, apart = following(polls=2, milliseconds=5)
    for frame in frames(10):
        seen = look(frame)
        assert seen.as_read.frame is frame
    assert len(apart.given) == 10


def test_in_turn_each_source_begins_anew():
    look = InTurn(Recognizer(FakeClassifier()))
    for name in ("a.mp4", "b.mp4"):
        for i in range(10):
            seen = look(Frame(SHEET, name, i, i / 30, still=False))
        assert seen.layout.lines == ["717", "71"] and seen.as_read is seen
        assert sorted(seen.detections.track) == [0, 1, 2, 3, 4]
    photo = look(Frame(SHEET, "c.png", 0, 0.0, still=True))
    assert photo.reading is not None and photo.reading.lines == ["717", "71"]

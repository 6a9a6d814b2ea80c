"""Keys and the mouse ask for what can be had, and are told why where it cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from plugged_in import PluggedIn

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.recognition.trace import Trace
from realtime.sources.cameras import Cameras
from realtime.sources.files import FileSource
from realtime.sources.frame import Frame
from realtime.sources.region import Region, parse_region
from realtime.window.controls import Controls
from realtime.window.corrector import Corrector
from realtime.window.events import Press, Slide, Stroke, Wheel
from realtime.window.message import Message
from realtime.window.playback import Jump, Playback
from realtime.window.recorder import Recorder
from realtime.window.shown import Shown
from realtime.window.zoom import Zoom

BOXES = np.array([(20, 20, 40, 60), (60, 20, 80, 60)], np.int32)


def read(index: int = 0) -> FrameResult:
    """A frame of a video with two digits."""
    probabilities = np.full((2, 11), 0.005, np.float32)
    probabilities[[0, 1], [7, 1]] = 0.95
    digits = Detections.from_probabilities(BOXES, probabilities)
    trace = Trace(np.zeros((100, 160), np.uint8), BOXES, np.ones((2, 28, 28), np.float32), probabilities, digits)
    frame = Frame(np.full((100, 160, 3), 220, np.uint8), "a.mp4", index, index / 30, still=False)
    layout = arrange(digits)
    return FrameResult(frame, trace, digits, layout, caption=layout.lines)


class Desk:
    """The controls of a window that shows a paused video of 600 frames."""

    def __init__(self, folder: Path) -> None:
        self.message = Message(3600)
        self.playback, self.zoom = Playback(wait=True), Zoom()
        self.playback.total, self.playback.why_not = 600, ""
        self.recorder = Recorder(str(folder / "runs"), self.message.say)
        self.corrector = Corrector(folder / "mine", self.message.say)
        self.controls = Controls(self.playback, Shown(), self.zoom, self.recorder, self.corrector, self.message)
        self.controls.why_whole = self.controls.why_one = ""
        self.result = read(60)
        self.playback.show(self.result)
        self.playback.paused = True

    def types(self, *keys: str) -> str:
        """Press keys; what the window says then."""
        for key in keys:
            self.controls.obey(Press(key, self.corrector.on_show(self.result), True))
        return self.message.text


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_jump_leaves_no_correction_behind_that_was_typed(desk: Desk) -> None:
    desk.types("c", "4")
    desk.controls.obey(Slide(0.5, True))
    assert desk.playback.take_jump() is None and "first keep" in desk.message.text
    desk.types("esc", "c")
    desk.controls.obey(Slide(0.5, True))
    jump = desk.playback.take_jump()
    assert jump is not None and jump.place == 299 and desk.corrector.correction is None


def test_why_there_is_no_jump_is_said(desk: Desk) -> None:
    desk.playback.why_not = "no, because"
    assert desk.types("f") == "no, because" and desk.playback.take_jump() is None
    assert "no earlier picture" in desk.types(",")


def test_a_recording_ends_at_a_jump(desk: Desk) -> None:
    pytest.importorskip("av")
    desk.types("r")
    assert desk.recorder.recording
    desk.types("b")
    assert not desk.recorder.recording and len(desk.recorder.saved) == 1


def test_why_the_camera_or_the_whole_picture_stays_is_said(desk: Desk) -> None:
    desk.controls.why_one, desk.controls.why_whole = "one", "whole"
    assert desk.types("k") == "one" and desk.types("x") == "whole" and desk.controls.choosing is None


def test_only_a_part_is_read_and_then_all_of_it_again(desk: Desk) -> None:
    desk.types("x")
    stroke = Stroke(((10.0, 5.0), (60.0, 95.0)), True, desk.result)
    desk.controls.obey(replace(stroke, drag=False))
    assert desk.controls.choosing is not None, "a click is no rectangle"
    desk.controls.obey(replace(stroke, points=((10.0, 5.0), (12.0, 95.0))))
    assert desk.message.text == "too small" and desk.controls.region is None
    desk.controls.obey(stroke)
    assert desk.controls.region == parse_region("10,5,50,90") and "--region 10,5,50,90" in desk.message.text
    assert desk.playback.take_jump() == Jump(0, 0), "the frame on show, the first here, is read once more"
    desk.types("x")
    assert desk.controls.region is None and desk.corrector.correction is None


@pytest.mark.parametrize(("system", "zooms"), [("QT", False), ("GTK3", True), ("WIN32", True), ("COCOA", True)])
def test_the_wheel_zooms_where_the_window_system_leaves_it_to_us(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, system: str, zooms: bool
) -> None:
    monkeypatch.setattr(cv2, "currentUIFramework", lambda: system)
    desk.controls.obey(Wheel(2, (0.5, 0.5)))
    assert desk.zoom.zoomed == zooms and ("+ and - zoom" in desk.message.text) != zooms


def test_a_number_is_edited_with_one_key(desk: Desk) -> None:
    desk.types("e", "4", "q", "1")
    assert desk.corrector.typing == "41" and not desk.controls.quit, "no key but digits means anything then"
    desk.types("enter", "enter")
    assert desk.corrector.on_show(desk.result).layout.lines == ["41"]


def test_the_picture_follows_the_chosen_digit(desk: Desk) -> None:
    desk.types("c", *("+",) * 6)
    before = desk.zoom.part
    desk.types("tab")
    assert desk.zoom.part.factor == before.factor and desk.zoom.part.x != before.x


class Restarts:
    """A pipeline that only counts how often it begins anew."""

    region: Region | None = None

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, frame: Frame) -> FrameResult:
        return FrameResult.unread(frame)

    def restart(self) -> None:
        self.count += 1


def test_what_was_asked_for_is_carried_out_between_two_frames(desk: Desk) -> None:
    pipeline = Restarts()
    plugged_in = PluggedIn({0: "Lid", 1: "Desk"})
    with Cameras(0, plugged_in.connect, names=plugged_in.tell) as cameras:
        assert desk.controls.carry_out(cameras, pipeline) == 0 and pipeline.count == 0
        assert "next camera" in desk.types("k") and not desk.playback.paused, "its picture is wanted"
        desk.controls.carry_out(cameras, pipeline)
        assert cameras.name == "camera 1" and pipeline.count == 1 and desk.message.text == "camera 1, Desk: 65x48"
        desk.controls.carry_out(cameras, pipeline)
        assert cameras.name == "camera 1" and pipeline.count == 1, "once"
        desk.controls.region = parse_region("0,0,9,9")
        desk.controls.carry_out(cameras, pipeline)
        assert pipeline.region == desk.controls.region and pipeline.count == 2


def test_the_source_is_sent_to_the_place_that_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    pipeline = Restarts()
    photos = [str(tmp_path / f"{i}.png") for i in range(9)]
    for photo in photos:
        cv2.imwrite(photo, np.zeros((8, 8, 3), np.uint8))
    with FileSource(photos, many=True) as source:
        next(source)
        desk.playback.total = source.total
        desk.playback.jump(7)
        assert desk.controls.carry_out(source, pipeline) == 7, "a paused video needs some frames before"
        assert next(source).source == photos[0] and pipeline.count == 1
        desk.playback.jump(7, passing=True)
        assert desk.controls.carry_out(source, pipeline) == 0 and next(source).source == photos[7]

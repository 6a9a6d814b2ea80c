"""Keys and the mouse become inputs, in order, each with the frame that was on show."""

from __future__ import annotations

import threading
from collections.abc import Callable

import cv2
import numpy as np
import pytest

from realtime.live.result import FrameResult
from realtime.sources.frame import Frame
from realtime.window.events import Pan, Place, Press, Slide, Stroke, Wheel
from realtime.window.inputs import Inputs

HELD = cv2.EVENT_FLAG_LBUTTON


def frame(name: str) -> FrameResult:
    return FrameResult.unread(Frame(np.zeros((48, 64, 3), np.uint8), name, 0, 0.0, still=True))


class Desk:
    """An `Inputs` with a keyboard and a mouse before it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inputs = Inputs()
        self._code = -1
        self.mouse: Callable[..., None] = lambda *_: None
        monkeypatch.setattr(cv2, "setMouseCallback", lambda _, callback: setattr(self, "mouse", callback))
        self.wait: Callable[[int], int] = lambda _: self._code
        monkeypatch.setattr(cv2, "waitKeyEx", lambda milliseconds: self.wait(milliseconds))
        self.inputs.open("digits")

    def key(self, code: int) -> None:
        self._code = code
        self.inputs.pump(1)
        self._code = -1

    def press(self, x: int, y: int) -> None:
        self.mouse(cv2.EVENT_LBUTTONDOWN, x, y, HELD, None)

    def move(self, x: int, y: int, flags: int = HELD) -> None:
        self.mouse(cv2.EVENT_MOUSEMOVE, x, y, flags, None)

    def release(self, x: int, y: int) -> None:
        self.mouse(cv2.EVENT_LBUTTONUP, x, y, 0, None)

    def stroke(self) -> Stroke:
        did = self.inputs.next()
        assert isinstance(did, Stroke)
        return did


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(monkeypatch)


def test_all_come_in_order_with_what_was_on_show(desk: Desk) -> None:
    first, second = frame("first"), frame("second")
    desk.key(ord("h"))
    assert desk.inputs.next() is None, "before there is a picture no key can mean one"
    desk.inputs.show(first, Place(0, 0, 1), marked=False)
    desk.key(ord("h"))
    desk.press(3, 4)
    desk.release(3, 4)
    desk.inputs.show(second, Place(0, 0, 1), marked=True)
    desk.key(ord("D"))
    desk.inputs.pump(1)
    did = [desk.inputs.next() for _ in range(4)]
    assert [press.key for press in did if isinstance(press, Press)] == ["h", "d"]
    assert [press.marked for press in did if isinstance(press, Press)] == [False, True]
    assert isinstance(did[1], Stroke) and did[3] is None
    assert [one.shown for one in did if isinstance(one, (Press, Stroke))] == [first, first, second]


def test_a_drag_is_a_box_in_pixels_of_the_frame_it_began_on(desk: Desk) -> None:
    first = frame("first")
    desk.inputs.show(first, Place(10, 20, 2), marked=False)
    desk.press(110, 60)
    assert desk.inputs.stroke is not None and not desk.inputs.stroke.drag
    desk.move(90, 80)
    desk.inputs.show(frame("second"), Place(0, 0, 1), marked=False)
    assert desk.inputs.stroke.box.tolist() == [40, 20, 50, 30]
    assert desk.inputs.next() is None, "it is not over"
    desk.release(70, 120)
    did = desk.stroke()
    assert did.drag and did.shown is first and did.box.tolist() == [30, 20, 50, 50]
    assert desk.inputs.stroke is None


def test_inputs_come_in_while_something_else_is_done(desk: Desk) -> None:
    assert desk.inputs.during(lambda: 5) == 5, "before there is a window nobody waits for it"
    desk.inputs.show(frame("first"), Place(0, 0, 1), marked=False)
    taken = threading.Event()
    codes = iter([-1, ord("h"), ord("d")])

    def wait(_: int) -> int:
        code = next(codes, None)
        if code is None:
            taken.set()
        return -1 if code is None else code

    desk.wait = wait
    assert desk.inputs.during(lambda: taken.wait(60))
    assert [press.key for press in (desk.inputs.next(), desk.inputs.next()) if isinstance(press, Press)] == ["h", "d"]

    def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        desk.inputs.during(fail)


def test_a_hand_that_shakes_clicks(desk: Desk) -> None:
    desk.inputs.show(frame("first"), Place(0, 0, 1), marked=False)
    desk.press(10, 10)
    desk.move(13, 8)
    desk.release(12, 9)
    did = desk.stroke()
    assert not did.drag and did.points[0] == (10, 10)


def test_a_release_that_was_not_seen_ends_the_drag_where_the_mouse_was(desk: Desk) -> None:
    desk.inputs.show(frame("first"), Place(0, 0, 1), marked=False)
    desk.move(5, 5)
    desk.press(10, 10)
    desk.move(60, 40)
    desk.move(200, 200, flags=0)
    assert desk.stroke().box.tolist() == [10, 10, 60, 40] and desk.inputs.next() is None
    desk.release(1, 1)
    assert desk.inputs.next() is None


def test_a_drag_along_the_time_line_is_no_box(desk: Desk) -> None:
    desk.inputs.show(frame("first"), Place(0, 0, 1, (10, 110, 480, 500)), marked=False)
    desk.press(60, 490)
    assert desk.inputs.sliding and desk.inputs.stroke is None
    assert desk.inputs.next() == Slide(0.5, False)
    for x in (70, 80, 200):
        desk.move(x, 300)
    assert desk.inputs.next() == Slide(1.0, False) and desk.inputs.next() is None, "only the last place counts"
    desk.move(35, 490)
    desk.release(35, 490)
    assert desk.inputs.next() == Slide(0.25, True) and not desk.inputs.sliding
    desk.press(60, 470)
    assert not desk.inputs.sliding and desk.inputs.stroke is not None, "above the line"


def test_the_wheel_and_a_pull_are_told_in_shares_of_the_frame(desk: Desk) -> None:
    place = Place(100, 0, 2, None, (100, 0, 228, 96), (64, 48))
    desk.inputs.show(frame("first"), place, marked=False)
    desk.mouse(cv2.EVENT_MOUSEWHEEL, 164, 24, -120 << 16, None)
    desk.mouse(cv2.EVENT_MOUSEWHEEL, 300, 24, 120 << 16, None)
    assert desk.inputs.next() == Wheel(-1, (0.5, 0.25)) and desk.inputs.next() is None, "beside the picture it is none"
    desk.mouse(cv2.EVENT_RBUTTONDOWN, 164, 24, cv2.EVENT_FLAG_RBUTTON, None)
    for x in (180, 196):
        desk.move(x, 24, cv2.EVENT_FLAG_RBUTTON)
    assert desk.inputs.next() == Pan(-0.125, 0) and desk.inputs.next() is None, "the picture follows one move at a time"
    desk.mouse(cv2.EVENT_RBUTTONUP, 196, 24, 0, None)
    desk.move(200, 30, 0)
    assert desk.inputs.next() is None and desk.inputs.stroke is None


def test_a_click_beside_the_picture_is_none(desk: Desk) -> None:
    desk.inputs.show(frame("first"), Place(-900, 0, 8, None, (0, 0, 100, 100), (64, 48)), marked=False)
    desk.press(150, 50)
    desk.release(150, 50)
    assert desk.inputs.next() is None

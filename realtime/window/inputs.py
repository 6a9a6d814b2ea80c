"""What the user does with keyboard and mouse, in the order in which it was done, each with the frame then on show."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

import cv2

from realtime.live.result import FrameResult
from realtime.system.background import Background
from realtime.window.events import DRAG, Input, Pan, Place, Press, Slide, Stroke, Wheel
from realtime.window.keys import key_of

T = TypeVar("T")

_NOTCH = 120
"""What OpenCV tells of one notch of the wheel."""


_PULL = cv2.EVENT_FLAG_MBUTTON | cv2.EVENT_FLAG_RBUTTON


class Inputs:
    """Collects the inputs of one window; they come in while `pump` waits for them.

    OpenCV remembers one key only, the last, from one call of `cv2.waitKey` to the next, and Qt delivers all that has
    come at once. So `pump` wants to be called every few milliseconds, whatever else there is to do. Two keys within the
    same millisecond are one key all the same.
    """

    def __init__(self) -> None:
        self._queue: deque[Input] = deque()
        self._shown: tuple[FrameResult, Place] | None = None
        self._marked = False
        self._pressed: tuple[tuple[int, int], FrameResult, Place] | None = None
        self._at = 0, 0  # the mouse, in pixels of the window
        self._pulled: tuple[float, float] | None = None  # where, in shares of the frame, it is being pulled
        self._line: Place | None = None  # while the mouse is held down on the time line

    def open(self, name: str) -> None:
        """Listen to the mouse in the window of this name, which is open."""
        cv2.setMouseCallback(name, self._on_mouse)

    def show(self, result: FrameResult, place: Place, marked: bool) -> None:
        """Note what is on show from now on: a frame, where it lies, and whether a chosen glyph is marked in it."""
        self._shown, self._marked = (result, place), marked

    def pump(self, milliseconds: int) -> None:
        """Wait so long for inputs, from 1 on; shorter if a key comes."""
        key = key_of(cv2.waitKeyEx(milliseconds))
        if key and self._shown is not None:
            self._queue.append(Press(key, self._shown[0], self._marked))

    def during(self, work: Callable[[], T]) -> T:
        """Have a thread do some work that touches no window, and wait for it; meanwhile inputs come in."""
        if self._shown is None:
            return work()
        task = Background(work)
        try:
            while not task.done:
                self.pump(1)
        finally:
            task.wait()  # ctrl-C came: a thread that is still within OpenCV when Python ends aborts the process
        return task.value()

    def next(self) -> Input | None:
        """The oldest input that was not asked for yet."""
        return self._queue.popleft() if self._queue else None

    @property
    def sliding(self) -> bool:
        """Whether the mouse is held down on the time line."""
        return self._line is not None

    @property
    def stroke(self) -> Stroke | None:
        """What the mouse is doing while it is held down."""
        if self._pressed is None:
            return None
        start, shown, place = self._pressed
        moved = max(abs(self._at[0] - start[0]), abs(self._at[1] - start[1])) >= DRAG
        return Stroke((place.in_frame(*start), place.in_frame(*self._at)), moved, shown)

    def _on_mouse(self, event: int, x: int, y: int, flags: int, *_: object) -> None:
        if self._shown is not None and self._other_than_left(event, x, y, flags, self._shown[1]):
            return
        if event == cv2.EVENT_LBUTTONDOWN and self._shown is not None:
            self._at = x, y
            if self._shown[1].on_line(x, y):
                self._line = self._shown[1]
                self._queue.append(Slide(self._line.share(x), False))
            elif self._shown[1].on_picture(x, y):
                self._pressed = (x, y), *self._shown
            return
        if self._line is not None:
            self._slide(event, x, flags)
            return
        if (stroke := self.stroke) is None:
            return
        # A release beyond the screen is told by the next move.
        released = event == cv2.EVENT_MOUSEMOVE and not flags & cv2.EVENT_FLAG_LBUTTON
        if event == cv2.EVENT_LBUTTONUP or released:
            if not released:
                self._at = x, y
                stroke = self.stroke or stroke
            self._pressed = None
            self._queue.append(stroke)
        elif event == cv2.EVENT_MOUSEMOVE:
            self._at = x, y

    def _other_than_left(self, event: int, x: int, y: int, flags: int, place: Place) -> bool:
        """Take in the wheel and the other buttons; whether it was one of these."""
        if event == cv2.EVENT_MOUSEWHEEL:
            if place.on_picture(x, y):
                self._queue.append(Wheel((flags >> 16) / _NOTCH, place.in_shares(x, y)))
            return True
        if event in (cv2.EVENT_MBUTTONDOWN, cv2.EVENT_RBUTTONDOWN):
            self._pulled = place.in_shares(x, y) if place.on_picture(x, y) else None
            return True
        if self._pulled is None:
            return False
        if event != cv2.EVENT_MOUSEMOVE or not flags & _PULL:
            self._pulled = None
            return event in (cv2.EVENT_MBUTTONUP, cv2.EVENT_RBUTTONUP)
        if not (self._queue and isinstance(self._queue[-1], Pan)):  # else the picture has not followed yet
            now = place.in_shares(x, y)
            self._queue.append(Pan(self._pulled[0] - now[0], self._pulled[1] - now[1]))
        return True

    def _slide(self, event: int, x: int, flags: int) -> None:
        assert self._line is not None
        over = event == cv2.EVENT_LBUTTONUP or not flags & cv2.EVENT_FLAG_LBUTTON
        if self._queue and isinstance(self._queue[-1], Slide):
            self._queue.pop()  # only the last place counts
        self._queue.append(Slide(self._line.share(x), over))
        if over:
            self._line = None

"""What the user does with keyboard and mouse, in the order in which it was done, each with the frame then on show."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from realtime.live.result import FrameResult
from realtime.system.background import Background
from realtime.window.keys import key_of

T = TypeVar("T")

_DRAG = 6
"""Pixels of the window: who moves the mouse less far between press and release has clicked."""


@dataclass(frozen=True)
class Place:
    """Where a frame lies in its window.

    Attributes:
        left, top: of the frame, in pixels of the window.
        scale: pixels of the window to one of the frame.
        line: left, right, top and bottom of the time line, in pixels of the window; None where there is none.
    """

    left: int
    top: int
    scale: float
    line: tuple[int, int, int, int] | None = None

    def in_frame(self, x: int, y: int) -> tuple[float, float]:
        """A point of the window, in pixels of the frame."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale

    def on_line(self, x: int, y: int) -> bool:
        """Whether a point of the window is on the time line; a few pixels beside its ends count."""
        if self.line is None:
            return False
        left, right, top, bottom = self.line
        return left - _DRAG <= x <= right + _DRAG and top <= y < bottom

    def share(self, x: int) -> float:
        """From 0 to 1, how far along the time line a point of the window is."""
        assert self.line is not None
        left, right = self.line[:2]
        return min(max((x - left) / max(1, right - left), 0.0), 1.0)


@dataclass(frozen=True, eq=False)
class Press:
    """A key was pressed.

    Attributes:
        key: as `realtime.window.keys.key_of` names it.
        shown: the frame on show when it was pressed.
        marked: whether the glyph that was chosen to be corrected was marked in it.
    """

    key: str
    shown: FrameResult
    marked: bool


@dataclass(frozen=True, eq=False)
class Stroke:
    """The mouse was pressed, moved and released.

    Attributes:
        points: where it was pressed and where released, `(x, y)` each in pixels of the frame.
        drag: whether it was moved; else this is a click.
        shown: the frame on show when it was pressed.
    """

    points: tuple[tuple[float, float], tuple[float, float]]
    drag: bool
    shown: FrameResult

    @property
    def box(self) -> np.ndarray:
        """`(4,) float64`, the rectangle between both points, xyxy in pixels of the frame."""
        return np.concatenate([np.min(self.points, axis=0), np.max(self.points, axis=0)])


@dataclass(frozen=True)
class Slide:
    """The mouse was pressed on the time line, or moved or released after that.

    Attributes:
        share: from 0 to 1, how far along the line.
        over: whether it was released.
    """

    share: float
    over: bool


Input = Press | Stroke | Slide


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
        moved = max(abs(self._at[0] - start[0]), abs(self._at[1] - start[1])) >= _DRAG
        return Stroke((place.in_frame(*start), place.in_frame(*self._at)), moved, shown)

    def _on_mouse(self, event: int, x: int, y: int, flags: int, *_: object) -> None:
        if event == cv2.EVENT_LBUTTONDOWN and self._shown is not None:
            self._at = x, y
            if self._shown[1].on_line(x, y):
                self._line = self._shown[1]
                self._queue.append(Slide(self._line.share(x), False))
            else:
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

    def _slide(self, event: int, x: int, flags: int) -> None:
        assert self._line is not None
        over = event == cv2.EVENT_LBUTTONUP or not flags & cv2.EVENT_FLAG_LBUTTON
        if self._queue and isinstance(self._queue[-1], Slide):
            self._queue.pop()  # only the last place counts
        self._queue.append(Slide(self._line.share(x), over))
        if over:
            self._line = None

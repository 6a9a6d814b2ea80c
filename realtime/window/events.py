"""What the user does in the window: keys pressed, and all that a mouse can do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.live.result import FrameResult

DRAG = 6
"""Pixels of the window: who moves the mouse less far between press and release has clicked."""


@dataclass(frozen=True)
class Place:
    """Where a frame lies in its window.

    Attributes:
        left, top: of the frame, in pixels of the window.
        scale: pixels of the window to one of the frame.
        line: left, right, top and bottom of the time line, in pixels of the window; None where there is none.
        picture: left, top, right and bottom of what is to be seen of the frame; None where that is all of the window.
        size: width and height of the frame.
    """

    left: int
    top: int
    scale: float
    line: tuple[int, int, int, int] | None = None
    picture: tuple[int, int, int, int] | None = None
    size: tuple[int, int] = (1, 1)

    def in_frame(self, x: int, y: int) -> tuple[float, float]:
        """A point of the window, in pixels of the frame."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale

    def in_shares(self, x: int, y: int) -> tuple[float, float]:
        """A point of the window, in shares of the frame's width and height."""
        x_, y_ = self.in_frame(x, y)
        return x_ / self.size[0], y_ / self.size[1]

    def on_picture(self, x: int, y: int) -> bool:
        """Whether a point of the window shows a part of the frame."""
        if self.picture is None:
            return True
        left, top, right, bottom = self.picture
        return left <= x < right and top <= y < bottom

    def on_line(self, x: int, y: int) -> bool:
        """Whether a point of the window is on the time line; a few pixels beside its ends count."""
        if self.line is None:
            return False
        left, right, top, bottom = self.line
        return left - DRAG <= x <= right + DRAG and top <= y < bottom

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


@dataclass(frozen=True)
class Wheel:
    """The wheel was turned over the picture.

    Attributes:
        steps: forward, or back where less than 0.
        point: where, in shares of the frame's width and height.
    """

    steps: float
    point: tuple[float, float]


@dataclass(frozen=True)
class Pan:
    """The frame was pulled with another button: so far to the right and down, in shares of its width and height."""

    right: float
    down: float


Input = Press | Stroke | Slide | Wheel | Pan

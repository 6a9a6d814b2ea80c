"""Which part of the frame the window shows, and how large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEP = 1.25
"""By how much one key or one notch of the wheel enlarges."""
MOST = 16.0
"""The largest factor."""
_PAN = 0.25
"""Part of what is to be seen by which one key moves it."""


@dataclass(frozen=True)
class Part:
    """The part of a frame that is shown.

    Attributes:
        factor: how much larger than the whole frame would be.
        x, y: its middle, as shares of the frame's width and height.
    """

    factor: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def corner(self, size: tuple[int, int]) -> tuple[float, float]:
        """Its left and top in pixels of a frame of this width and height."""
        half = 0.5 / self.factor
        return (self.x - half) * size[0], (self.y - half) * size[1]


WHOLE = Part()
"""All of a frame."""


class Zoom:
    """Zooms into the frame about a point, and moves.

    Attributes:
        part: what is shown.
    """

    def __init__(self) -> None:
        self.part = WHOLE

    @property
    def zoomed(self) -> bool:
        """Whether less than the whole frame is shown."""
        return self.part.factor > 1

    def by(self, steps: float, point: tuple[float, float] | None = None) -> None:
        """Enlarge by so many steps, or shrink.

        Args:
            steps: less than 0 shrinks.
            point: stays where it is, as shares of the frame's width and height; the middle where it is left out.
        """
        part = self.part
        factor = min(max(part.factor * STEP**steps, 1.0), MOST)
        x, y = (part.x, part.y) if point is None else point
        away = part.factor / factor
        self._go(factor, x + (part.x - x) * away, y + (part.y - y) * away)

    def pan(self, right: float, down: float) -> None:
        """Show what is further right and down, in shares of the frame."""
        self._go(self.part.factor, self.part.x + right, self.part.y + down)

    def step(self, right: int, down: int) -> None:
        """Show what is further right and down, by a part of what is to be seen."""
        self.pan(right * _PAN / self.part.factor, down * _PAN / self.part.factor)

    def reveal(self, xyxy: np.ndarray, size: tuple[int, int]) -> None:
        """Move so that a box, in pixels of a frame of this width and height, is wholly shown where it was not."""
        left, top = self.part.corner(size)
        right, bottom = left + size[0] / self.part.factor, top + size[1] / self.part.factor
        x1, y1, x2, y2 = (float(side) for side in xyxy)
        if x1 < left or y1 < top or x2 > right or y2 > bottom:
            self._go(self.part.factor, (x1 + x2) / 2 / size[0], (y1 + y2) / 2 / size[1])

    def reset(self) -> bool:
        """Show the whole frame; whether it was not."""
        zoomed, self.part = self.zoomed, WHOLE
        return zoomed

    def _go(self, factor: float, x: float, y: float) -> None:
        half = 0.5 / factor
        self.part = Part(factor, min(max(x, half), 1 - half), min(max(y, half), 1 - half))

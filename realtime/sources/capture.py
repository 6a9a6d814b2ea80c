"""Capture: what `cv2.VideoCapture` and its like have in common."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class Capture(Protocol):
    """Gives one picture after the other.

    Captures of our own inherit from it: only `isOpened`, `read` and `release` differ between them.
    """

    def isOpened(self) -> bool:
        """Whether there may be more pictures."""

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Whether a picture came, and the picture: `(H, W, 3) uint8` BGR, or grey.

        Raises:
            SourceError: what is sent breaks a bound.
        """

    def grab(self) -> bool:
        """Pass a picture by; whether one came."""
        return self.read()[0]

    def get(self, prop: int, /) -> float:
        """What it says of itself; 0 where it says nothing."""
        return 0.0

    def release(self) -> None:
        """Let go of it."""

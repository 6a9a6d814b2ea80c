"""Cameras that are plugged in, without any."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from realtime.sources.camera import LiveSource
from realtime.sources.frame import NoCamera


class Capture:
    """A camera whose pictures are as bright as ten times its number, and a little more."""

    def __init__(self, number: int) -> None:
        self.number, self.released = number, False

    def read(self) -> tuple[bool, np.ndarray]:
        time.sleep(0.002)
        return not self.released, np.full((48, 64 + self.number, 3), 100 + 10 * self.number, np.uint8)

    def get(self, _: int) -> float:
        return 30.0

    def release(self) -> None:
        self.released = True


class PluggedIn:
    """Cameras that are plugged in, by number and name, and which of them have been opened."""

    def __init__(self, names: dict[int, str], broken: tuple[int, ...] = ()) -> None:
        self.names, self.broken = names, broken
        self.opened: list[Any] = []

    def connect(self, number: int, frames: int | None) -> LiveSource:
        if number not in self.names or number in self.broken:
            raise NoCamera(f"no camera {number}")
        self.opened.append(Capture(number))
        return LiveSource(self.opened[-1], lambda: self.opened[-1], f"camera {number}", max_frames=frames)

    def tell(self) -> dict[int, str]:
        return self.names

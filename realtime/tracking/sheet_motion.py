"""How the sheet moves, remembered from frame to frame, so that tracks are looked for where they will be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.tracking import motion
from realtime.tracking.track import middle


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        averaged: Seconds over which the speed is averaged.
    """

    averaged: float = 0.1


LIMITS = Limits()


class SheetMotion:
    """The motion of the whole sheet.

    Attributes:
        ahead: `(2,)`, the shift expected of the next frame, in pixels.
        stride: length of the shift in the last frame, in heights of a digit; 0 where the sheet was not seen.
        pace: the same in the last frame in which the sheet was seen.
    """

    def __init__(self) -> None:
        self.ahead = np.zeros(2)
        self.stride = 0.0
        self.pace = 0.0
        self._shift = np.zeros(2)  # in the last frame, in pixels
        self._speed = np.zeros(2)  # heights a second

    @property
    def speed(self) -> float:
        """Heights a second, averaged over a few frames."""
        return float(np.hypot(self._speed[0], self._speed[1]))

    def note(self, before: np.ndarray, boxes: np.ndarray, found: np.ndarray, shown: int, step: float) -> None:
        """Remember how the sheet moved, and guess how it goes on.

        Args:
            before: `(n, 4)` boxes of the tracks in the last frame: centre x, centre y, width and height.
            boxes: `(m, 4)` boxes of the sightings in this frame.
            found: `(n,)`, the sighting of each track, -1 where there is none.
            shown: how many tracks are shown; a motion counts where enough of them were found.
            step: seconds since the last frame.
        """
        i = np.flatnonzero(found >= 0)
        if len(i) >= max(1, motion.LIMITS.quorum * shown):
            shift = np.sort(boxes[found[i], :2] - before[i, :2], axis=0)[len(i) // 2]
            self.ahead = shift + 0.5 * (shift - self._shift)  # half of the acceleration: all of it would swing
            self._shift = shift
            stride = shift / middle(before[i, 3])
            self.pace = float(np.hypot(stride[0], stride[1]))
        else:
            self.ahead = self._shift = 0.9 * self._shift
            stride = np.zeros(2)
        self.stride = float(np.hypot(stride[0], stride[1]))
        self._speed += (stride / step - self._speed) * min(step / LIMITS.averaged, 1)

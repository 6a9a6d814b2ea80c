"""The digits of every frame of a camera, of which only some are read: in between they ride on their ink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from realtime.detections import Detections
from realtime.layout import Layout, arrange
from realtime.reading import Reading
from realtime.ride import Ride
from realtime.tracker import Tracker


class Follower:
    """Shown every frame, told now and then what was read in one of them, it knows where the digits are.

    Attributes:
        read: the digits that the tracker holds, where they stood in the frame that was read last.
        layout: their lines and numbers.
        reading: the `Reading` that the last `take` finished, or None.

    Example:
        >>> follower.move(image)          # each frame
        >>> follower.ask(time)            # this one goes to the recogniser
        >>> ...                           # other frames
        >>> follower.take(detections)     # back from there
        >>> follower.digits               # in pixels of the newest frame
    """

    def __init__(self) -> None:
        self._tracker, self._ride = Tracker(), Ride()
        self._asked = 0.0, (0, 0)
        self._size = 0, 0
        self.read = Detections.empty()
        self.layout: Layout = arrange(self.read)
        self.reading: Reading | None = None

    def move(self, image: np.ndarray) -> None:
        """The next frame, `(H, W, 3) uint8` BGR."""
        self._size = image.shape[1], image.shape[0]
        self._ride.move(image)

    def ask(self, time: float) -> None:
        """The newest frame, taken at `time` in seconds, is being read."""
        self._asked = time, self._size
        self._ride.mark()

    def take(self, detections: Detections) -> None:
        """What was read in the frame that was asked for last."""
        time, size = self._asked
        self.read = self._tracker(detections, time, size)
        self._ride.take(self.read.xyxy)
        self.layout = arrange(self.read)
        self.reading = self._tracker.reading

    @property
    def digits(self) -> Detections:
        """The digits that the tracker holds, where they are in the newest frame."""
        return replace(self.read, xyxy=self._ride(self.read.xyxy))

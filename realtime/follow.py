"""The digits of every frame of a camera, of which only some are read: in between they ride on their ink."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from realtime.detections import Detections
from realtime.layout import Layout, arrange
from realtime.reading import Reading
from realtime.ride import Ride
from realtime.tracker import Tracker

_GONE = 0.15  # seconds for which digits are still shown when their ink is not to be found


class Follower:
    """Shown every frame, told now and then what was read in one of them, it knows where the digits are.

    Attributes:
        read: the digits that the tracker holds, where they stood in the frame that was read last.
        digits: the same where they are in the newest frame; none when their ink is gone.
        layout: lines and numbers of these.
        reading: the `Reading` that the last `take` finished, or None.

    Example:
        >>> follower.move(image, time)    # each frame
        >>> follower.ask()                # this one goes to the recogniser
        >>> ...                           # other frames
        >>> follower.take(detections)     # back from there
        >>> follower.digits               # in pixels of the newest frame
    """

    def __init__(self) -> None:
        self._tracker, self._ride = Tracker(), Ride()
        self._now = self._asked = 0.0, (0, 0)  # seconds, and size of the picture
        self._there = 0.0  # when the ink was seen last
        self.read = Detections.empty()
        self._layout = arrange(self.read)
        self.reading: Reading | None = None

    def move(self, image: np.ndarray, time: float) -> None:
        """The next frame, `(H, W, 3) uint8` BGR, taken at `time` in seconds."""
        self._now = time, (image.shape[1], image.shape[0])
        self._ride.move(image)
        self._look()

    def ask(self) -> None:
        """The newest frame is being read."""
        self._asked = self._now
        self._ride.mark()

    def take(self, detections: Detections) -> None:
        """What was read in the frame that was asked for last."""
        time, size = self._asked
        self.read = self._tracker(detections, time, size)
        self._ride.take(self.read.xyxy)
        self._layout = arrange(self.read)
        self.reading = self._tracker.reading
        self._look()

    def _look(self) -> None:
        if not self._ride.lost:
            self._there = self._now[0]

    @property
    def _gone(self) -> bool:
        return abs(self._now[0] - self._there) > _GONE

    @property
    def digits(self) -> Detections:
        return self.read[:0] if self._gone else replace(self.read, xyxy=self._ride(self.read.xyxy))

    @property
    def layout(self) -> Layout:
        return arrange(self.read[:0]) if self._gone else self._layout

"""The digits of every frame of a camera, of which only some are read: in between optical flow propagates them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from realtime.boxes import centered_in
from realtime.detections import Detections
from realtime.layout.arrange import arrange, subset
from realtime.numbers.form import Form
from realtime.numbers.of_form import of_form
from realtime.tracking.optical_flow import OpticalFlow
from realtime.tracking.stable_text import Reading
from realtime.tracking.tracker import Tracker

_GONE = 0.15  # seconds for which digits are still shown when their ink is not to be found


class Propagator:
    """Shown every frame, told now and then what was read in one of them, it knows where the digits are.

    Args:
        form: what every number looks like.

    Attributes:
        read: the digits that the tracker holds, where they stood in the frame that was read last.
        read_layout: their lines and numbers.
        digits: the same where they are in the newest frame; none when their ink is gone.
        layout: lines and numbers of these.
        reading: the `Reading` that the last `update` finished, or None.

    Example:
        >>> propagator.advance(image, time)   # each frame
        >>> propagator.submit()               # this one goes to the recogniser
        >>> ...                               # other frames
        >>> propagator.update(detections)     # back from there
        >>> propagator.digits                 # in pixels of the newest frame
    """

    def __init__(self, form: Form | None = None) -> None:
        self._tracker, self._flow, self._form = Tracker(form), OpticalFlow(), form
        self._now = self._submitted = 0.0, (0, 0)  # seconds, and size of the picture
        self._there = 0.0  # when the ink was seen last
        self.read = self.digits = Detections.empty()
        self.layout = self.read_layout = arrange(self.digits)
        self._arranged: np.ndarray | None = None  # which digits of `read` the layout is of
        self.reading: Reading | None = None

    def advance(self, image: NDArray[np.uint8], time: float) -> None:
        """Take in the next frame, `(H, W, 3) uint8` BGR, taken at `time` in seconds."""
        self._now = time, (image.shape[1], image.shape[0])
        self._flow.advance(image)
        self._propagate()

    def submit(self) -> None:
        """Note that the newest frame is being read."""
        self._submitted = self._now
        self._flow.mark()

    def update(self, detections: Detections) -> None:
        """Take in what was read in the frame that was submitted last."""
        time, size = self._submitted
        self.read = self._tracker(detections, time, size).inside(size)
        self.reading = self._tracker.reading
        self.read_layout, self._arranged = arrange(self.read), None
        if self._form is not None:
            self.read, self.read_layout = of_form(self.read, self.read_layout, self._form)
        self._flow.restart(self.read.xyxy)
        self._propagate()

    def _propagate(self) -> None:
        time, size = self._now
        if not self._flow.lost:
            self._there = time
        moved = replace(self.read, xyxy=self._flow(self.read.xyxy))
        shown = centered_in(moved.xyxy, size) & (abs(time - self._there) <= _GONE)
        self.digits = moved[shown].inside(size)
        if self._arranged is None or not np.array_equal(shown, self._arranged):
            # The boxes as read: in them the lines lie as they were told apart, however the sheet is turned by now.
            self.layout = self.read_layout if shown.all() else subset(self.read, self.read_layout, shown)
            self._arranged = shown

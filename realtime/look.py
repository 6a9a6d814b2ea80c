"""How frames are looked at: each one read before the next, or the newest one read while the others pass."""

from __future__ import annotations

import time
from dataclasses import replace

from realtime.apart import Apart
from realtime.follow import Follower
from realtime.frame import Frame, turned
from realtime.layout import arrange
from realtime.reading import Reading
from realtime.recognizer import Recognizer
from realtime.seen import Caption, Seen
from realtime.tracker import Tracker
from realtime.turn import trace_turned

_QUICK = 0.02  # seconds; a recogniser that takes no longer is waited for, and then each frame is read


class InTurn:
    """Reads every frame: for files.

    Args:
        recognizer: reads them.
    """

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._source: str | None = None

    def __call__(self, frame: Frame) -> Seen:
        """What is seen in the next frame, one without a note."""
        if frame.source != self._source:
            self._source, self._tracker, self._caption = frame.source, Tracker(), Caption()
        if frame.still:
            trace, quarters = trace_turned(self._recognizer, frame.image)
            frame = replace(frame, image=turned(frame.image, quarters), turned=quarters)
        else:
            trace = self._recognizer.trace(frame.image)
        start = time.perf_counter()
        if frame.still:
            digits = trace.detections
            layout = arrange(digits)
            reading = Reading(layout.lines, frame.time) if layout.lines else None
        else:
            digits = self._tracker(trace.detections, frame.time, frame.image.shape[1::-1])
            layout = arrange(digits)
            reading = self._tracker.reading
        stages = {**trace.milliseconds, "track": (time.perf_counter() - start) * 1e3}
        lines, settled = self._caption(layout.lines, reading, frame.time)
        return Seen(frame, trace, digits, layout, reading, lines, settled, stages)


class Following:
    """Shows every frame at once, however long reading takes: for one camera or stream.

    A frame is read while the next ones pass; in these the digits ride on their ink. The first frame is waited for.

    Args:
        apart: reads the frames.
    """

    def __init__(self, apart: Apart) -> None:
        self._apart = apart
        self._follower, self._caption = Follower(), Caption()
        self._asked: Frame | None = None  # the frame that is being read
        self._patience: float | None = None  # seconds for which it is waited for
        self._read: Seen | None = None  # the one that was read last

    def __call__(self, frame: Frame) -> Seen:
        """What is seen in the next frame, one without a note."""
        start = time.perf_counter()
        self._follower.move(frame.image, frame.time)
        reading, stages = self._take(0)
        if not self._apart.busy:
            self._follower.ask()
            self._asked = frame
            self._apart.begin(frame.image)
            finished, more = self._take(self._patience)
            reading, stages = finished or reading, {**stages, **more}
        digits, layout = self._follower.digits, self._follower.layout
        lines, settled = self._caption(layout.lines, reading, frame.time)
        assert self._read is not None  # the first frame was waited for
        stages["follow"] = (time.perf_counter() - start) * 1e3
        return Seen(frame, self._read.trace, digits, layout, reading, lines, settled, stages, self._read)

    def _take(self, seconds: float | None) -> tuple[Reading | None, dict[str, float]]:
        """Take in what was read, if that is known in time: the reading it finished, and its milliseconds."""
        trace = self._apart.poll(seconds) if self._apart.busy else None
        if trace is None:
            return None, {}
        assert self._asked is not None
        self._patience = _QUICK if sum(trace.milliseconds.values()) <= _QUICK * 1e3 else 0
        start = time.perf_counter()
        self._follower.take(trace.detections)
        self._read = Seen(self._asked, trace, self._follower.read, self._follower.layout)
        return self._follower.reading, {**trace.milliseconds, "track": (time.perf_counter() - start) * 1e3}

"""A frame of a source in, one `FrameResult` out: each frame read before the next, or the newest one read in between."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from realtime.layout.arrange import arrange
from realtime.layout.decimal_marks import with_marks
from realtime.live.part import cut_out, in_whole
from realtime.live.propagation import Propagator
from realtime.live.result import Caption, FrameResult
from realtime.numbers.form import Form
from realtime.numbers.of_form import of_form
from realtime.recognition.orientation import trace_turned, turned
from realtime.recognition.recognizer import Recognizing
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame
from realtime.sources.region import Box, Region
from realtime.tracking.stable_text import Reading
from realtime.tracking.tracker import Tracker

_QUICK = 0.02  # seconds; a recogniser that takes no longer is waited for, and then each frame is read


class Pipeline(Protocol):
    """The way of a frame through recogniser, tracker and layout; called once for each frame, in order.

    Attributes:
        region: the part of each frame that is read, all of it where it is None; `restart` after it is changed.
    """

    region: Region | None

    def __call__(self, frame: Frame) -> FrameResult:
        """What was read in the next frame."""

    def restart(self) -> None:
        """Forget what was tracked: the next frame does not follow the last one."""


class EveryFrame:
    """Reads every frame: for files. A new source begins with a new tracker.

    Args:
        recognizer: reads the frames; it may be exchanged between two of them.
        turn: whether a photo that lies on its side or upside down is turned before it is read.
        form: what every number looks like; the recogniser is to expect the same.
        region: the part of each frame that is read; all of it where it is left out.
        decimal: whether decimal points and commas of photos are kept; only where no form is expected.
    """

    def __init__(
        self,
        recognizer: Recognizing,
        *,
        turn: bool = True,
        form: Form | None = None,
        region: Region | None = None,
        decimal: bool = False,
    ) -> None:
        self.recognizer = recognizer
        self._turn, self._form, self.region, self._decimal = turn, form, region, decimal
        self._source: str | None = None

    def restart(self) -> None:
        """Begin with a new tracker."""
        self._source = None

    def __call__(self, frame: Frame) -> FrameResult:
        """What was read in the next frame."""
        frame, box = _within(frame, self.region)
        if frame.note is not None:
            return FrameResult.unread(frame)
        if frame.source != self._source:
            self._source, self._tracker, self._caption = frame.source, Tracker(self._form), Caption()
        whole, quarters = (frame.image.shape[1], frame.image.shape[0]), 0
        part = frame.image if self.region is None else cut_out(frame.image, box)
        if frame.still and self._turn:
            trace, quarters = trace_turned(self.recognizer, part, self._form)
            frame = replace(frame, image=turned(frame.image, quarters), turned=quarters)
        else:
            trace = self.recognizer.trace(part)
        if self.region is not None:
            trace = in_whole(trace, box, whole, quarters)
        start = time.perf_counter()
        size = frame.image.shape[1], frame.image.shape[0]
        if frame.still:
            digits = trace.detections
            layout = arrange(digits)
            if self._form is not None:
                digits, layout = of_form(digits, layout, self._form)
                trace = replace(trace, detections=digits)
            elif self._decimal:
                layout = with_marks(trace.ink, size[0], digits, layout)
            reading = Reading(layout.lines, frame.time) if layout.lines else None
        else:
            digits = self._tracker(trace.detections, frame.time, size)
            digits = digits.inside(size)
            layout = arrange(digits)
            if self._form is not None:
                digits, layout = of_form(digits, layout, self._form)
            reading = self._tracker.reading
        stages = {**trace.milliseconds, "track": (time.perf_counter() - start) * 1e3}
        lines, settled = self._caption(layout.lines, reading, frame.time)
        return FrameResult(frame, trace, digits, layout, reading, lines, settled, stages)


def _within(frame: Frame, region: Region | None) -> tuple[Frame, Box]:
    """The frame, with a note where the region holds none of it, and the box that is read."""
    size = frame.image.shape[1], frame.image.shape[0]
    box = (0, 0, *size) if region is None else region.box(size)
    if box is None:
        return replace(frame, note=f"{frame.name}: the region holds no pixel of {size[0]}x{size[1]}"), (0, 0, *size)
    return frame, box


class Reader(Protocol):
    """Reads one frame at a time while its caller goes on; see `realtime.live.worker.Worker`."""

    @property
    def busy(self) -> bool:
        """Whether a frame was begun and its trace has not been taken."""

    def begin(self, frame: NDArray[np.uint8]) -> None:
        """Start reading a `(H, W, 3) uint8` BGR frame."""

    def poll(self, seconds: float | None = 0) -> Trace | None:
        """The trace of the frame that was begun; None where it takes longer than so many seconds."""


class NewestFrame:
    """Returns at once, however long reading takes: for one camera or stream.

    The newest frame is read while the next ones pass. In these the digits are propagated by optical flow.

    Args:
        reader: reads the frames.
        patient: whether to wait for the first frame, and for each where reading is quick.
        form, region: as of `EveryFrame`.
    """

    def __init__(
        self, reader: Reader, *, patient: bool = True, form: Form | None = None, region: Region | None = None
    ) -> None:
        self._reader, self.region, self._form = reader, region, form
        self._patient = patient
        self.restart()

    def restart(self) -> None:
        """Begin with a new tracker; what is being read is not waited for."""
        self._propagator, self._caption = Propagator(self._form), Caption()
        self._submitted: Frame | None = None  # the frame that is being read, and is to be tracked
        self._patience: float | None = None if self._patient else 0  # seconds for which it is waited for
        self._read: FrameResult | None = None  # the one that was read last

    def __call__(self, frame: Frame) -> FrameResult:
        """What was read in the next frame."""
        frame, box = _within(frame, self.region)
        if frame.note is not None:
            return FrameResult.unread(frame)
        start = time.perf_counter()
        self._propagator.advance(frame.image, frame.time)
        reading, stages = self._take(0)
        if not self._reader.busy:
            self._propagator.submit()
            self._submitted = frame
            self._reader.begin(frame.image if self.region is None else cut_out(frame.image, box))
            finished, more = self._take(self._patience)
            reading, stages = finished or reading, {**stages, **more}
        digits, layout = self._propagator.digits, self._propagator.layout
        lines, settled = self._caption(layout.lines, reading, frame.time)
        trace = None if self._read is None else self._read.trace
        stages["follow"] = (time.perf_counter() - start) * 1e3
        return FrameResult(frame, trace, digits, layout, reading, lines, settled, stages, self._read)

    def _take(self, seconds: float | None) -> tuple[Reading | None, dict[str, float]]:
        """Take in what was read, if that is known in time: the reading it finished, and its milliseconds."""
        trace = self._reader.poll(seconds) if self._reader.busy else None
        if trace is None or self._submitted is None:
            return None, {}
        if self.region is not None:
            height, width = self._submitted.image.shape[:2]
            box = self.region.box((width, height))
            assert box is not None
            trace = in_whole(trace, box, (width, height))
        quick = sum(trace.milliseconds.values()) <= _QUICK * 1e3
        self._patience = _QUICK if self._patient and quick else 0
        start = time.perf_counter()
        self._propagator.update(trace.detections)
        self._read = FrameResult(self._submitted, trace, self._propagator.read, self._propagator.read_layout)
        return self._propagator.reading, {**trace.milliseconds, "track": (time.perf_counter() - start) * 1e3}

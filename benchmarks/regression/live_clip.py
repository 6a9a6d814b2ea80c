"""The sample clip through the pipeline of a camera, with every digit judged in every frame.

A reading takes a fixed number of frames here, however long it really takes: so the result is the same on every machine,
fast or slow, idle or busy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.moving import Judge, Result
from realtime.live.pipeline import NewestFrame
from realtime.live.result import FrameResult
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.open import open_source
from training import samples

DELAY = 3
"""Frames from taking a picture to knowing what it says."""

_SLOW = 1e3 * DELAY / 25  # milliseconds


class DelayedReader:
    """Stands in for the recogniser process: reads at once, but answers only when it was asked `DELAY` times."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._frame: np.ndarray | None = None
        self._polls = 0

    @property
    def busy(self) -> bool:
        """Whether a frame was begun and its answer not taken."""
        return self._frame is not None

    def begin(self, frame: np.ndarray) -> None:
        """Have a frame read."""
        self._frame, self._polls = frame, 0

    def poll(self, seconds: float | None = 0) -> Trace | None:
        """What was seen in the frame that was begun; None where it is too early. Without a limit, the answer."""
        assert self._frame is not None
        self._polls += 1
        if seconds is not None and self._polls <= DELAY:
            return None
        trace = replace(self._recognizer.trace(self._frame), milliseconds={"read": _SLOW})
        self._frame = None
        return trace


def show(recognizer: Recognizer) -> Iterator[FrameResult]:
    """What is shown for each frame of the sample clip, were it a camera."""
    pipeline = NewestFrame(DelayedReader(recognizer))
    with open_source(str(samples.FOLDER / samples.CLIP)) as source:
        for frame in source:
            yield pipeline(frame)


@dataclass
class Shown:
    """What a camera's user would have seen.

    Attributes:
        judged: the frames held against the truth.
        right_after, read_after: seconds from the whole sheet in view to the first frame that shows its lines, and to
            the first reading; infinite where they never came.
        gone_after: seconds for which digits are still shown when the last of the sheet is out of view.
    """

    judged: Result
    right_after: float
    read_after: float
    gone_after: float

    @property
    def wrong_frames(self) -> int:
        """Frames with a digit missed, misread or invented, each digit counted."""
        return sum(failure.times for failure in self.judged.failures)


def judge(recognizer: Recognizer) -> Shown:
    """The clip as shown, held against the truth."""
    clip = samples.clip()
    judge = Judge(clip, samples.CLIP)
    truth = [clip.truth(i) for i in range(len(clip))]
    whole = next(i for i, (_, rows) in enumerate(truth) if rows == clip.rows)
    left = max(i for i, (digits, _) in enumerate(truth) if digits)
    right, read, last = np.inf, np.inf, left
    for i, shown in enumerate(show(recognizer)):
        assert shown.trace is not None
        judge(i, shown.frame.image, shown.trace, shown.detections)
        if shown.layout.lines == clip.rows:
            right = min(right, i)
        if shown.reading is not None:
            judge.result.readings.append(shown.reading.lines)
            read = min(read, i)
        if len(shown.detections):
            last = max(last, i)
    return Shown(judge.finish(), (right - whole) / clip.fps, (read - whole) / clip.fps, (last - left) / clip.fps)

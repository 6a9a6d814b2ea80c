"""Plays a clip into the program's camera path, and notes what it shows over each frame.

Everything that the benchmark must know of the program's loop is in this module.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.live_score import Shown
from benchmarks.mjpeg import from_jpeg
from benchmarks.player import Player, Sent
from realtime.detections import Detections
from realtime.live.pipeline import EveryFrame, NewestFrame
from realtime.live.worker import NAME, Worker, make_recognizer
from realtime.recognition.recognizer import Recognizer
from realtime.sources.frame import Frame
from realtime.sources.open import open_source

_WARM = 10  # frames looked at before the clip begins
_EVERY = 40  # pixels between two of those by which a frame is recognised again


class OrderError(Exception):
    """Frames did not arrive in the order in which they were sent, so no truth can be told for them."""


@dataclass
class Run:
    """What a clip came to.

    Attributes:
        shown: what was shown over each frame of the clip that was shown.
        read: how many frames were read.
        seconds: how long it was played.
        cpu: seconds of CPU that both processes of the program took meanwhile; 0 where the system does not tell.
    """

    shown: list[Shown]
    read: int
    seconds: float
    cpu: float


class _Noted(NamedTuple):
    """A frame as it was shown: its number in order of arrival, when, what, which one was read, some of its pixels."""

    number: int
    time: float
    digits: Detections
    reading: list[str] | None
    read: int
    pixels: np.ndarray


def play(jpegs: Sequence[bytes], rate: float) -> Run:
    """Play pictures at so many a second, over HTTP, to a program that shows the newest and reads what it can.

    Raises:
        OrderError: a picture was lost on the way.
        SourceError, ModelError, WorkerError: from the program.
    """
    with (
        Player(jpegs, rate) as player,
        open_source(player.url) as source,
        closing(Worker(make_recognizer)) as worker,
    ):
        pipeline, noted = NewestFrame(worker), []
        cpu = begin = 0.0
        for count, frame in enumerate(source):
            if count == _WARM:
                cpu, begin = _cpu_seconds(), time.monotonic()
                player.play()
            if count >= _WARM and not player.playing:
                break
            noted.append(_note(pipeline, frame))
        cpu, seconds = _cpu_seconds() - cpu, time.monotonic() - begin
        sent = player.sent()
    _check_order(noted, sent, jpegs)
    noted = [one for one in noted if 0 <= sent[one.number].frame < len(jpegs)]
    shown = [Shown(sent[one.number].frame, one.digits, one.reading, one.time - sent[one.number].time) for one in noted]
    return Run(shown, len({one.read for one in noted}), seconds, cpu)


def read_every(recognizer: Recognizer, jpegs: Sequence[bytes], rate: float) -> Run:
    """Read every picture before the next, as the program does with a video file."""
    pipeline, shown = EveryFrame(recognizer), []
    begin, cpu = time.monotonic(), time.process_time()
    for i, jpeg in enumerate(jpegs):
        result = pipeline(Frame(from_jpeg(jpeg), "clip", i, i / rate, still=False, fps=rate))
        result.annotated()
        shown.append(Shown(i, result.detections, None if result.reading is None else result.reading.lines))
    return Run(shown, len(shown), time.monotonic() - begin, time.process_time() - cpu)


def _note(pipeline: NewestFrame, frame: Frame) -> _Noted:
    pixels = frame.image[::_EVERY, ::_EVERY].copy()
    result = pipeline(frame)
    result.annotated()  # as the window does
    reading = None if result.reading is None else result.reading.lines
    return _Noted(frame.index, time.monotonic(), result.detections, reading, result.as_read.frame.index, pixels)


def _check_order(noted: Sequence[_Noted], sent: Sequence[Sent], jpegs: Sequence[bytes]) -> None:
    """Look whether frames are what the camera sent under their number rather than what it sent before or after.

    Raises:
        OrderError: they are not.
    """
    likeness = np.zeros(3)  # to the frame before, to the one meant, to the one after
    for one in noted[:: max(1, len(noted) // 50)]:
        frame = sent[one.number].frame
        if not 1 <= frame < len(jpegs) - 1:
            continue
        others = [from_jpeg(jpegs[frame + k])[::_EVERY, ::_EVERY] for k in (-1, 0, 1)]
        apart = [np.abs(one.pixels.astype(np.int16) - other).mean() for other in others]
        likeness[np.argmin(apart)] += 1
    if likeness.sum() and likeness.argmax() != 1:
        raise OrderError("frames did not arrive as they were sent; run it again")


def _cpu_seconds() -> float:
    """CPU time so far of this process and of the one that reads."""
    readers = [child.pid for child in active_children() if child.name == NAME]
    return time.process_time() + sum(_cpu_of(pid) for pid in readers if pid is not None)


def _cpu_of(pid: int) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # not Linux
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

"""A door camera for a week, in short: the sample clip as a stream without end, cut again and again.

The stream is read, tracked and written as JSON lines just as the program does it: a process of its own reads frames, in
those that pass meanwhile the digits ride on their ink. Printed is what both processes hold after the first thousand
frames and at the end, and what is still held when all is closed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from benchmarks.stream import Stream
from benchmarks.telling import add_json, tell
from realtime.cli import CLIP, watch
from realtime.live.outputs import Outputs
from realtime.live.pipeline import NewestFrame
from realtime.live.result import FrameResult
from realtime.live.worker import NAME, Worker, WorkerError, make_recognizer
from realtime.networks.model_file import ModelError
from realtime.sinks.console import Console
from realtime.sources.frame import Frame
from realtime.sources.open import SourceError, open_source
from realtime.system.interrupt import Interrupts

FRAMES, CUTS, SETTLED = 30_000, 20, 1_000
"""Frames read, times the stream is cut, and frames after which memory should stand still."""

_RATE = 60.0  # frames a second of the stream: more than a camera gives, so that it takes less than a day
_GRACE = 5.0  # seconds in which what is closed may go


@dataclass(frozen=True)
class Holdings:
    """Resident MB of this process and of the one that reads; its own threads of any kind, open files and sockets."""

    memory_mb: float
    threads: int
    files: int
    sockets: int

    @classmethod
    def now(cls) -> Holdings:
        """Linux only: `/proc` is asked.

        Raises:
            OSError: elsewhere.
        """
        readers = (child for child in multiprocessing.active_children() if child.name == NAME)
        processes = ["self", *(str(child.pid) for child in readers)]
        pages = sum(int(Path(f"/proc/{name}/statm").read_text().split()[1]) for name in processes)
        opened = []
        for number in os.listdir("/proc/self/fd"):
            try:
                opened.append(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:  # the listing itself
                continue
        sockets = sum(target.startswith("socket:") for target in opened)
        threads = len(os.listdir("/proc/self/task"))
        return cls(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, threads, len(opened) - sockets, sockets)

    def more_than(self, before: Holdings) -> dict[str, int]:
        """How many more threads, files and sockets than before."""
        return {name: getattr(self, name) - getattr(before, name) for name in ("threads", "files", "sockets")}


class Watched:
    """Counts the frames on their way to the files; cuts the stream and looks at the memory when it is time.

    Attributes:
        frames, noted: pictures that came, and stand-ins for those that did not.
        read: pictures that were read.
        cuts: how often the stream was cut.
        readings: how many were finished.
        memory: MB by number of frames read.
    """

    def __init__(self, delivery: Outputs, stream: Stream, bar: tqdm, frames: int, cuts: int, settled: int) -> None:
        self.frames = self.noted = self.read = self.cuts = self.readings = 0
        self._last: Frame | None = None
        self.memory: dict[int, float] = {}
        self._delivery, self._stream, self._bar = delivery, stream, bar
        self._cut_at = {frames * (k + 1) // (cuts + 1) for k in range(cuts)}
        self._look_at = {settled, frames} | {frames * k // 10 for k in range(1, 10)}

    def __call__(self, result: FrameResult) -> None:
        self._delivery(result)
        if result.trace is None:
            self.noted += 1
            return
        self.frames += 1
        self._bar.update()
        self.read += result.as_read.frame is not self._last
        self._last = result.as_read.frame
        self.readings += result.reading is not None
        if self.frames in self._look_at:
            self.memory[self.frames] = Holdings.now().memory_mb
        if self.frames in self._cut_at:
            self._stream.cut()
            self.cuts += 1


def measure(frames: int, cuts: int, settled: int = SETTLED, video: Path = CLIP) -> dict[str, Any]:
    """Watch `frames` frames of a stream that is cut `cuts` times, and see what is held."""
    # What is made once and kept, as the pools of threads, is no leftover.
    with open_source(str(video)) as clip, closing(Worker(make_recognizer)) as worker:
        pipeline = NewestFrame(worker)
        for frame, _ in zip(clip, range(10), strict=False):
            pipeline(frame)
    console, interrupts = Console(quiet=True), Interrupts()
    begin = time.monotonic()
    # The bar has a thread of its own, which is there before the source is opened and stays.
    with (
        tqdm(total=frames, unit="frame", disable=None) as bar,
        tempfile.TemporaryDirectory() as folder,
        Stream(video, _RATE) as stream,
    ):
        before = Holdings.now()
        with (
            open_source(stream.url, max_frames=frames, patience=None) as source,
            closing(Worker(make_recognizer)) as worker,
            Outputs(console, interrupts, json=str(Path(folder) / "lines.jsonl")) as delivery,
        ):
            watched = Watched(delivery, stream, bar, frames, cuts, settled)
            watch(source, NewestFrame(worker), watched, None)
            reading = Holdings.now().more_than(before)
        end = time.monotonic() + _GRACE
        while any((after := Holdings.now()).more_than(before).values()) and time.monotonic() < end:
            time.sleep(0.05)
        lines = (Path(folder) / "lines.jsonl").read_bytes().count(b"\n")
    return {
        "frames": watched.frames,
        "read": watched.read,
        "settled": min(settled, frames),
        "lines": lines,
        "seconds": time.monotonic() - begin,
        "cuts": watched.cuts,
        "stand_ins": watched.noted,
        "dropped": source.dropped,
        "readings": watched.readings,
        "memory_mb": dict(sorted(watched.memory.items())),
        "growth_mb": watched.memory[frames] - watched.memory[min(settled, frames)],
        "while_reading": reading,
        "left_over": after.more_than(before),
    }


def report(figures: dict[str, Any]) -> str:
    """The figures to read."""
    frames = figures["frames"]
    course = ", ".join(f"{frame}: {value:.1f}" for frame, value in figures["memory_mb"].items())
    held, left = (
        ", ".join(f"{count} {name}" for name, count in figures[when].items()) for when in ("while_reading", "left_over")
    )
    return "\n".join(
        [
            f"{frames} frames in {figures['seconds']:.0f} s, {figures['read']} of them read, {figures['lines']} JSON "
            f"lines, {figures['readings']} readings; {figures['dropped']} frames dropped for newer ones",
            f"the stream was cut {figures['cuts']} times; {figures['stand_ins']} times the last picture stood in",
            f"memory in MB by frame: {course}",
            f"from frame {figures['settled']} to the end it grew by {figures['growth_mb']:.1f} MB",
            f"held for the source and the lines: {held}; left over once they were closed: {left}",
        ]
    )


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks endurance",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--frames", type=int, default=FRAMES, help="(default: %(default)s)")
    parser.add_argument("--cuts", type=int, default=CUTS, help="(default: %(default)s)")
    add_json(parser)
    args = parser.parse_args(argv)
    if args.frames < 1 or not 0 <= args.cuts < args.frames:
        parser.error("at least one frame, and fewer cuts than frames")
    try:
        figures = measure(args.frames, args.cuts)
    except (OSError, SourceError, ModelError, WorkerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    tell(report(figures), figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

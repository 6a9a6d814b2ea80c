"""How the program does as a camera user meets it: clips played in real time, judged by what is shown over each frame.

    python -m benchmarks live
    python -m benchmarks live 0 4 --json live.json

The sample clip (-1) and the generated clips are drawn first, then played one after the other as a camera would send
them. The program shows the newest frame at once and reads what it can; boxes are carried from the frame read last to
the one shown. Leave the machine alone meanwhile: what else it does costs readings.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.clip_set import CLIPS, SAMPLE, clip_name, images, moving_clip
from benchmarks.clip_truth import Truth
from benchmarks.live_run import OrderError, Run, play, read_every
from benchmarks.live_score import Score, score
from benchmarks.mjpeg import to_jpeg
from benchmarks.scoring import share
from benchmarks.telling import add_json, tell
from benchmarks.workers import MOST
from realtime.live.worker import WorkerError, make_recognizer
from realtime.networks.model_file import ModelError
from realtime.sources.open import SourceError

RATE = 30.0
QUICK = (SAMPLE, 0, 2)

STAY, WRONG, SOON = 0.2, 0.3, 1.0
"""Seconds: how long a digit may be shown once it is gone, how long a wrong number, how soon the reading is to come."""

_HEAD = ("shown", "read", "CPU", "digits", "boxes", "all right within s", "reading within s", "gone s", "wrong s")
_SUBHEAD = ("a s", "a s", "%", "right %", "IoU", "median  in 1 s", "median  in 1 s", "longest", "longest")


def draw(i: int, rate: float) -> tuple[list[bytes], Truth]:
    """The frames of clip number `i` as JPEGs, and their truth when played at so many a second."""
    cv2.setNumThreads(1)
    clip = moving_clip(i, rate)
    return [to_jpeg(image) for image in images(clip, i)], Truth.of(clip, rate)


def figures(run: Run, told: Score) -> dict[str, Any]:
    """One clip, or all of them together, as they go into the JSON file; None where there is nothing to tell."""
    return {
        "shown_a_s": share(told.shown, run.seconds),
        "read_a_s": share(run.read, run.seconds),
        "cpu": share(run.cpu, run.seconds),
        "delay_ms": {
            "median": _quantile(np.array(told.delay) * 1e3, 0.5),
            "p95": _quantile(np.array(told.delay) * 1e3, 0.95),
        },
        "held": told.held,
        "right": share(told.right, told.held),
        "overlap": _quantile(told.overlap, 0.5),
        "to_digits_s": _waits(told.to_digits, SOON),
        "to_reading_s": _waits(told.to_reading, SOON),
        "gone_s": _waits(told.stays, STAY),
        "wrong_s": _waits(told.wrong, WRONG),
    }


def report(clips: dict[str, dict[str, Any]]) -> str:
    """The clips as a table."""
    lines = [_row("", _HEAD), _row("", _SUBHEAD)]
    for name, row in clips.items():
        cells = (
            _number(row["shown_a_s"], 1),
            _number(row["read_a_s"], 1),
            _percent(row["cpu"], 0),
            _percent(row["right"]),
            _number(row["overlap"], 3),
            _wait(row["to_digits_s"]),
            _wait(row["to_reading_s"]),
            _number(row["gone_s"]["longest"]),
            _number(row["wrong_s"]["longest"]),
        )
        lines.append(_row(name, cells))
    total = clips["all"]
    lines += [
        "",
        f"digits right: share of {total['held']} shown frames from half a second after the whole sheet is in view",
        f"gone: {total['gone_s']['number']} times a digit went out of view, {_percent(total['gone_s']['within'])} % "
        f"were not shown after {STAY} s, median {_number(total['gone_s']['median'])} s",
        f"wrong: {total['wrong_s']['number']} times a wrong number was shown, "
        f"{_percent(total['wrong_s']['within'])} % of them no longer than {WRONG} s",
        f"a frame is shown {_number(total['delay_ms']['median'], 0)} ms after it was sent (median), "
        f"{_number(total['delay_ms']['p95'], 0)} ms (95 %)",
    ]
    return "\n".join(lines)


def measure(numbers: Iterable[int], rate: float, every: bool) -> dict[str, Any]:
    """Play the clips, and tell how they were shown.

    Args:
        numbers: of the clips.
        rate: frames a second.
        every: read every frame before the next instead, as with a video file.
    """
    numbers = list(numbers)
    with ProcessPoolExecutor(MOST) as pool:
        drawn = list(tqdm(pool.map(partial(draw, rate=rate), numbers), "draw", len(numbers), disable=None))
    recognizer = make_recognizer() if every else None
    told: dict[str, dict[str, Any]] = {}
    whole, everything = Run([], 0, 0.0, 0.0), Score()
    for i, (jpegs, truth) in zip(tqdm(numbers, "play", disable=None), drawn, strict=True):
        run = play(jpegs, rate) if recognizer is None else read_every(recognizer, jpegs, rate)
        judged = score(truth, run.shown)
        told[clip_name(i)] = figures(run, judged)
        whole = Run([], whole.read + run.read, whole.seconds + run.seconds, whole.cpu + run.cpu)
        everything += judged
    told["all"] = figures(whole, everything)
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {"rate": rate, "every_frame": every, "load": load, "clips": told}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks live",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "clips", nargs="*", type=int, metavar="N", help=f"clips by number, from {SAMPLE} to {CLIPS - 1} (default: all)"
    )
    parser.add_argument("--quick", action="store_true", help="three clips only")
    parser.add_argument("--fps", type=float, default=RATE, help="frames a second (default: %(default)s)")
    parser.add_argument("--every-frame", action="store_true", help="read every frame, as with a video file: to compare")
    add_json(parser)
    args = parser.parse_args(argv)
    numbers = args.clips or (QUICK if args.quick else range(SAMPLE, CLIPS))
    if args.fps <= 0 or not set(numbers) <= set(range(SAMPLE, CLIPS)):
        parser.error(f"clips have numbers from {SAMPLE} to {CLIPS - 1}, and at least some frames a second")
    try:
        measured = measure(numbers, args.fps, args.every_frame)
        tell(report(measured["clips"]), measured, args.json)
    except (OSError, OrderError, SourceError, ModelError, WorkerError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _quantile(values: Any, q: float) -> float | None:
    return float(np.quantile(values, q)) if len(values) else None


def _waits(values: list[float], bound: float) -> dict[str, float | int | None]:
    """How many, their median, the longest, and the share within a bound; what never came has no figure."""
    never = float("inf")
    median, longest = (float(np.median(values)), max(values)) if values else (None, None)
    return {
        "number": len(values),
        "median": None if median == never else median,
        "longest": None if longest == never else longest,
        "within": share(sum(value <= bound + 1e-9 for value in values), len(values)),
    }


def _wait(row: dict[str, Any]) -> str:
    median = "never" if row["number"] and row["median"] is None else _number(row["median"])
    return f"{median}  {_percent(row['within'], 0):>3} %"


def _number(value: float | None, digits: int = 2) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _percent(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{100 * value:.{digits}f}"


def _row(name: str, cells: tuple[str, ...]) -> str:
    widths = (7, 7, 6, 9, 8, 20, 18, 9, 9)
    return f"{name:<10}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    sys.exit(main())

"""CPU a frame by stage, the time to the first answer, and peak memory.

Times are CPU milliseconds of one thread (`time.process_time`), of rounds in which every task runs once: what else the
machine does then hits all of them alike. The yardstick is decoding the very same frame from a camera's JPEG, which no
program can do without.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np

from benchmarks.telling import add_json, tell
from realtime.drawing.annotate import annotate
from realtime.layout.arrange import arrange
from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import Recognizer
from realtime.tracking.tracker import Tracker
from training.render.scenes import KINDS, draw_sheet

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "samples" / "clip.mp4"
ROWS = ["0522 1859 27", "3140 6 77208", "94 8163 5507", "61728 39405", "2084 15 9736"]
QUALITY = 90  # of the JPEG: what UVC cameras send is between 85 and 95, chroma halved sideways (4:2:2)


def fifty_digits() -> np.ndarray:
    """The frame that is measured, a ballpoint sheet in the light of a room: `(720, 1280, 3) uint8` BGR."""
    small = replace(KINDS["plain"], height=(0.08, 0.08))
    scene = draw_sheet(np.random.default_rng(0), kind=small, difficulty=0.2, rows=ROWS)
    assert len(scene.digits) == 50, "the sheet has no room for all rows"
    return scene.image


def camera_jpeg(frame: np.ndarray) -> np.ndarray:
    """The frame as a camera in MJPG mode would send it: `(n,) uint8`."""
    options = [
        *(cv2.IMWRITE_JPEG_QUALITY, QUALITY),
        *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422),
    ]
    return np.asarray(cv2.imencode(".jpg", frame, options)[1])


def cpu_milliseconds(tasks: dict[str, Callable[[], object]], rounds: int) -> dict[str, np.ndarray]:
    """CPU time of every task in every round, after one round that does not count: name -> `(rounds,)`."""
    times = {name: np.zeros(rounds) for name in tasks}
    for task in tasks.values():
        task()
    for i in range(rounds):
        for name, task in tasks.items():
            begin = time.process_time()
            task()
            times[name][i] = (time.process_time() - begin) * 1e3
    return times


def frame_costs(frame: np.ndarray, rounds: int) -> dict[str, np.ndarray]:
    """CPU milliseconds of each stage on one frame: name -> `(rounds,)`."""
    jpeg = camera_jpeg(frame)
    frame = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    recognizer, tracker = Recognizer(Classifier(threads=1)), Tracker()
    detections = recognizer(frame)
    layout = arrange(detections)
    times = (i / 30 for i in count())
    stages: list[dict[str, float]] = []
    tasks = {
        "decode the JPEG": lambda: cv2.imdecode(jpeg, cv2.IMREAD_COLOR),
        "recognise": lambda: stages.append(recognizer.trace(frame).milliseconds),
        "track": lambda: tracker(detections, next(times)),
        "lay out": lambda: arrange(detections),
        "annotate": lambda: annotate(frame, detections, layout),
    }
    # The recogniser times its stages by the clock on the wall; here it is given the one of the CPU.
    with patch("realtime.recognition.recognizer.time.perf_counter", time.process_time):
        costs = cpu_milliseconds(tasks, rounds)
    within = {f"  {name}": np.array([stage[name] for stage in stages[1:]]) for name in stages[0]}
    within["  rest"] = costs["recognise"] - np.sum(list(within.values()), axis=0)
    return {name: costs[name] for name in list(tasks)[:2]} | within | {name: costs[name] for name in list(tasks)[2:]}


def tutorial_cost(frame: np.ndarray, rounds: int) -> tuple[np.ndarray, int]:
    """CPU milliseconds of the tutorial loop on the frame, `(rounds,)`, and how often it calls the network."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.png"
        cv2.imwrite(str(path), frame)
        command = [sys.executable, "-m", "benchmarks.tutorial_loop", str(path), "--rounds", str(rounds)]
        quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
        done = subprocess.run(command, cwd=ROOT, env=quiet, stdout=subprocess.PIPE, text=True, check=True)
    result = json.loads(done.stdout.splitlines()[-1])
    return np.array(result["milliseconds"]), result["predictions"]


def program_cost(source: Path) -> dict[str, float]:
    """A whole run of the program on a source: seconds to its first answer, CPU seconds to its end, peak memory."""
    program = [sys.executable, "-m", "realtime", str(source), "--no-window", "--quiet", "--json", "-"]
    watched = [sys.executable, "-m", "benchmarks.watch", *program]
    cost = json.loads(subprocess.run(watched, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout)
    if cost["exit_code"]:
        raise SystemExit(f"error: {' '.join(program)} ended with {cost['exit_code']}")
    return cost


def best_of(source: Path, runs: int) -> dict[str, float]:
    """The least of several runs of the program, by figure; the largest for memory."""
    costs = [program_cost(source) for _ in range(runs)]
    return {name: (max if "memory" in name else min)(cost[name] for cost in costs) for name in costs[0]}


def measure(rounds: int, tutorial_rounds: int, starts: int) -> dict[str, Any]:
    """All figures, as they go into the JSON file."""
    cv2.setNumThreads(1)
    frame = fifty_digits()
    costs = frame_costs(frame, rounds)
    figures: dict[str, Any] = {
        "machine": f"{processor()}, Python {platform.python_version()}, OpenCV {cv2.__version__}",
        "frame": {
            "size": [frame.shape[1], frame.shape[0]],
            "digits": 50,
            "jpeg": f"quality {QUALITY}, 4:2:2, {len(camera_jpeg(frame)) / 1e3:.0f} kB",
        },
    }
    if tutorial_rounds:
        costs["tutorial loop"], figures["tutorial_predictions"] = tutorial_cost(frame, tutorial_rounds)
    decode = np.median(costs["decode the JPEG"])
    figures["cpu_ms"] = {
        name: {"median": float(np.median(t)), "least": float(t.min()), "x_decoding": float(np.median(t) / decode)}
        for name, t in costs.items()
    }
    if starts:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "frame.png"
            cv2.imwrite(str(path), frame)
            figures["one_frame"] = best_of(path, starts)
        figures["clip"] = program_cost(CLIP)
    return figures


def report(figures: dict[str, Any]) -> str:
    """The figures as a table to read."""
    frame, cpu = figures["frame"], figures["cpu_ms"]
    lines = [
        figures["machine"],
        "frame {}x{} with {} digits; as the camera's JPEG: {}; one thread".format(
            *frame["size"], frame["digits"], frame["jpeg"]
        ),
        "",
        f"{'CPU milliseconds a frame':<26}{'median':>10}{'least':>10}{'x decoding':>12}",
    ]
    for name, row in cpu.items():
        lines.append(f"{name:<26}{row['median']:>10.2f}{row['least']:>10.2f}{row['x_decoding']:>12.2f}")
    lines.append("")
    if "tutorial loop" in cpu:
        ratio = cpu["tutorial loop"]["median"] / cpu["recognise"]["median"]
        calls = figures["tutorial_predictions"]
        lines.append(f"the tutorial loop calls predict {calls} times and costs {ratio:.0f} x the recogniser")
    if "one_frame" in figures:
        one, clip = figures["one_frame"], figures["clip"]
        lines += [
            "process start to first answer: {first_answer_s:.2f} s; whole run on one picture: "
            "{cpu_s:.2f} s of CPU, peak memory {peak_memory_mb:.0f} MB".format(**one),
            "the sample clip, {lines} frames: {each:.1f} ms of CPU a frame all in all, "
            "peak memory {peak_memory_mb:.0f} MB".format(each=clip["cpu_s"] / clip["lines"] * 1e3, **clip),
        ]
    return "\n".join(lines)


def processor() -> str:
    """The processor's name as the system states it."""
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]  # type: ignore[index]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks speed", description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=100, help="of every stage (default: %(default)s)")
    parser.add_argument("--tutorial-rounds", type=int, default=3, help="of the tutorial loop; 0: none (default: 3)")
    parser.add_argument("--starts", type=int, default=5, help="of the program; 0: none (default: %(default)s)")
    add_json(parser)
    args = parser.parse_args(argv)
    figures = measure(args.rounds, args.tutorial_rounds, args.starts)
    tell(report(figures), figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

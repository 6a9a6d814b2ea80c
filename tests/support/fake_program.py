"""The program with a stand-in for the network, sheets for it to read, and a way to run it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import witness

from realtime import cli
from realtime.live import worker
from realtime.window import window

ROOT = Path(__file__).resolve().parents[2]


class FakeClassifier:
    """Takes narrow glyphs for a 1 and all others for a 7."""

    def __init__(self, path: str | None = None) -> None:
        pass

    def __call__(self, images: np.ndarray) -> np.ndarray:
        probabilities = np.full((len(images), 11), 0.002, np.float32)
        narrow = (images.max(axis=1) > 0.3).sum(axis=1) < 10 if len(images) else np.zeros(0, bool)
        probabilities[np.arange(len(images)), np.where(narrow, 1, 7)] = 0.98
        return probabilities


def sheet(*lines: str, left: int = 100, size: tuple[int, int] = (640, 480)) -> np.ndarray:
    """A `(480, 640, 3) uint8` picture of paper with ones and sevens on it, 60 px high."""
    image = np.full((size[1], size[0], 3), 225, np.uint8)
    for row, line in enumerate(lines):
        for column, digit in enumerate(line):
            x, y = left + 70 * column, 80 + 110 * row
            points = {"1": [(20, 0), (20, 60)], "7": [(0, 0), (38, 0), (14, 60)], " ": []}[digit]
            if points:
                shape = np.add(points, (x, y)).astype(np.int32)
                cv2.polylines(image, [shape], False, (60, 40, 30), 6, cv2.LINE_AA)
    return image


def write_sheet(path: Path, *lines: str, **options: Any) -> Path:
    cv2.imwrite(str(path), sheet(*lines, **options))
    return path


def write_clip(path: Path, *lines: str, seconds: float = 2, fps: int = 10) -> Path:
    """A video of a sheet that lies still."""
    image = sheet(*lines)
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), fps, image.shape[1::-1])
    for _ in range(round(seconds * fps)):
        writer.write(image)
    writer.release()
    return path


def start(*args: str | Path, cwd: Path | None = None, **options: Any) -> subprocess.Popen[str]:
    """The program as a process, its pipes open."""
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, args)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        text=True,
        **{**pipes, **options},
    )


def finish(process: subprocess.Popen[str], timeout: float = 200) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a process that ends by itself."""
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        process.kill()
    return process.returncode, out, err


def begin() -> None:
    """Make the program wait for tests, and tell them what it does."""
    window.TOAST = 3600.0  # no message goes before a test has seen it, however long that takes
    if path := os.environ.get(witness.VARIABLE):
        witness.write_down(path)
        # The screen is there. A window to try it out, gone at once, has the number of the next one: a manager that is
        # late then takes the end of the first for that of the second.
        os.environ["QT_QPA_PLATFORM"] = "xcb"
        cli.why_no_window = lambda: None


if __name__ in ("__main__", "__mp_main__"):  # the program, and its process that reads the frames of a camera
    worker.Classifier = FakeClassifier  # type: ignore[misc, assignment]
if __name__ == "__main__":
    begin()
    sys.exit(cli.main())

"""Counts digits that the window and saved pictures hide: under labels, under the reading, under anything else."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.generated import hard_sheet
from realtime.drawing.annotate import draw_boxes
from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import Recognizer
from realtime.sources.frame import Frame
from realtime.sources.open import open_source
from realtime.window.view import View

ROOT = Path(__file__).resolve().parents[1]
SIZES = (640, 480), (800, 600), (1280, 720), (1920, 1080), (3840, 2160)
"""Width and height of the windows."""
SHEETS = 5
"""Generated sheets: the densest of the first so many hard ones."""
_OF = 40


def hidden(result: FrameResult, picture: NDArray[np.uint8], scale: float) -> int:
    """How many digits a drawn picture hides a pixel of; the frames around the digits do not count.

    Args:
        result: the frame and its digits.
        picture: `(h, w, 3) uint8` BGR, the frame with everything drawn on it.
        scale: pixels of the picture to one of the frame.
    """
    height, width = picture.shape[:2]
    frame = result.frame.image
    if (width, height) != frame.shape[1::-1]:
        how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        frame = cv2.resize(frame, (width, height), interpolation=how)
    xyxy = np.rint(result.detections.xyxy * scale).astype(np.int32)
    detections = replace(result.detections, xyxy=np.clip(xyxy, 0, [width, height, width, height]))
    fits = result.layout.fits
    bare = frame.copy()
    draw_boxes(bare, detections, np.ones(len(detections), bool) if fits is None else fits)
    differs = (bare != picture).any(axis=2)
    return sum(bool(differs[y1:y2, x1:x2].any()) for x1, y1, x2, y2 in detections.xyxy.tolist())


def shown(result: FrameResult, area: tuple[int, int]) -> tuple[int, float]:
    """Digits hidden in a window of this size, and the seconds that drawing it took."""
    start = time.perf_counter()
    canvas, place = View(result, area).draw()
    seconds = time.perf_counter() - start
    h, w = result.frame.image.shape[:2]
    width, height = max(1, int(w * place.scale)), max(1, int(h * place.scale))
    picture = canvas[place.top : place.top + height, place.left : place.left + width]
    return hidden(result, picture, place.scale), seconds


def dense_sheets(pipeline: EveryFrame, count: int = SHEETS) -> list[FrameResult]:
    """The generated sheets with the most digits."""
    scenes = sorted((hard_sheet(i) for i in range(_OF)), key=lambda scene: -len(scene.digits))[:count]
    frames = [Frame(scene.image, f"sheet {i}", 0, 0.0, still=True) for i, scene in enumerate(scenes)]
    return [pipeline(frame) for frame in frames]


def _results(pipeline: EveryFrame, files: list[str]) -> Iterator[FrameResult]:
    with open_source(files, on_failure=lambda line: print(f"error: {line}", file=sys.stderr)) as source:
        yield from (pipeline(frame) for frame in source)
    yield from dense_sheets(pipeline)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks hidden", description=__doc__)
    parser.add_argument("files", nargs="*", help="pictures (default: the samples); dense sheets are drawn as well")
    args = parser.parse_args(argv)
    files = args.files or sorted(map(str, (ROOT / "samples").glob("*.jpg")))
    pipeline = EveryFrame(Recognizer(Classifier()))
    counts = dict.fromkeys(SIZES, 0)
    saved = 0
    seconds: dict[tuple[int, int], list[float]] = {size: [] for size in SIZES}
    digits = pictures = 0
    for result in _results(pipeline, files):
        pictures, digits = pictures + 1, digits + len(result.detections)
        height, width = result.frame.image.shape[:2]
        saved += hidden(result, result.saved()[:height, :width], 1.0)
        for size in SIZES:
            count, took = shown(result, size)
            counts[size] += count
            seconds[size].append(took)
    print(f"{pictures} pictures, {digits} digits")
    for size in SIZES:
        took = statistics.median(seconds[size]) * 1e3
        print(f"window {size[0]}x{size[1]}: {counts[size]} digits hidden; {took:.0f} ms to draw (median)")
    print(f"saved pictures: {saved} digits hidden")
    return int(saved > 0 or any(counts.values()))


if __name__ == "__main__":
    sys.exit(main())

"""Sheets that leave the picture to each side, come back, shrink and turn, before the real loop.

python tests/support/leaving.py 200     # so many drawn runs; each frame is annotated, recorded and looked at
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np

if __name__ in ("__main__", "__mp_main__"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from realtime.cli import watch
from realtime.live.outputs import Outputs
from realtime.live.pipeline import NewestFrame
from realtime.live.result import FrameResult
from realtime.live.worker import Worker, make_recognizer
from realtime.sinks.console import Console
from realtime.sources.frame import Frame
from realtime.system.interrupt import Interrupts
from training.render.scenes import draw_sheet

SIZE = (640, 480)
DESK = (96, 104, 112)
WAYS = ("left", "right", "up", "down", "shrink", "turn")
FRAMES = 48
UNSURE = partial(make_recognizer, None, 0.2)
"""A recogniser that also tells digits of which it is not sure: these are drawn in another way than sure ones."""


def images(seed: int) -> Iterator[np.ndarray]:
    """The pictures of one run: a sheet goes one way out of the picture and comes back; the last ones are empty."""
    rng = np.random.default_rng([4711, seed])
    kind = str(rng.choice(["plain", "ruled", "squared", "coloured"]))
    sheet = draw_sheet(rng, SIZE, kind, float(rng.uniform(0.2, 0.9))).image
    if rng.random() < 0.5:  # faint, so that some digits are not sure
        sheet = cv2.addWeighted(sheet, 0.4, np.full_like(sheet, 200), 0.6, 0)
    way, pace = WAYS[seed % len(WAYS)], float(rng.uniform(0.7, 1.3))
    aside = rng.uniform(-0.3, 0.3, 2) * SIZE
    for i in range(FRAMES):
        gone = pace * 1.5 * np.sin(np.pi * max(0, i - 8) / (FRAMES - 18)) if i < FRAMES - 10 else 3.0
        yield _moved(sheet, way, max(0.0, gone), aside)
    for _ in range(6):
        yield np.full((SIZE[1], SIZE[0], 3), DESK, np.uint8)


def _moved(sheet: np.ndarray, way: str, gone: float, aside: np.ndarray) -> np.ndarray:
    width, height = SIZE
    angle, scale, shift = 0.0, 1.0, gone * aside / 3
    if way == "shrink":
        scale = 1 / (1 + 3 * gone)
    elif way == "turn":
        angle = 90 * gone
        shift = shift + np.array([0.7 * gone * width, 0])
    else:
        x, y = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}[way]
        shift = shift + np.array([x * gone * width, y * gone * height])
    move = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    move[:, 2] += shift
    return cv2.warpAffine(sheet, move, SIZE, borderMode=cv2.BORDER_CONSTANT, borderValue=DESK)


def run(seed: int, worker: Worker, folder: Path) -> dict[str, int]:
    """Take one run through the loop; returns how many digits were shown, and how many of them were clipped or unsure.

    Raises:
        AssertionError: a box reaches beyond the picture.
    """
    told = {"digits": 0, "at the border": 0, "unsure": 0}

    class Source:
        dropped = frames = 0

        def __iter__(self) -> Iterator[Frame]:
            for image in images(seed):
                yield self._next(image)
                while not told["digits"]:  # however long that takes here: until it is read the sheet is held still
                    assert self.frames < 1000, "the sheet is never read"
                    yield self._next(image)

        def _next(self, image: np.ndarray) -> Frame:
            self.frames += 1
            return Frame(image.copy(), "camera 0", self.frames - 1, self.frames / 30, still=False)

    source: Any = Source()

    def write(result: FrameResult) -> None:
        delivery(result)
        boxes, size = result.detections.xyxy, np.array([*SIZE, *SIZE])
        assert (boxes >= 0).all() and (boxes <= size).all() and (boxes[:, 2:] > boxes[:, :2]).all()
        assert len(result.layout.order) == len(boxes)
        told["digits"] += len(boxes)
        told["at the border"] += int(((boxes == 0) | (boxes == size)).any(axis=1).sum())
        told["unsure"] += int((result.detections.confidence < 0.9).sum())

    lines = folder / f"{seed}.jsonl"
    video = str(folder / f"{seed}.avi")
    with Outputs(Console(quiet=True), Interrupts(), json=str(lines), save=video) as delivery:
        watch(source, NewestFrame(worker), write, None)
    if worker.busy:
        worker.poll(None)
    assert len(lines.read_text().splitlines()) == source.frames
    for line in lines.read_text().splitlines():
        for digit in json.loads(line)["digits"]:
            x1, y1, x2, y2 = digit["xyxy"]
            assert 0 <= x1 < x2 <= SIZE[0] and 0 <= y1 < y2 <= SIZE[1]
    return told


def main(runs: int) -> int:
    failed, total = 0, {"digits": 0, "at the border": 0, "unsure": 0}
    with tempfile.TemporaryDirectory() as folder, closing(Worker(UNSURE)) as worker:
        for seed in range(runs):
            try:
                told = run(seed, worker, Path(folder))
            except Exception as error:
                failed += 1
                print(f"run {seed}, {WAYS[seed % len(WAYS)]}: {type(error).__name__}: {error}")
            else:
                total = {name: total[name] + told[name] for name in total}
    print(f"{runs} runs, {failed} failed; shown: " + ", ".join(f"{count} {name}" for name, count in total.items()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))

"""Rebuilds what is in `samples/`: a clip and six sheets with their labels. `python -m training.samples [FOLDER]`."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from realtime.shipped import shipped_folder
from training.render.clips import Clip, draw_clip
from training.render.scenes import Scene, draw_sheet

FOLDER = shipped_folder("samples")
COLUMNS = ("file", "rows", "ordered", "difficulty", "first", "last", "notes")
SHEET_SIZE = (1280, 960)
QUALITY = 88


class Sample(NamedTuple):
    """A sheet that is shipped: its file, kind, seed and difficulty for the generator, and what the labels say of it."""

    file: str
    kind: str
    seed: int
    difficulty: float
    level: str
    notes: str


SHEETS = (
    Sample("rows.jpg", "plain", 102, 0.35, "easy", "rows of numbers; blue pen on plain paper; dim light from one side"),
    Sample("squared.jpg", "squared", 223, 0.4, "medium", "squared paper on a wooden table; felt pen, small digits"),
    Sample(
        "shadow.jpg", "shadow", 363, 0.75, "medium", "tilted sheet on a dark table; the shadow of a hand lies over it"
    ),
    Sample("coloured.jpg", "coloured", 417, 0.3, "medium", "thin pens of several colours; a loop around a number"),
    Sample("dark.jpg", "dark", 517, 0.35, "easy", "light on dark: white chalk on a green board with wiped spots"),
    Sample("letters.jpg", "letters", 616, 0.4, "hard", "ruled paper; words, signs and scribbles among the numbers"),
)
CLIP = "clip.mp4"
CLIP_NOTES = "a sheet is held into view over a desk, tilted, turned, held farther off and taken away"


def sheet(sample: Sample) -> Scene:
    """The scene of a sheet that is shipped."""
    return draw_sheet(np.random.default_rng(sample.seed), SHEET_SIZE, sample.kind, sample.difficulty)


def clip() -> Clip:
    """The clip that is shipped: 10 s, 1280x720, 25 frames a second."""
    rows = ["0522 1859", "31 415 926", "7 48 60"]
    return draw_clip(
        np.random.default_rng(15), 10, 25, rows=rows, story=("tilt", "turn", "far"), background="wood", grain=1.0
    )


def label(file: str, rows: list[str], level: str, notes: str, frames: tuple[int, int] | None = None) -> dict[str, str]:
    """A line of `labels.csv`; `frames` are the first and last frame of a scene of a video."""
    first, last = ("", "") if frames is None else map(str, frames)
    values = (file, "|".join(rows), "1", level, first, last, notes)
    return dict(zip(COLUMNS, values, strict=True))


def write(folder: Path) -> None:
    """Write the sheets, the clip, `labels.csv` and `truth.json` (the boxes on the sheets) into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    labels, truth = [], {}
    for sample in SHEETS:
        scene = sheet(sample)
        if not cv2.imwrite(str(folder / sample.file), scene.image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY]):
            raise OSError(f"cannot write {folder / sample.file}")
        labels.append(label(sample.file, scene.rows, sample.level, sample.notes))
        truth[sample.file] = [{"digit": digit.label, "xyxy": digit.xyxy, "row": digit.row} for digit in scene.digits]
    labels += write_clip(folder / CLIP)
    with open(folder / "labels.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(labels)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(digits)}" for name, digits in truth.items())
    (folder / "truth.json").write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


def write_clip(path: Path) -> list[dict[str, str]]:
    """Write the clip; its lines for `labels.csv`."""
    moving = clip()
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), moving.fps, moving.size)
    if not writer.isOpened():
        raise OSError(f"cannot write {path}")
    for scene in moving:
        writer.write(scene.image)
    writer.release()
    return label_clip(moving)


def label_clip(moving: Clip) -> list[dict[str, str]]:
    """Lines for `labels.csv`: the empty desk, then the sheet from half a second after it is wholly in view."""
    truth = [moving.truth(i) for i in range(len(moving))]
    empty = next(i for i, (digits, _) in enumerate(truth) if digits) - 1
    whole = [i for i, (_, rows) in enumerate(truth) if rows == moving.rows]
    return [
        label(CLIP, [], "medium", "the empty desk", (0, empty)),
        label(CLIP, moving.rows, "medium", CLIP_NOTES, (whole[0] + round(moving.fps / 2), whole[-1])),
    ]


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m training.samples", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help="where to write (default: samples/)")
    folder = parser.parse_args(argv).folder
    try:
        write(folder)
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

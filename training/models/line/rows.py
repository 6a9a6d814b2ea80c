"""Drawn rows in files: what the line reader learns from, made once and read by every run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.recognition.line_picture import HEIGHT, ink_of, picture_of
from training.render.line.paper import photograph
from training.render.line.row import write_row
from training.render.line.shapes import Shapes

WIDEST = 384
"""Columns of the widest row that is learnt from."""

A_FILE = 1024
"""Rows of one file."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to learn from.

    Attributes:
        pictures: each `(HEIGHT, w) uint8`, as `line_picture.picture_of` makes it.
        texts: their digits; a row may have none.
        boxes: of each row `(n, 4) float32`, `xyxy` of its digits in pixels of the picture.
    """

    pictures: list[np.ndarray]
    texts: list[str]
    boxes: list[np.ndarray]


def draw(rng: np.random.Generator, shapes: Shapes) -> tuple[np.ndarray, str, np.ndarray]:
    """One row: its picture, its digits and their boxes."""
    while True:
        height = float(np.exp(rng.uniform(np.log(24), np.log(64))))
        row = write_row(rng, shapes, height, most=9.0)
        gray, boxes = photograph(rng, row)
        picture = picture_of(ink_of(gray))
        if picture.shape[1] > WIDEST or picture.shape[1] < 5 * len(row.text):
            continue
        boxes = boxes * (HEIGHT / gray.shape[0])
        limits = np.array([picture.shape[1], HEIGHT] * 2, np.float32)
        return picture, row.text, np.clip(boxes, 0, limits).astype(np.float32)


def make_file(path: Path, shapes: Shapes, rng: np.random.Generator) -> None:
    """Draw `A_FILE` rows into a file, whole or not at all."""
    pictures, texts, boxes = zip(*(draw(rng, shapes) for _ in range(A_FILE)), strict=True)
    unfinished = path.with_name("unfinished-" + path.name)
    np.savez_compressed(
        unfinished,
        columns=np.concatenate(pictures, axis=1),
        widths=np.array([picture.shape[1] for picture in pictures]),
        texts=np.array(texts),
        boxes=np.concatenate(boxes).astype(np.float16),
    )
    os.replace(unfinished, path)


def read_file(path: Path) -> Rows:
    """The rows of a file that `make_file` wrote."""
    with np.load(path) as file:
        columns, widths, texts, boxes = (file[name] for name in ("columns", "widths", "texts", "boxes"))
    ends = np.cumsum(widths)[:-1]
    counts = np.cumsum([len(text) for text in texts])[:-1]
    names = [str(text) for text in texts]
    return Rows(np.split(columns, ends, axis=1), names, np.split(boxes.astype(np.float32), counts))

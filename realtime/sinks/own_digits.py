"""A folder of one's own digits: crops with what they mean, for `python -m training personalize`.

    mine/labels.csv          one row a digit: file, label, read, confidence, frame, x1, y1, x2, y2
    mine/crops/00001.png     28x28, ink bright, as the network saw it
    mine/frames/00001.png    the whole picture it was cut from

The label is a digit, or x for what is none. Whatever stands in the folder is kept: new digits are added below the old
ones. A crop may be thrown away or a label put right by hand; rows whose picture is gone are left out.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE, normalize

LABELS = "labels.csv"
COLUMNS = ("file", "label", "read", "confidence", "frame", "x1", "y1", "x2", "y2")
NONE = "x"
"""The label of what is no digit."""


class OwnDigitsError(Exception):
    """The folder cannot be read or written; the text is one line that says why."""


@dataclass(frozen=True)
class Added:
    """What one call of `add_digits` wrote: all that `remove_digits` needs to take it back.

    Attributes:
        frame: path of the frame within the folder.
        rows: path of each crop within the folder, and its row of `labels.csv` as written, without the line's end.
    """

    frame: str
    rows: tuple[tuple[str, str], ...]

    def __len__(self) -> int:
        return len(self.rows)


def add_digits(
    folder: str | Path,
    crops: np.ndarray,
    labels: Sequence[int],
    *,
    read: Sequence[int],
    confidence: Sequence[float],
    frame: NDArray[np.uint8],
    xyxy: np.ndarray,
) -> Added:
    """Add digits of one frame.

    Args:
        folder: made where it is missing.
        crops: `(n, 28, 28) float32`, ink 1, as `realtime.glyphs.normalize` made them.
        labels: what each is, 0 to 10; 10 is no digit.
        read: what was read, 0 to 10.
        confidence: how surely, 0 to 1.
        frame: `(H, W, 3) uint8` BGR.
        xyxy: `(n, 4)` boxes in pixels of the frame.

    Returns:
        What was written, for `remove_digits`.

    Raises:
        OwnDigitsError: the folder cannot be written to.
    """
    folder = Path(folder)
    try:
        for part in ("crops", "frames"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        picture = _next(folder / "frames")
        _write(folder / picture, frame)
        rows = []
        for crop, label, was, sure, box in zip(crops, labels, read, confidence, xyxy, strict=True):
            name = _next(folder / "crops")
            _write(folder / name, np.rint(255 * crop).astype(np.uint8))
            meant = NONE if label == NOT_A_DIGIT else label
            rows.append((name.as_posix(), meant, was, f"{sure:.3f}", picture.as_posix(), *map(int, box)))
        _append(folder / LABELS, rows)  # last and at once: a row always has its pictures
    except OSError as error:
        raise OwnDigitsError(f"cannot write to {folder}: {error.strerror or error}") from error
    return Added(picture.as_posix(), tuple((str(row[0]), _lines([row]).rstrip("\n")) for row in rows))


def remove_digits(folder: str | Path, added: Added) -> int:
    """Take back what one call of `add_digits` wrote: rows first, then the crops, then the frame.

    Only rows that stand as they were written are removed. One that was edited since stays, with its crop and frame.

    Args:
        folder: the one that was given to `add_digits`.
        added: what that call returned.

    Returns:
        How many digits were removed.

    Raises:
        OwnDigitsError: the folder cannot be written to. Rows that are left still have their pictures.
    """
    folder = Path(folder)
    removed = []
    try:
        lines = (folder / LABELS).read_bytes().splitlines(keepends=True)
        plain = [line.rstrip(b"\r\n") for line in lines]
        for crop, row in added.rows:
            if row.encode() in plain:
                place = plain.index(row.encode())
                del lines[place], plain[place]
                removed.append(crop)
        if removed:
            _replace(folder / LABELS, b"".join(lines) if len(lines) > 1 else b"")
        for crop in removed:
            (folder / crop).unlink(missing_ok=True)
        if not any(added.frame.encode() in line for line in plain):
            (folder / added.frame).unlink(missing_ok=True)
    except FileNotFoundError:  # somebody has thrown the list away: nothing of it is left to take back
        return 0
    except OSError as error:
        raise OwnDigitsError(f"cannot write to {folder}: {error.strerror or error}") from error
    return len(removed)


def read_digits(folder: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """The digits of a folder.

    Returns:
        `images (n, 28, 28) uint8`, normalised, ink bright, and `labels (n,) int64`, 0 to 10, 10 for no digit; n is at
        least 1.

    Raises:
        OwnDigitsError: no `labels.csv`, a label that is none, or no picture at all.
    """
    folder = Path(folder)
    try:
        with open(folder / LABELS, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise OwnDigitsError(f"cannot read {folder / LABELS}: {reason}") from error
    images, labels = [], []
    for number, row in enumerate(rows, 2):
        label = row.get("label") or ""
        if label not in {*"0123456789", NONE} or not row.get("file"):
            wanted = f"a file and a label from 0 to 9, or {NONE} for no digit"
            raise OwnDigitsError(f"{folder / LABELS}, line {number}: there must be {wanted}")
        image = cv2.imread(str(folder / row["file"]), cv2.IMREAD_GRAYSCALE)
        if image is not None:
            # What the network saw is what it learns from; a crop of another size was put there by hand.
            images.append(image if image.shape == (SIDE, SIDE) else _normalized(image))
            labels.append(NOT_A_DIGIT if label == NONE else int(label))
    if not images:
        raise OwnDigitsError(f"{folder / LABELS} names no picture that can be read")
    return np.stack(images), np.array(labels, np.int64)


def _normalized(image: NDArray[np.uint8]) -> np.ndarray:
    return np.rint(255 * normalize([image])[0]).astype(np.uint8)


def _append(path: Path, rows: Sequence[tuple[object, ...]]) -> None:
    before = path.read_bytes() if path.exists() else b""
    cut_short = before and not before.endswith(b"\n")  # by an editor
    with open(path, "a", newline="", encoding="utf-8") as file:
        file.write("\n" * bool(cut_short) + _lines(rows if before else [COLUMNS, *rows]))


def _lines(rows: Sequence[tuple[object, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _replace(path: Path, content: bytes) -> None:
    """Exchange a file for one with another content, whole or not at all; without content it goes."""
    if not content:
        path.unlink()
        return
    aside = path.with_name(path.name + ".part")
    try:
        aside.write_bytes(content)
        os.replace(aside, path)
    finally:
        aside.unlink(missing_ok=True)


def _next(folder: Path) -> Path:
    """The first free name after those that are taken, as a path within the folder above."""
    taken = [int(path.stem) for path in folder.glob("*.png") if path.stem.isdecimal()]
    return Path(folder.name, f"{max(taken, default=0) + 1:05d}.png")


def _write(path: Path, image: NDArray[np.uint8]) -> None:
    if not cv2.imwrite(str(path), image):
        raise OSError(f"{path.name} cannot be written")

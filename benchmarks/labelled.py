"""A labelled set of photos and videos, read as the command line reads them."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.contact_sheet import PANEL, Failure
from benchmarks.failures import compare_by_rows
from benchmarks.scoring import Tally
from realtime.live.pipeline import EveryFrame
from realtime.recognition.recognizer import Recognizer
from realtime.sources.open import SourceError, open_source

COLUMNS = ("file", "rows", "ordered", "difficulty", "first", "last", "notes")


class LabelsError(Exception):
    """Labels that cannot be used; the text is one line for the user."""


@dataclass(frozen=True)
class Scene:
    """A line of the labels.

    Attributes:
        rows: the digits of each row, top to bottom, without spaces; none where there is no digit.
        ordered: whether the rows and their order count.
        difficulty: what it is tallied under.
        first, last: the scene's frames in a video, both included; None for a photo.
    """

    rows: tuple[str, ...]
    ordered: bool
    difficulty: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class File:
    """A photo or video and what is to be read in it."""

    path: Path
    scenes: tuple[Scene, ...]


@dataclass
class Result:
    """A file as read.

    Attributes:
        tallies: by difficulty.
        failures: what was missed, misread or invented; in a video each once, with the number of frames.
        problem: one line where the file could not be read, else empty.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    problem: str = ""


def read_labels(path: Path) -> list[File]:
    """The files of a CSV with the columns `COLUMNS`, or of the `labels.csv` of a folder.

    Raises:
        LabelsError: if it cannot be read or used.
    """
    path = path / "labels.csv" if path.is_dir() else path
    scenes: dict[str, list[Scene]] = {}
    try:
        with open(path, newline="", encoding="utf-8") as lines:
            reader = csv.DictReader(lines)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ()) and name != "notes"]
            if missing:
                raise LabelsError(f"{path}: no column {', '.join(missing)}")
            for line in reader:
                rows = tuple(digits for row in line["rows"].split("|") if (digits := "".join(row.split())))
                span = (int(line["first"]), int(line["last"])) if line["first"] else (None, None)
                scene = Scene(rows, line["ordered"] == "1", line["difficulty"], *span)
                scenes.setdefault(line["file"], []).append(scene)
    except OSError as error:
        raise LabelsError(f"{path}: {error.strerror}") from error
    except (ValueError, UnicodeDecodeError, csv.Error, AttributeError) as error:
        raise LabelsError(f"{path}: {error}") from error
    return [File(path.parent / name, tuple(found)) for name, found in scenes.items()]


def read_file(recognizer: Recognizer, file: File) -> Result:
    """Read a photo, or every frame of a video, and score it."""
    result, seen = Result(), set()
    failures: dict[tuple[int, str, str, str], Failure] = {}
    problems: list[str] = []
    pipeline = EveryFrame(recognizer)
    try:
        with open_source(str(file.path), on_failure=problems.append) as source:
            for frame in source:
                read = pipeline(frame)
                assert read.trace is not None
                for number, scene in enumerate(file.scenes):
                    if not _covers(scene, frame.index):
                        continue
                    seen.add(number)
                    _tally(result, scene, ["".join(line.split()) for line in read.layout.lines])
                    found = compare_by_rows(
                        list(scene.rows),
                        scene.ordered,
                        read.detections,
                        read.layout,
                        read.frame.image,
                        read.trace,
                        file.path.name,
                    )
                    for failure in found:
                        key = (number, failure.cause, failure.meant, failure.read)
                        if frame.still:
                            result.failures.append(failure)
                        elif key in failures:
                            failures[key].times += 1
                        else:
                            failures[key] = failure
    except SourceError as error:
        problems.append(str(error))
    for number, scene in enumerate(file.scenes):
        if number not in seen:  # what cannot be read counts as a frame on which nothing was
            _tally(result, scene, [])
            result.failures += [_unseen(file, digit) for digit in "".join(scene.rows)]
    result.failures += failures.values()
    result.problem = problems[0] if problems else ""
    return result


def _covers(scene: Scene, index: int) -> bool:
    return scene.first is None or scene.last is None or scene.first <= index <= scene.last


def _tally(result: Result, scene: Scene, read: list[str]) -> None:
    result.tallies.setdefault(scene.difficulty, Tally()).add(list(scene.rows), read, scene.ordered)


def _unseen(file: File, digit: str) -> Failure:
    blank = np.full((PANEL, PANEL, 3), 225, np.uint8)
    return Failure("missed", "file cannot be read", file.path.name, "", 0.0, digit, blank, blank[..., 0], None)

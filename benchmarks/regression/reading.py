"""Reads all inputs in two processes and scores what comes out, set by set."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.contact_sheet import Failure
from benchmarks.failures import compare_by_boxes, compare_by_rows
from benchmarks.regression import layouts, live_clip, sets
from benchmarks.regression.cache import PROCESSES, Job, begin_process, jobs, load
from benchmarks.scoring import Tally, align, edit_distance
from realtime.detections import CLASSES, Detections
from realtime.layout.arrange import arrange
from realtime.recognition.classifier import Classifier
from realtime.recognition.orientation import trace_turned, turned
from realtime.recognition.recognizer import Recognizer
from realtime.sources.open import open_source
from realtime.system.processes import SPAWN
from training import samples
from training.render.scenes import Scene

SAMPLES, ROWS, LAYOUT, CLIP = "samples", "true boxes", "layout", "clip"
"""Names of what is not drawn: the shipped sheets, the true boxes of all drawn sheets put into rows, boxes spaced in
several ways, and the sample clip through the live pipeline."""


@dataclass
class Outcome:
    """A picture as read, or several together.

    Attributes:
        name: of the set.
        tally: digits read rightly, missed and false.
        lines, lines_right: lines written, and those read exactly, with the spaces between their numbers.
        wrong: a line of text for each picture with a mistake: what was written and what was read.
        failures: for the contact sheet.
    """

    name: str
    tally: Tally = field(default_factory=Tally)
    lines: int = 0
    lines_right: int = 0
    wrong: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(
            self.name,
            self.tally + other.tally,
            self.lines + other.lines,
            self.lines_right + other.lines_right,
            self.wrong + other.wrong,
            self.failures + other.failures,
        )


@dataclass
class Results:
    """Everything as read.

    Attributes:
        outcomes: by set.
        clip: the sample clip through the live pipeline.
    """

    outcomes: dict[str, Outcome]
    clip: live_clip.Shown | None


Changed = Callable[[Recognizer], AbstractContextManager[Recognizer]]
"""Gives the recogniser that reads a picture in the place of the shipped one: for mutation tests."""


@contextmanager
def processes() -> Iterator[Executor]:
    """Processes that read, each with a recogniser of its own."""
    with ProcessPoolExecutor(PROCESSES, SPAWN, _begin) as pool:
        yield pool


def read_all(pool: Executor, folder: Path, changed: Changed = nullcontext, only: Collection[str] = ()) -> Results:
    """Read the inputs in the folder that `cache.prepare` gave, the samples and the clip.

    Args:
        pool: made by `processes`.
        folder: of the drawn pictures.
        changed: a function of a module, or a `functools.partial` of one.
        only: names of sets, and `CLIP`; everything where there is none. `ROWS` is of the sheets that are read.
    """
    todo: list[Job] = [(SAMPLES, i) for i in range(len(samples.SHEETS))] + jobs()
    if only:
        todo = [job for job in todo if job[0] in only]
    clip = pool.submit(_judge_clip, changed) if not only or CLIP in only else None  # it takes longest
    outcomes: dict[str, Outcome] = {}
    for parts in pool.map(partial(_read, folder, changed), todo):
        for part in parts:
            outcomes[part.name] = outcomes[part.name] + part if part.name in outcomes else part
    if only and ROWS not in only:
        outcomes.pop(ROWS, None)  # of some sheets only
    for style in layouts.STYLES:
        name = f"{LAYOUT} {style}"
        if not only or name in only:
            outcomes[name] = _read_layout(name, style)
    return Results(outcomes, clip.result() if clip is not None else None)


_recognizer: Recognizer | None = None


def _begin() -> None:
    global _recognizer
    begin_process()
    _recognizer = Recognizer(Classifier())


def _judge_clip(changed: Changed) -> live_clip.Shown:
    assert _recognizer is not None
    with changed(_recognizer) as recognizer:
        return live_clip.judge(recognizer)


def _read(folder: Path, changed: Changed, job: Job) -> list[Outcome]:
    """A picture as read; and its true boxes put into rows."""
    assert _recognizer is not None
    with changed(_recognizer) as recognizer:
        return _read_by(recognizer, folder, job)


def _read_by(recognizer: Recognizer, folder: Path, job: Job) -> list[Outcome]:
    name, i = job
    if name == SAMPLES:
        return [_read_sample(recognizer, i)]
    scene = load(folder, job)
    if sets.DRAWN[name].any_way_up:
        return [_read_photo(recognizer, name, f"{name} {i}", scene.image, scene.rows)]
    trace = recognizer.trace(scene.image)
    compared = compare_by_boxes(scene, trace, f"{name} {i} {scene.kind}")
    read = arrange(trace.detections).lines
    outcome = _scored(name, f"{name} {i}", scene.rows, read, compared.hits)
    outcome.failures = compared.failures
    if not scene.digits:
        return [outcome]
    arranged = arrange(_as_read(scene)).lines
    return [outcome, _scored(ROWS, f"{name} {i}", scene.rows, arranged)]


def _read_sample(recognizer: Recognizer, i: int) -> Outcome:
    """A shipped sheet, read as the command line reads it."""
    file = samples.SHEETS[i].file
    with open(samples.FOLDER / "labels.csv", newline="", encoding="utf-8") as lines:
        rows = next(row["rows"].split("|") for row in csv.DictReader(lines) if row["file"] == file)
    with open_source(str(samples.FOLDER / file)) as source:
        frame = next(iter(source))
    return _read_photo(recognizer, SAMPLES, file, frame.image, rows)


def _read_photo(recognizer: Recognizer, name: str, file: str, image: np.ndarray, rows: list[str]) -> Outcome:
    """A photo that may lie on its side; of its truth only the rows are known."""
    trace, quarters = trace_turned(recognizer, image)
    layout = arrange(trace.detections)
    outcome = _scored(name, file, rows, layout.lines)
    upright = turned(image, quarters)
    outcome.failures = compare_by_rows(_joined(rows), True, trace.detections, layout, upright, trace, file)
    return outcome


def _read_layout(name: str, style: str) -> Outcome:
    outcome = Outcome(name)
    for i, (detections, lines) in enumerate(layouts.pages(style)):
        outcome += _scored(name, f"{name} {i}", lines, arrange(detections).lines)
    return outcome


def _scored(name: str, picture: str, want: list[str], read: list[str], hits: int | None = None) -> Outcome:
    """What was read beside what is written; rows with a space between two numbers."""
    outcome = Outcome(name, lines=len(want))
    outcome.tally.add(_joined(want), _joined(read), hits=hits)
    pairs = align(want, read, edit_distance, len)
    outcome.lines_right = sum(i is not None and j is not None and want[i] == read[j] for i, j in pairs)
    if want != read:
        outcome.wrong = [f"{picture}\n  written {' | '.join(want)}\n  read    {' | '.join(read)}"]
    return outcome


def _joined(rows: list[str]) -> list[str]:
    return ["".join(row.split()) for row in rows]


def _as_read(scene: Scene) -> Detections:
    """The true digits of a scene as a recogniser without fault would read them."""
    return Detections.from_probabilities(scene.xyxy, np.eye(CLASSES, dtype=np.float32)[scene.labels])

"""Our own sets: hard sheets with true boxes, pictures without a digit, and sheets of letters, each from fixed seeds.

No network ever learns from them: the pages of training come from `default_rng([11, i])`, these from other seeds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files

import cv2
import numpy as np

from benchmarks.failures import Compared, compare_by_boxes
from benchmarks.scoring import Tally
from realtime.layout.arrange import arrange
from realtime.recognition.recognizer import Recognizer
from training.render.scenes import EMPTY_KINDS, Scene, draw_scene_without_digits, draw_sheet

SHEETS_SEED, EMPTY_SEED, LETTERS_SEED = 7001, 7002, 7003
"""First numbers of the seeds; the second is the picture's."""

SHEETS, EMPTY, LETTERS = 200, 50, 10
"""How many there are of each."""

HARD_KINDS = ("touching", "squared", "shadow", "letters", "hard")
"""Kinds of hard sheet, taken in turn."""


@dataclass
class Result:
    """A picture as read.

    Attributes:
        name: of the picture.
        compared: with the truth.
        tally: of its digits and rows.
        spaced: whether the rows were read rightly with the spaces between their numbers.
        others: how many of each kind of thing that is no digit there are: letters, signs, drawings, marks.
    """

    name: str
    compared: Compared
    tally: Tally = field(default_factory=Tally)
    spaced: bool = True
    others: Counter[str] = field(default_factory=Counter)


def hard_sheet(i: int) -> Scene:
    """Hard sheet number `i`."""
    rng = np.random.default_rng([SHEETS_SEED, i])
    difficulty = float(rng.uniform(0.4, 1.0))
    return draw_sheet(rng, kind=HARD_KINDS[i % len(HARD_KINDS)], difficulty=difficulty)


def empty_scene(i: int) -> Scene:
    """Picture number `i` without a digit; from `EMPTY` on the sample photographs of scikit-learn."""
    if i >= EMPTY:
        return _photograph(i - EMPTY)
    rng = np.random.default_rng([EMPTY_SEED, i])
    return draw_scene_without_digits(rng, kind=EMPTY_KINDS[i % len(EMPTY_KINDS)], difficulty=0.6)


def letters(i: int) -> Scene:
    """Sheet of words number `i`."""
    return draw_scene_without_digits(np.random.default_rng([LETTERS_SEED, i]), kind="words", difficulty=0.5)


_DRAWN: dict[str, Callable[[int], Scene]] = {"sheets": hard_sheet, "empty": empty_scene, "letters": letters}


def read_scene(recognizer: Recognizer, job: tuple[str, int]) -> Result:
    """Draw and read picture `(set, number)`; the set is "sheets", "empty" or "letters"."""
    which, i = job
    scene = _DRAWN[which](i)
    name = f"{which} {i:03d} {scene.kind}"
    trace = recognizer.trace(scene.image)
    result = Result(name, compare_by_boxes(scene, trace, name))
    lines = arrange(trace.detections).lines
    want, read = (["".join(row.split()) for row in rows] for rows in (scene.rows, lines))
    result.tally.add(want, read, hits=result.compared.hits)
    result.spaced = lines == scene.rows
    for other in scene.others:
        if other.kind == "word":
            result.others["letter"] += len(other.text)
        else:
            result.others[other.kind] += 1
    return result


def _photograph(i: int) -> Scene:
    # Not through scikit-learn's own loader: that one needs Pillow.
    name = ("china.jpg", "flower.jpg")[i]
    coded = np.frombuffer(files("sklearn.datasets.images").joinpath(name).read_bytes(), np.uint8)
    return Scene(cv2.imdecode(coded, cv2.IMREAD_COLOR), kind=name)

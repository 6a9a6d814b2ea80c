"""The inputs: sets of drawn pictures with truth, each from fixed seeds.

The seeds differ from those of training and of the accuracy benchmark. Every set is there because some stage of the
recogniser shows in it: see `benchmarks.regression.bounds`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from realtime.recognition.orientation import turned
from training.render.grain import Size
from training.render.scenes import Scene, draw_scene_without_digits, draw_sheet
from training.render.styles import KINDS, Kind

SEED = 7101
"""First number of all seeds; the others are the set's name and the picture's number."""

_SMALL = (640, 480)
_EMPTY_KINDS = ("print", "drawings", "blank", "ruling", "desk", "gradient", "things")
_MIXED = replace(KINDS["faint"], papers=("plain",), pens=("coloured", "marker", "pencil", "pencil"), contrast=0.8)
"""Pencil beside markers on one sheet."""


@dataclass(frozen=True)
class DrawnSet:
    """A set of drawn pictures.

    Attributes:
        count: number of pictures.
        draw: makes picture number `i` with a generator of its own.
        any_way_up: whether it is read as a photo, which may lie on its side or upside down.
    """

    count: int
    draw: Callable[[np.random.Generator, int], Scene]
    any_way_up: bool = False


def _sheet(kind: str | Kind, rng: np.random.Generator, i: int, size: Size = (1280, 720)) -> Scene:
    return draw_sheet(rng, size, kind, difficulty=float(rng.uniform(0.4, 1.0)))


def _empty(rng: np.random.Generator, i: int) -> Scene:
    return draw_scene_without_digits(rng, kind=_EMPTY_KINDS[i % len(_EMPTY_KINDS)], difficulty=0.6)


def _words(rng: np.random.Generator, i: int) -> Scene:
    return draw_scene_without_digits(rng, kind="words", difficulty=0.5)


def _sideways(rng: np.random.Generator, i: int) -> Scene:
    """A sheet that lies on its side or upside down; its truth has rows, but no boxes."""
    scene = draw_sheet(rng, (960, 720), "plain", difficulty=0.5)
    return Scene(turned(scene.image, 1 + i % 3), rows=scene.rows, kind="sideways")


DRAWN: dict[str, DrawnSet] = {
    **{kind: DrawnSet(12, partial(_sheet, kind)) for kind in ("touching", "squared", "shadow", "letters", "hard")},
    **{
        kind: DrawnSet(5, partial(_sheet, kind))
        for kind in ("plain", "ruled", "coloured", "dark", "board", "faint", "turned", "crumpled")
    },
    "mixed": DrawnSet(6, partial(_sheet, _MIXED, size=(960, 540))),
    "marked": DrawnSet(4, partial(_sheet, replace(KINDS["coloured"], marks=0.6))),
    "tiny": DrawnSet(3, partial(_sheet, replace(KINDS["tiny"], rows=4))),
    "single": DrawnSet(30, partial(_sheet, "single", size=_SMALL)),
    "sideways": DrawnSet(6, _sideways, any_way_up=True),
    "empty": DrawnSet(25, _empty),
    "words": DrawnSet(10, _words),
}
"""The sets by name."""


def draw(name: str, i: int) -> Scene:
    """Picture `i` of a set."""
    return DRAWN[name].draw(_generator(name, i), i)


def _generator(name: str, i: int) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(name.encode()), i])

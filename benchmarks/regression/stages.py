"""Stages of the recognition path that can be switched off or moved, one at a time: mutants for the regression check.

What is replaced is named by module and attribute, so that the program itself holds no switch for tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import cv2
import numpy as np

from benchmarks.regression import reading
from realtime import recognizer as recognition
from realtime.light import Light
from realtime.recognizer import Recognizer

Change = Callable[[Any], Any]


@dataclass(frozen=True)
class Mutant:
    """A stage that does not work as it should.

    Attributes:
        stage: what is mutated.
        how: "off", or by how much a threshold is moved.
        changes: what to make of each attribute, by `module:attribute`.
        shows_in: sets in which it shows first.
    """

    stage: str
    how: str
    changes: dict[str, Change]
    shows_in: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of stage and change."""
        return f"{self.stage}, {self.how}"


def _as(value: Any) -> Change:
    return lambda _: value


def _off(value: Any, *shows_in: str, stage: str, at: str) -> Mutant:
    return Mutant(stage, "off", {at: _as(value)}, shows_in)


def _times(factor: float, *shows_in: str, stage: str, at: str) -> Mutant:
    return Mutant(stage, f"x {factor:g}", {at: lambda old: old * factor}, shows_in)


def _none_found(detections: Any, *_: Any) -> np.ndarray:
    return np.zeros(len(detections), bool)


def _undivided(gray: np.ndarray) -> list[Light]:
    paper = np.full(tuple(max(1, side // 6) for side in gray.shape), 255, np.uint8)
    return [Light(cv2.bitwise_not(gray), paper, gray)]


def _whole_pieces(glyphs: list[Any], _: np.ndarray) -> np.ndarray:
    return np.array([k for k, glyph in enumerate(glyphs) if glyph.whole], np.intp)


def _all_accepted(_: Any, told: np.ndarray) -> np.ndarray:
    return np.ones(len(told), bool)


def _no_words(_: Change) -> Callable[..., np.ndarray]:
    return lambda detections, *rest: np.zeros(len(detections), bool)


_WORDS = {
    f"realtime.recognizer:{rule}": _no_words
    for rule in ("among_letters", "cut_from_nothing", "cut_from_text", "strokes_of_clutter")
} | {"realtime.recognizer:cut_from_words": _as(lambda boxes, cut, kept, detections: np.zeros(len(kept), bool))}

_LAYOUT_SETS = tuple(f"{reading.LAYOUT} {style}" for style in reading.layouts.STYLES)


def _layout(name: str) -> tuple[Mutant, ...]:
    at = f"realtime.layout:_{name}"
    stage = f"layout, {name.lower().replace('_', ' ')}"
    return tuple(_times(factor, *_LAYOUT_SETS, stage=stage, at=at) for factor in (0.5, 2))


MUTANTS: tuple[Mutant, ...] = (
    _off(_undivided, "shadow", stage="illumination", at="realtime.segment:remove_light"),
    _times(2, "shadow", "turned", "hard", stage="illumination window", at="realtime.light:_NARROW"),
    _off(lambda _: -1.0, "dark", "board", stage="polarity", at="realtime.light:_pen_is_lighter"),
    _times(2, "faint", "coloured", "shadow", stage="ink threshold", at="realtime.segment:_STRENGTH"),
    _times(0.5, "squared", "hard", "shadow", stage="ink threshold", at="realtime.segment:_STRENGTH"),
    _times(2, "faint", "mixed", stage="faintest ink", at="realtime.segment:_FAINTEST"),
    _off(lambda mask, light, noise: mask, "mixed", "faint", stage="faint ink", at="realtime.segment:_with_faint"),
    _off(lambda mask: mask, "squared", "ruled", stage="ruling", at="realtime.segment:remove_ruling"),
    _times(2, "squared", "ruled", stage="ruling thickness", at="realtime.ruling:_THICK"),
    _times(0.5, "squared", "ruled", stage="ruling mended", at="realtime.ruling:_MENDED"),
    _off(lambda boxes, shape: [], "faint", "single", "plain", stage="joining", at="realtime.hypotheses:near_groups"),
    _off(lambda seen, p: seen, "touching", stage="cutting", at="realtime.recognizer:cut_further"),
    _times(0.5, "touching", stage="cutting, seam cost", at="realtime.cut:_DEAR"),
    Mutant("cutting, width", "x 2", {f"realtime.{at}:WIDE": lambda old: 2 * old for at in ("hypotheses", "further")},
           ("touching",)),
    _off(_whole_pieces, "touching", "faint", stage="choice", at="realtime.recognizer:choose"),
    _times(2, "touching", "letters", "hard", "words", stage="choice, cost of junk", at="realtime.cover:_JUNK"),
    _times(0.5, "touching", "letters", "hard", "words", stage="choice, cost of junk", at="realtime.cover:_JUNK"),
    _times(0, "single", "coloured", "faint", "marked", stage="thickening", at="realtime.normalize:_THIN"),
    _times(2, "single", "tiny", "coloured", stage="thickening", at="realtime.normalize:_THIN"),
    _off(lambda fields: fields.astype(np.float32) / 255, "faint", "coloured", "tiny",
         stage="contrast", at="realtime.normalize:_stretch"),
    _off(lambda glyphs, p: p, "mixed", "faint", "hard", "touching", "ruled", stage="page prior",
         at="realtime.recognizer:weighed_by_page"),
    Mutant("context trees", "off", {"realtime.context:Context.accepts": _as(_all_accepted)},
           ("empty", "words", "letters", "hard")),
    Mutant("text rejection", "off", _WORDS, ("words", "letters", "empty", "hard", "touching")),
    _off(lambda detections, *_: np.ones(len(detections), bool), "empty", "letters", "words", "marked",
         stage="outlier rejection", at="realtime.recognizer:keep_company"),
    _off(_none_found, "faint", "hard", "empty", stage="guesses", at="realtime.recognizer:guesses"),
    _off(_none_found, "letters", "hard", "empty", stage="percent signs", at="realtime.recognizer:percent"),
    _off(lambda frame, glyph, scale: False, "empty", "shadow", "hard", stage="edges", at="realtime.recognizer:is_edge"),
    _off(lambda crops, boxes: [], "turned", "shadow", stage="skew", at="realtime.recognizer:straightened"),
    _times(1.9, "faint", "hard", "touching", "tiny", stage="confidence", at="realtime.recognizer:MIN_CONFIDENCE"),
    _off(lambda crop: [], "marked", "hard", "letters", stage="rings", at="realtime.ring:touching"),
    _off(lambda recognizer, frame: (recognizer.trace(frame), 0), "sideways", stage="orientation",
         at="benchmarks.regression.reading:trace_turned"),
    _times(2, "sideways", "samples", stage="orientation, margin", at="realtime.turn:_BETTER"),
    *_layout("DRIFT"), *_layout("FAR"), *_layout("SPACE"), *_layout("NARROW_SPACE"),
    _off(lambda center, boxes: center, *_LAYOUT_SETS, stage="layout, skew", at="realtime.layout:_upright"),
    _times(0, reading.CLIP, stage="track confirmation", at="realtime.tracker:_BIRTH"),
    _times(2, reading.CLIP, stage="track confirmation", at="realtime.tracker:_BIRTH"),
    _off(lambda box, *_: np.ones(len(box)), reading.CLIP, stage="support by neighbours", at="realtime.tracker:worth"),
    _times(2, reading.CLIP, stage="life out of sight", at="realtime.tracker:_LINGER"),
    _off(lambda self, boxes: boxes, reading.CLIP, stage="optical flow",
         at="realtime.live.optical_flow:OpticalFlow.__call__"),
    _times(2, reading.CLIP, stage="reading held", at="realtime.reading:_HOLD"),
)  # fmt: skip
"""All of them."""


@contextmanager
def mutated(name: str, recognizer: Recognizer) -> Iterator[Recognizer]:
    """A recogniser that behaves as the mutant of that name, and everything else in this process with it."""
    with applied(next(mutant for mutant in MUTANTS if mutant.name == name)):
        yield Recognizer(recognizer._classifier, recognition.MIN_CONFIDENCE)


@contextmanager
def applied(mutant: Mutant) -> Iterator[None]:
    """Make the changes in this process, and undo them in the end."""
    undo = [(where, _replace(where, change)) for where, change in mutant.changes.items()]
    try:
        yield
    finally:
        for where, old in undo:
            _replace(where, _as(old))


def _replace(where: str, change: Change) -> Any:
    """Change an attribute; what it was."""
    module, path = where.split(":")
    *owners, attribute = path.split(".")
    target: Any = import_module(module)
    for owner in owners:
        target = getattr(target, owner)
    old = getattr(target, attribute)
    setattr(target, attribute, change(old))
    return old

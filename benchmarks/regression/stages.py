"""Stages of the recognition path that can be switched off or moved, one at a time: mutants for the regression check.

What is replaced is named by module and attribute, so that the program itself holds no switch for tests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

import cv2
import numpy as np

from benchmarks.regression import reading
from realtime.ink.flat_field import Light
from realtime.recognition import recognizer as recognition
from realtime.recognition.features import TOGETHER
from realtime.recognition.recognizer import Recognizer

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


def _undivided(gray: np.ndarray) -> list[Light]:
    paper = np.full(tuple(max(1, side // 6) for side in gray.shape), 255, np.uint8)
    return [Light(cv2.bitwise_not(gray), paper, gray)]


def _alone(told: Any, *_: Any) -> np.ndarray:
    return np.zeros((len(told), len(TOGETHER)))


def _nothing(seen: Any, *_: Any) -> Any:
    return seen


_LAYOUT_SETS = tuple(f"{reading.LAYOUT} {style}" for style in reading.layouts.STYLES)


def _layout(name: str) -> tuple[Mutant, ...]:
    at = f"realtime.layout.arrange:LIMITS.{name}"
    stage = f"layout, {name.replace('_', ' ')}"
    return tuple(_times(factor, *_LAYOUT_SETS, stage=stage, at=at) for factor in (0.5, 2))


MUTANTS: tuple[Mutant, ...] = (
    _off(_undivided, "shadow", stage="illumination", at="realtime.ink.illumination:remove_light"),
    _times(2, "shadow", "turned", "hard", stage="illumination window", at="realtime.ink.flat_field:LIMITS.narrow"),
    _off(lambda _: -1.0, "dark", "board", stage="polarity", at="realtime.ink.flat_field:_pen_is_lighter"),
    _times(0.5, "faint", "shadow", "hard", stage="contrast of the frame", at="realtime.ink.illumination:LIMITS.gain"),
    _times(0.5, "tiny", "single", "plain", stage="main copy", at="realtime.ink.proposals:LIMITS.main"),
    Mutant("copies", "1", {"realtime.ink.proposals:LIMITS.copies": _as(1)}, ("single", "samples")),
    _off(lambda *_: np.zeros((1, 1), bool), "tiny", "squared", stage="fine copy",
         at="realtime.ink.proposals:small_ink"),
    _times(2, "faint", "touching", "letters", "words", stage="ink of a digit", at="realtime.ink.bodies:LIMITS.ink"),
    _times(2, "touching", "squared", "letters", stage="body of a digit", at="realtime.ink.bodies:LIMITS.body"),
    _off(lambda *_: None, "touching", stage="cores", at="realtime.ink.bodies:_parts"),
    _off(_nothing, "single", "plain", "faint", "samples", stage="strokes", at="realtime.ink.proposals:with_strokes"),
    _off(lambda crops, boxes: [], "turned", stage="skew", at="realtime.recognition.recognizer:deskewed"),
    _off(_nothing, "touching", stage="parts by the line reader", at="realtime.recognition.recognizer:read_rows"),
    _off(_alone, "empty", "words", "letters", "hard", stage="company of a body",
         at="realtime.recognition.decide:features_together"),
    _off(lambda maps, gray, xyxy, crops: np.zeros((len(xyxy), 3), np.float32), "words", "letters", "empty",
         stage="surroundings", at="realtime.ink.proposals:unclaimed"),
    _times(1.8, "plain", "samples", "touching", stage="one ink, one digit",
           at="realtime.recognition.choice:LIMITS.overlap"),
    _times(0, "single", "coloured", "faint", "marked", stage="thickening", at="realtime.glyphs.normalize:LIMITS.thin"),
    _times(2, "single", "tiny", "coloured", stage="thickening", at="realtime.glyphs.normalize:LIMITS.thin"),
    _off(lambda fields: fields.astype(np.float32) / 255, "faint", "coloured", "tiny",
         stage="contrast of a digit", at="realtime.glyphs.normalize:_stretch"),
    _times(1.9, "faint", "hard", "touching", "tiny", stage="confidence",
         at="realtime.recognition.recognizer:MIN_CONFIDENCE"),
    _times(0.2, "empty", "words", "letters", stage="confidence", at="realtime.recognition.recognizer:MIN_CONFIDENCE"),
    _off(lambda recognizer, frame: (recognizer.trace(frame), 0), "sideways", stage="orientation",
         at="benchmarks.regression.reading:trace_turned"),
    _times(2, "sideways", "samples", stage="orientation, margin", at="realtime.recognition.orientation:LIMITS.better"),
    *_layout("drift"), *_layout("far"), *_layout("space"), *_layout("narrow_space"),
    _off(lambda center, boxes: center, *_LAYOUT_SETS, stage="layout, skew", at="realtime.layout.arrange:_upright"),
    _times(0, reading.CLIP, stage="track confirmation", at="realtime.tracking.tracker:LIMITS.birth"),
    _times(2, reading.CLIP, stage="track confirmation", at="realtime.tracking.tracker:LIMITS.birth"),
    _off(lambda box, *_: np.ones(len(box)), reading.CLIP, stage="support by neighbours",
         at="realtime.tracking.tracker:confirmation_weight"),
    _times(2, reading.CLIP, stage="life out of sight", at="realtime.tracking.termination:LIMITS.full"),
    _off(lambda self, boxes: boxes, reading.CLIP, stage="optical flow",
         at="realtime.tracking.optical_flow:OpticalFlow.__call__"),
    _times(2, reading.CLIP, stage="reading held", at="realtime.tracking.stable_text:LIMITS.hold"),
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
    """Change an attribute, or a field of the limits of a module; what it was."""
    module, path = where.split(":")
    *owners, attribute = path.split(".")
    target: Any = import_module(module)
    if owners == ["LIMITS"]:
        old = getattr(target.LIMITS, attribute)
        target.LIMITS = replace(target.LIMITS, **{attribute: change(old)})
        return old
    for owner in owners:
        target = getattr(target, owner)
    old = getattr(target, attribute)
    setattr(target, attribute, change(old))
    return old

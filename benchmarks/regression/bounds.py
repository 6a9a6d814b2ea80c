"""What must come out: one table of bounds on what is read, set by set.

A bound is the figure of the shipped version less a margin: figures differ a little between processors, because int8
kernels and JPEG decoders do. `python -m benchmarks mutants --jitter 3` disturbs logits and pixels by about as much and
prints how far the figures move. The margin is at least twice that, and one mistake where nothing moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.regression.live_clip import Shown
from benchmarks.regression.reading import CLIP, Outcome, Results


class Bound(NamedTuple):
    """Bounds on a set, and its figures today.

    Attributes:
        f1: F1 of the digits in percent, at least; None where no digit is written.
        false: false digits, at most.
        lines: lines read exactly, with the spaces between their numbers, at least.
        now: these three figures of the shipped version.
    """

    f1: float | None
    false: int
    lines: int | None
    now: tuple[float | None, int, int | None]


BOUNDS: dict[str, Bound] = {
    # set                      F1  false  lines    F1, false, lines today
    "samples":           Bound( 99.4,    4,    26,   ( 99.68,  2,  28)),
    "touching":          Bound( 97.2,   11,    31,   ( 97.90,  8,  34)),
    "squared":           Bound( 99.0,    7,    51,   ( 99.38,  5,  55)),
    "shadow":            Bound( 99.6,    1,    43,   ( 99.92,  0,  44)),
    "letters":           Bound( 96.7,   21,    33,   ( 97.45, 17,  35)),
    "hard":              Bound( 94.2,   30,    25,   ( 95.26, 26,  28)),
    "plain":             Bound( 99.7,    1,    19,   (100.00,  0,  20)),
    "ruled":             Bound( 99.0,    5,    21,   ( 99.59,  2,  23)),
    "coloured":          Bound( 99.7,    1,    20,   (100.00,  0,  21)),
    "dark":              Bound( 99.7,    1,    21,   (100.00,  0,  22)),
    "board":             Bound( 99.4,    1,    16,   (100.00,  0,  18)),
    "faint":             Bound( 98.5,    6,    18,   ( 98.83,  4,  19)),
    "turned":            Bound( 92.1,   10,    10,   ( 92.69,  7,  12)),
    "crumpled":          Bound( 99.7,    1,    25,   (100.00,  0,  26)),
    "mixed":             Bound( 97.9,    4,    18,   ( 98.35,  2,  19)),
    "marked":            Bound( 90.9,   25,     7,   ( 92.31, 21,   9)),
    "tiny":              Bound( 99.6,    1,     7,   (100.00,  0,   9)),
    "single":            Bound( 99.7,    1,    29,   (100.00,  0,  30)),
    "sideways":          Bound( 99.3,    1,    26,   ( 99.71,  0,  28)),
    "empty":             Bound( None,    9,  None,   (  None,  7, None)),
    "words":             Bound( None,   12,  None,   (  None,  8, None)),
    "true boxes":      Bound(100.0,   0,   507,   (100.00,  0, 508)),
    "layout narrow":   Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout usual":    Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout wide":     Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout uneven":   Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout loose":    Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout columns":  Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout dense":    Bound(100.0,   0,    48,   (100.00,  0,  48)),
    "layout wavy":     Bound(100.0,   0,    47,   (100.00,  0,  47)),
    "layout sloping":  Bound(100.0,   0,    48,   (100.00,  0,  48)),
}  # fmt: skip
"""Bounds by set. `true boxes` and `layout` have no picture: only what is one line, and what one number."""


class ClipBound(NamedTuple):
    """A bound on the sample clip through the live pipeline: the figure is at least `least` and at most `most`."""

    least: float
    most: float
    now: float


CLIP_BOUNDS: dict[str, ClipBound] = {
    # figure                                            least   most     now
    "frames with the whole sheet right, %":   ClipBound(99.0,  100.0,  100.0),
    "frames with a part of it right, of 8":   ClipBound( 6,      8,      8),
    "empty frames clean, %":                  ClipBound(100.0, 100.0,  100.0),
    "right readings":                         ClipBound( 1,      1,      1),
    "wrong readings":                         ClipBound( 0,      0,      0),
    "digits wrong, times frames":             ClipBound( 0,      4,      0),
    "changes of labels":                      ClipBound( 0,      2,      1),
    "changes of tracks":                      ClipBound( 0,      1,      0),
    "right after, s":                         ClipBound( 0.0,    0.56,   0.4),
    "read after, s":                          ClipBound( 0.1,    1.1,    0.88),
    "gone after, s":                          ClipBound( 0,      0.2,    0.08),
}  # fmt: skip
"""Bounds on what a camera's user sees of the sample clip."""


@dataclass(frozen=True)
class Violation:
    """A figure out of bounds, in words."""

    name: str
    text: str


def violations(results: Results) -> list[Violation]:
    """Everything that is out of bounds."""
    found = [v for outcome in results.outcomes.values() for v in _of_set(outcome)]
    return found + ([] if results.clip is None else list(_of_clip(results.clip)))


def figures_of(outcome: Outcome) -> tuple[float | None, int, int | None]:
    """F1 in percent, false digits and lines right, as in `Bound.now`."""
    f1 = outcome.tally.figures()["f1"] if outcome.lines else None
    return None if f1 is None else 100 * f1, outcome.tally.false, outcome.lines_right if outcome.lines else None


def figures_of_clip(clip: Shown) -> dict[str, float]:
    """By the names of `CLIP_BOUNDS`."""
    judged = clip.judged
    right = [["".join(line.split()) for line in lines] for lines in judged.readings].count(
        ["".join(line.split()) for line in judged.wanted]
    )
    values = (
        100 * judged.right / judged.held,
        judged.partly_right,
        100 * judged.clean / judged.empty,
        right,
        len(judged.readings) - right,
        clip.wrong_frames,
        judged.label_changes,
        judged.track_changes,
        clip.right_after,
        clip.read_after,
        clip.gone_after,
    )
    return dict(zip(CLIP_BOUNDS, values, strict=True))


def _of_set(outcome: Outcome) -> Iterator[Violation]:
    bound, (f1, false, lines) = BOUNDS[outcome.name], figures_of(outcome)
    if f1 is not None and bound.f1 is not None and round(f1, 2) < bound.f1:
        yield Violation(outcome.name, f"F1 {f1:.2f} % is below {bound.f1} %")
    if false > bound.false:
        yield Violation(outcome.name, f"{false} false digits are more than {bound.false}")
    if lines is not None and bound.lines is not None and lines < bound.lines:
        yield Violation(outcome.name, f"{lines} lines right are fewer than {bound.lines} (of {outcome.lines})")


def _of_clip(clip: Shown) -> Iterator[Violation]:
    for name, value in figures_of_clip(clip).items():
        bound = CLIP_BOUNDS[name]
        if not bound.least <= round(value, 3) <= bound.most:
            yield Violation(CLIP, f"{name}: {value:.3g} is not from {bound.least:g} to {bound.most:g}")

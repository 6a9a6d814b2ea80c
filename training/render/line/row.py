"""Rows of digits written by one hand: amounts, numbers, sums, single digits, and words without any."""

from __future__ import annotations

import numpy as np

from training.render.line.distractors import Writing, dot, link, sign, words
from training.render.line.glyph import Pen, write
from training.render.line.shapes import Shapes
from training.render.line.sheet import Row, Sheet

_KINDS = {"amount": 0.5, "number": 0.28, "single": 0.1, "words": 0.07, "sum": 0.05}
_LENGTHS = {2: 0.08, 3: 0.14, 4: 0.24, 5: 0.26, 6: 0.14, 7: 0.07, 8: 0.05, 10: 0.02}


def write_row(rng: np.random.Generator, shapes: Shapes, height: float, most: float) -> Row:
    """Write a row.

    Args:
        rng: chance.
        shapes: what to write with.
        height: of a digit, in pixels.
        most: width that the row may take, in heights.
    """
    source = shapes.any_source(rng)
    on = Writing(rng, shapes, _pen(rng, height, source in shapes.solid), Sheet())
    kind = str(rng.choice(list(_KINDS), p=list(_KINDS.values())))
    if kind == "words":
        words(on, most)
    else:
        n = 1 if kind == "single" else int(rng.choice(list(_LENGTHS), p=list(_LENGTHS.values())))
        _write(on, source, _digits(rng, n, kind), kind, most)
    if not on.sheet.parts:  # too thin to be seen
        dot(on)
    return on.sheet.row(height, on.pen.width)


def _pen(rng: np.random.Generator, height: float, solid: bool) -> Pen:
    width = height * float(np.exp(np.clip(rng.normal(np.log(0.075), 0.45), np.log(0.02), np.log(0.2))))
    return Pen(
        height=height,
        width=1 + rng.uniform(0, 0.05) * height if solid else width,
        pressure=rng.uniform(0, 0.35),
        slant=rng.normal(0.08, 0.2),
        turn=rng.normal(0, 0.05),
        aspect=float(np.exp(rng.normal(0, 0.2))),
        unsteady=float(rng.uniform(0.004, 0.035)),
    )


def _digits(rng: np.random.Generator, n: int, kind: str) -> list[int]:
    digits = rng.integers(0, 10, n)
    if kind == "amount":
        if n > 2 and rng.random() < 0.3:  # round amounts
            digits[max(1, n - int(rng.integers(2, 5))) :] = 0
        if digits[0] == 0:
            digits[0] = rng.integers(1, 10)
    if rng.random() < 0.1:  # pairs of like digits
        at = int(rng.integers(n))
        digits[at : at + int(rng.integers(2, 4))] = digits[at]
    return [int(digit) for digit in digits]


def _write(on: Writing, source: int, digits: list[int], kind: str, most: float) -> None:
    rng, height, n = on.rng, on.pen.height, len(digits)
    spread = float(rng.uniform(0.02, 0.4)) if rng.random() < 0.85 else float(rng.uniform(0.4, 1.2))
    touching = float(rng.choice([0, 0.25, 0.6, 0.95], p=[0.35, 0.25, 0.2, 0.2]))
    faithful = rng.uniform(0.2, 1.0)  # how often the hand writes a digit the same way again
    small = rng.uniform(0.45, 0.85) if rng.random() < 0.3 else 1.0  # zeros that end an amount
    linked = rng.random() < 0.3
    ragged, climb = rng.uniform(0.01, 0.07), rng.normal(0, 0.04)
    raised = n - 2 if kind == "amount" and n > 3 and rng.random() < 0.06 else n  # cents stand high
    dots = kind == "amount" and rng.random() < 0.6
    own: dict[int, np.ndarray] = {}
    if kind in ("amount", "sum") and rng.random() < 0.18:
        sign(on, 0.0)
    for k, digit in enumerate(digits):
        if on.sheet.end > (most - 1) * height:
            break
        if digit not in own or rng.random() > faithful:
            own[digit] = on.shapes.digit(rng, source if rng.random() < 0.85 else on.shapes.any_source(rng), digit)
        ending = digit == 0 and k > 0 and not any(digits[k:])
        size = float(np.exp(rng.normal(0, 0.08)))
        size *= small * rng.uniform(0.85, 1.1) if ending else 1.0
        size *= 0.6 if k >= raised else 1.0
        rise = rng.normal(0, ragged) + climb * on.sheet.end / height
        rise += 0.4 if k >= raised else rng.uniform(0, 0.6) * (1 - small) if ending else 0
        touches = rng.random() < (max(touching, 0.6) if ending else touching)
        gap = rng.uniform(-0.09, 0.03) if touches else spread * rng.uniform(0.3, 1.6)
        before = on.sheet.digits[-1] if on.sheet.digits else None
        on.put(write(rng, own[digit], on.pen, size), gap, rise, digit)
        if linked and before is not None and 0 in (before[0], digit) and rng.random() < 0.7:
            link(on, before[1], on.sheet.digits[-1][1])
        left = n - 1 - k
        if (dots and left and left % 3 == 0) or rng.random() < (0.12 if not left else 0.02):
            dot(on)
        elif kind == "sum" and left and rng.random() < 0.4:
            sign(on, rng.uniform(0.05, 0.4))
    if rng.random() < (0.45 if kind == "amount" else 0.1):
        sign(on, rng.uniform(0.0, 0.4))

"""What stands among the digits of a row and is none: dots, dashes, joining strokes, signs of money, words."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.render.line.fonts import text_mask
from training.render.line.glyph import Pen, write
from training.render.line.shapes import Shapes
from training.render.line.sheet import Sheet

_SIGNS = "$ # = - -- .- * / // € £ .= x + ( ) [ ] : F Bs R$ U$S kg %".split()
_WORDS = "total suma pesos cien mil und euro date name sum the rest paid page no year amount euros".split()
_NEAR = 0.16  # two signs stand as close as the nearest ink of theirs within this part of a height, up or down


@dataclass(frozen=True, eq=False)
class Writing:
    """A row while it is written: chance, what to write with, what stands there."""

    rng: np.random.Generator
    shapes: Shapes
    pen: Pen
    sheet: Sheet

    @property
    def near(self) -> int:
        """Pixels up and down within which two signs are neighbours."""
        return int(_NEAR * self.pen.height)

    def put(self, cover: np.ndarray, gap: float, rise: float = 0.0, digit: int | None = None) -> None:
        """Write a sign `gap` heights right of the last one, its foot `rise` heights above the base line."""
        height = self.pen.height
        self.sheet.put(cover, int(-rise * height) - cover.shape[0], gap * height, self.near, digit)


def dot(on: Writing) -> None:
    """A dot or a comma at the foot of the row."""
    rng, height = on.rng, on.pen.height
    width = max(1.5, on.pen.width * rng.uniform(0.8, 1.8))
    x, y = on.sheet.end + rng.uniform(-0.15, 0.15) * height, rng.uniform(-0.18, 0.12) * height
    tail = rng.uniform(0, 0.06) if rng.random() < 0.6 else rng.uniform(0.06, 0.35)
    on.sheet.line(np.array([[x, y], [x - 0.4 * tail * height, y + tail * height]], np.float32), width)


def link(on: Writing, one: np.ndarray, two: np.ndarray) -> None:
    """A stroke from the upper part of one digit to the next, as quick hands join zeros; boxes `xyxy`."""
    rng = on.rng
    high = rng.uniform(0.02, 0.35) if rng.random() < 0.7 else rng.uniform(0.35, 0.75)
    start = one[2] - rng.uniform(0.1, 0.4) * (one[2] - one[0]), one[1] + high * (one[3] - one[1])
    high += rng.normal(0, 0.12)
    end = two[0] + rng.uniform(0.1, 0.5) * (two[2] - two[0]), two[1] + high * (two[3] - two[1])
    sag = rng.uniform(-0.1, 0.2) * on.pen.height
    t = np.linspace(0, 1, 8)[:, None]
    curve = (1 - t) * np.array(start) + t * np.array(end) + 4 * t * (1 - t) * np.array([0, sag])
    on.sheet.line(curve.astype(np.float32), on.pen.width * rng.uniform(0.6, 1))


def sign(on: Writing, gap: float) -> None:
    """A sign that is no digit, `gap` heights on: dashes, one of a font, or one that somebody wrote."""
    rng, shapes = on.rng, on.shapes
    choice = rng.random()
    if choice < 0.45:
        _dashes(on, gap)
    elif choice < 0.75 and shapes.fonts:
        font = shapes.fonts[int(rng.integers(len(shapes.fonts)))]
        mask = text_mask(str(rng.choice(_SIGNS)), font, on.pen.height * rng.uniform(0.6, 1.1))
        low = mask.shape[0] < 0.5 * on.pen.height  # as - and = are
        on.put(mask.astype(np.float32) / 255, gap, rng.uniform(-0.1, 0.1) + 0.2 * low)
    elif len(shapes.signs):
        on.put(_written(on, rng.uniform(0.5, 1.1)), gap, rng.normal(0, 0.06))


def words(on: Writing, most: float) -> None:
    """Letters and words up to `most` heights: nothing to be read."""
    rng, shapes = on.rng, on.shapes
    until = rng.uniform(0.2, 0.9) * most * on.pen.height
    while on.sheet.end < until:
        if shapes.fonts and rng.random() < 0.6:
            on.put(_word(on), rng.uniform(0.2, 0.7), rng.normal(0, 0.04))
        elif len(shapes.signs):
            for _ in range(int(rng.integers(1, 7))):
                on.put(_written(on, rng.uniform(0.6, 1.1)), rng.uniform(-0.02, 0.3), rng.normal(0, 0.06))
        else:
            _dashes(on, 0.2)


def _dashes(on: Writing, gap: float) -> None:
    """A dash, two or three: -, =, or a line that fills what is left of the field."""
    rng, height = on.rng, on.pen.height
    n, length = int(rng.choice([1, 2, 3], p=[0.5, 0.4, 0.1])), rng.uniform(0.15, 0.9) * height
    x = on.sheet.end + (gap + rng.uniform(-0.05, 0.15)) * height
    middle, apart, slope = -rng.uniform(0.2, 0.75) * height, rng.uniform(0.1, 0.25) * height, rng.normal(0, 0.12)
    for k in range(n):
        y = middle + (k - (n - 1) / 2) * apart
        on.sheet.line(np.array([[x, y], [x + length, y + slope * length]], np.float32), on.pen.width)


def _written(on: Writing, size: float) -> np.ndarray:
    """A letter or a sign in somebody's hand: `(h, w) float32` cover."""
    shape = on.shapes.signs[int(on.rng.integers(len(on.shapes.signs)))]
    return write(on.rng, shape, replace(on.pen, width=max(on.pen.width, 1.0)), size)


def _word(on: Writing) -> np.ndarray:
    """A word in a font: `(h, w) float32` cover."""
    rng = on.rng
    text = str(rng.choice(_WORDS))
    text = text.upper() if rng.random() < 0.2 else text.capitalize() if rng.random() < 0.5 else text
    font = on.shapes.fonts[int(rng.integers(len(on.shapes.fonts)))]
    return text_mask(text, font, on.pen.height * rng.uniform(0.6, 1.1)).astype(np.float32) / 255

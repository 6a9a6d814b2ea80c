"""Pages to learn from: grey pictures of which it is known whose ink each pixel is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.render.ink import layouts
from training.render.ink.lettering import Fonts
from training.render.ink.page import Page
from training.render.ink.photo import photograph
from training.render.ink.ruling import rule
from training.render.ink.writer import Hands, Writer

KINDS = {
    "rows": 0.17, "mixed": 0.13, "words": 0.19, "sums": 0.13, "amounts": 0.07, "tables": 0.09, "anywhere": 0.08,
    "near": 0.14,
}  # fmt: skip
"""Kinds of page, and the share of each."""

_SIZES = (640, 480), (480, 480)
_SMALL = 400, 320  # where digits are small, so that not a thousand are drawn for three crops
_HEIGHTS = 9.0, 230.0  # of digits in pixels
_NEAR = 90, 300  # sides of a picture that one digit fills, as it is looked at
_LARGER = 1.0, 4.0  # times as large is it taken
_CALM = 0.6  # share of these pictures in which there is nothing else
_HAIR, _HAIRS = (0.003, 0.02), 0.35  # widths of pens, in heights, that are thin beside so large a digit; their share
_FILLED = 0.35, 1.06  # and the share of its height that the digit takes
_PENS = 0.012, 0.06, 0.22  # widths in heights: the least, the usual, the most


@dataclass(frozen=True, eq=False)
class Drawn:
    """A page as a camera sees it.

    Attributes:
        gray: `(h, w) uint8`.
        owner: `(h, w) int16`, which of `labels` left the ink of each pixel, -1 where there is none.
        labels: of each thing that is written, 10 for what is no digit.
        kind: of `KINDS`.
        scale: size at which it is looked at, against its own.
    """

    gray: np.ndarray
    owner: np.ndarray
    labels: list[int]
    kind: str
    scale: float


def draw(rng: np.random.Generator, hands: Hands, fonts: Fonts | None, kind: str | None = None) -> Drawn:
    """Draw a page of a kind, or of any."""
    kind = kind or str(rng.choice(list(KINDS), p=np.array(list(KINDS.values())) / sum(KINDS.values())))
    height = float(np.exp(rng.uniform(*np.log(_HEIGHTS))))
    pen = float(np.exp(np.clip(rng.normal(np.log(_PENS[1]), 0.6), np.log(_PENS[0]), np.log(_PENS[2]))))
    larger, calm = 1.0, False
    w, h = _SMALL if height < 22 else _SIZES[0] if rng.random() < 0.7 else _SIZES[1]
    if kind == "near":
        larger = float(np.exp(rng.uniform(*np.log(_LARGER))))
        w, h = (int(side * larger) for side in rng.integers(*_NEAR, 2))
        height = h * float(rng.uniform(*_FILLED))
        calm = rng.random() < _CALM
        if rng.random() < _HAIRS:
            pen = float(np.exp(rng.uniform(*np.log(_HAIR))))
    turn = _turn(rng)
    reach = abs(np.cos(turn)) + abs(np.sin(turn))
    page = Page.blank(int(w * reach), int(h * reach)) if turn else Page.blank(w, h)
    if kind == "rows" and height > 150:
        kind = "anywhere"
    if kind in ("words", "mixed", "sums"):
        height = min(height, 110.0)
    dark = rng.uniform(0.25, 0.95) if rng.random() < 0.6 else rng.uniform(0.06, 0.3)
    writer = Writer(rng, hands, fonts, height, pen * height)
    _write(page, kind, writer, rng, dark)
    if not calm:
        rule(page, rng, writer.height)
    if kind == "words" and rng.random() < 0.35:
        page = page.upside_down()
    if turn:
        page = page.turned(float(np.degrees(turn)), w, h)
    gray = photograph(page, rng, writer.height, writer.pen, dark, calm)
    return Drawn(gray, page.owner, page.labels, kind, 1 / larger)


def _write(page: Page, kind: str, writer: Writer, rng: np.random.Generator, dark: float) -> None:
    if rng.random() < 0.03:
        return  # nothing was written
    if kind == "rows":
        layouts.rows(page, writer, rng, dark, words=0.03)
    elif kind == "mixed":
        layouts.rows(page, writer, rng, dark, words=rng.uniform(0.2, 0.7))
    elif kind == "words":
        layouts.words(page, writer, rng, dark, numbers=0.0)
    elif kind == "sums":
        layouts.sums(page, writer, rng, dark)
    elif kind == "amounts":
        layouts.amounts(page, writer, rng, dark)
    elif kind == "tables":
        layouts.tables(page, writer, rng, dark)
    elif kind == "near":
        layouts.one(page, writer, rng, dark)
    else:
        layouts.anywhere(page, writer, rng, dark, clutter=rng.random() < 0.5)


def _turn(rng: np.random.Generator) -> float:
    """Radians that the page is turned by: mostly none, sometimes up to an eighth of a turn."""
    if rng.random() < 0.8:
        return 0.0
    return float(rng.uniform(-np.pi / 4, np.pi / 4) if rng.random() < 0.6 else rng.normal(0, np.pi / 18))

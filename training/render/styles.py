"""Kinds of sheet and of pen: what may be drawn, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from training.render.grain import Colour


@dataclass(frozen=True)
class Kind:
    """What a kind of sheet is made of; ranges are (least, most) and chances 0 to 1.

    Attributes:
        papers: kinds of paper (`paper.PAPERS`).
        pens: kinds of pen (`PENS`).
        height: of a digit, as part of the picture's height; drawn evenly on a logarithmic scale.
        rows: most rows on the sheet.
        turn: largest turn of the sheet in degrees.
        tilt: largest shift of a corner by perspective, as part of the sheet's size.
        uneven: unevenness of the light, 0 to 1.
        shadow: deepest shadow, 0 to 0.8.
        desk: chance that the edge of the sheet is seen.
        crease: chance of folds.
        touching: chance that a digit touches the one before it.
        words: chance of a word where a number could stand.
        drawings: most shapes and scribbles around the digits.
        marks: chance that a number is underlined, boxed or circled.
        blur: most blur of the lens in pixels, at 720 lines.
        contrast: least contrast.
        text: what is written: "numbers", "single" (one digit), "words", "print" (words set evenly) or "nothing".
    """

    papers: tuple[str, ...] = ("plain", "plain", "cream", "grey")
    pens: tuple[str, ...] = ("ballpoint", "gel", "felt", "marker")
    height: tuple[float, float] = (0.05, 0.14)
    rows: int = 9
    turn: float = 4.0
    tilt: float = 0.03
    uneven: float = 0.5
    shadow: float = 0.0
    desk: float = 0.15
    crease: float = 0.1
    touching: float = 0.0
    words: float = 0.0
    drawings: int = 0
    marks: float = 0.0
    blur: float = 1.0
    contrast: float = 0.9
    text: str = "numbers"


KINDS: dict[str, Kind] = {
    "plain": Kind(),
    "squared": Kind(papers=("squared",), height=(0.04, 0.13)),
    "ruled": Kind(papers=("ruled", "margin", "legal", "dotted"), height=(0.04, 0.13)),
    "shadow": Kind(turn=10, tilt=0.14, uneven=1.0, shadow=0.65, desk=0.5, crease=0.3),
    "coloured": Kind(pens=("coloured",), height=(0.035, 0.14), marks=0.05),
    "dark": Kind(papers=("slate", "green board", "black card"), pens=("chalk", "white pen"), desk=0.0, crease=0.0),
    "letters": Kind(papers=("plain", "cream", "ruled", "grey", "squared"), words=0.4, drawings=6, marks=0.15),
    "single": Kind(pens=("hair", "ballpoint", "gel", "felt", "marker", "brush"), height=(0.3, 0.85), text="single"),
    "touching": Kind(height=(0.05, 0.16), touching=0.5),
    "faint": Kind(papers=("plain", "grey", "cream"), pens=("pencil",), contrast=0.6, blur=1.3),
    "crumpled": Kind(papers=("plain", "napkin", "kraft"), pens=("gel", "felt", "marker"), crease=1.0, desk=0.5),
    "turned": Kind(papers=("plain", "cream", "ruled", "squared"), turn=30, tilt=0.1, desk=0.6),
    "board": Kind(papers=("whiteboard",), pens=("felt", "coloured felt"), height=(0.07, 0.2), desk=0.0, marks=0.15),
    "tiny": Kind(pens=("gel", "felt"), height=(0.02, 0.035), rows=14, blur=0.6),
    "hard": Kind(
        papers=("squared", "ruled", "plain", "grey", "legal", "napkin"),
        pens=("ballpoint", "gel", "felt", "marker", "coloured", "pencil"),
        height=(0.035, 0.14), turn=12, tilt=0.12, uneven=1.0, shadow=0.6, desk=0.4, crease=0.3, touching=0.15,
        words=0.25, drawings=5, marks=0.15, blur=1.4, contrast=0.7,
    ),
}  # fmt: skip
"""Kinds of sheet by name."""

_DARK: tuple[Colour, ...] = (
    (118, 52, 26), (140, 60, 30), (96, 36, 18), (40, 36, 34), (28, 26, 26), (60, 40, 36), (150, 80, 30),
)  # fmt: skip
_COLOURS: tuple[Colour, ...] = (
    (50, 40, 195), (60, 60, 215), (70, 125, 30), (90, 150, 60), (150, 50, 110), (165, 60, 75), (175, 130, 20),
    (40, 110, 225), (130, 60, 200), (140, 65, 30), (110, 130, 10),
)  # fmt: skip
_PALE: tuple[Colour, ...] = ((240, 242, 242), (235, 238, 240), (170, 235, 245), (205, 200, 245), (235, 225, 190))
_GREY: tuple[Colour, ...] = ((72, 70, 70), (92, 90, 88), (110, 106, 104))


class PenKind(NamedTuple):
    """Pens of a kind; ranges are (least, most).

    Attributes:
        colours: BGR.
        width: in heights of a digit.
        opacity, grain: as in `paper.Pen`.
    """

    colours: tuple[Colour, ...]
    width: tuple[float, float]
    opacity: tuple[float, float]
    grain: tuple[float, float]


PENS: dict[str, PenKind] = {
    "hair": PenKind(_DARK, (0.010, 0.02), (0.75, 0.95), (0.1, 0.3)),
    "ballpoint": PenKind(_DARK, (0.025, 0.06), (0.72, 0.92), (0.15, 0.4)),
    "gel": PenKind(_DARK, (0.04, 0.09), (0.85, 0.97), (0.03, 0.15)),
    "felt": PenKind(_DARK, (0.07, 0.14), (0.85, 0.97), (0.03, 0.2)),
    "marker": PenKind(_DARK, (0.12, 0.19), (0.82, 0.96), (0.03, 0.12)),
    "brush": PenKind(_DARK, (0.16, 0.25), (0.85, 0.97), (0.05, 0.2)),
    "coloured": PenKind(_COLOURS, (0.025, 0.055), (0.65, 0.92), (0.1, 0.35)),
    "coloured felt": PenKind(_COLOURS, (0.04, 0.1), (0.75, 0.92), (0.05, 0.2)),
    "pencil": PenKind(_GREY, (0.025, 0.065), (0.4, 0.75), (0.35, 0.6)),
    "chalk": PenKind(_PALE, (0.07, 0.13), (0.8, 0.97), (0.3, 0.6)),
    "white pen": PenKind(_PALE, (0.035, 0.08), (0.85, 0.97), (0.03, 0.15)),
}
"""Kinds of pen by name."""

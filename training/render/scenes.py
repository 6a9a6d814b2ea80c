"""Scenes with truth: sheets of handwritten digits, and pictures without any, as a camera sees them.

    rng = np.random.default_rng(0)
    scene = draw_sheet(rng, kind="squared", difficulty=0.7)
    scene.image                       # (720, 1280, 3) uint8, BGR
    scene.rows                        # ["0522 1859", "7"]: top to bottom, a space between two numbers of a row
    for digit in scene.digits:
        digit.label, digit.xyxy       # 7, (31, 40, 58, 83): pixels of the picture, right and bottom excluded
    draw_scene_without_digits(rng)    # letters, shapes, textures: no truth in it

The same generator gives the same scenes. Kinds of sheet: see `KINDS`; anything may be changed by
`dataclasses.replace(KINDS["plain"], touching=0.5)`, which `draw_sheet` takes as `kind` too.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from training.render.grain import Size
from training.render.light import light
from training.render.sheet import Sheet, box_of, photo
from training.render.styles import KINDS, Kind
from training.render.textures import desk


@dataclass(frozen=True)
class Digit:
    """A digit that was written.

    Attributes:
        label: 0 to 9.
        xyxy: box around its ink in pixels of the picture; right and bottom excluded.
        row: index of its row in `Scene.rows`.
        index: its number on the sheet, the same in all frames of a clip.
        visible: part of it that is inside the picture and not covered, 0 to 1.
    """

    label: int
    xyxy: tuple[int, int, int, int]
    row: int
    index: int
    visible: float = 1.0


@dataclass(frozen=True)
class Other:
    """Something else that was written or drawn.

    Attributes:
        kind: "word", "sign" (of a sum), "drawing" or "mark" (under or around a number).
        text: the word, or what is drawn.
        xyxy: box around its ink, as that of a `Digit`.
    """

    kind: str
    text: str
    xyxy: tuple[int, int, int, int]


@dataclass
class Scene:
    """A picture and what is written on it.

    Attributes:
        image: `(H, W, 3) uint8`, BGR.
        digits: in the order of writing.
        rows: the digits of each row, top to bottom, a space between two numbers.
        kind: a name out of `KINDS` or `EMPTY_KINDS`.
        ink: `(H, W) uint8`, how much of each pixel is covered by digits.
        others: what else is written; of things that are no writing, and of clips, nothing is told.
        owner: `(H, W) int16`, which of `drawn` left the ink of each pixel, -1 where there is none; not of clips.
        drawn: label of each thing that is written, 10 for what is no digit.
    """

    image: np.ndarray
    digits: list[Digit] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    kind: str = ""
    ink: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    others: list[Other] = field(default_factory=list)
    owner: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int16))
    drawn: list[int] = field(default_factory=list)

    @property
    def xyxy(self) -> np.ndarray:
        """`(n, 4) int32` boxes."""
        return np.array([digit.xyxy for digit in self.digits], np.int32).reshape(-1, 4)

    @property
    def labels(self) -> np.ndarray:
        """`(n,) int64`."""
        return np.array([digit.label for digit in self.digits], np.int64)


def draw_sheet(
    rng: np.random.Generator,
    size: Size = (1280, 720),
    kind: str | Kind | None = None,
    difficulty: float = 0.5,
    rows: list[str] | None = None,
) -> Scene:
    """A photo of a sheet with handwritten digits.

    Args:
        rng: all chance comes from it.
        size: (width, height) of the picture.
        kind: a name out of `KINDS`, a `Kind` of your own, or None for any.
        difficulty: 0 is tidy and well lit; 1 turns, shades, blurs and compresses up to the limits of the kind.
        rows: what is written, such as `["0522 1859", "7"]`; drawn from `rng` where None.
    """
    if kind is None:
        kind = str(rng.choice(list(KINDS)))
    name, style = (kind, KINDS[kind]) if isinstance(kind, str) else ("own", kind)
    sheet = Sheet(rng, size, style, difficulty, rows)
    image, ink = sheet.photograph()
    digits = [
        Digit(label, box_of(sheet.camera, strokes, width), row, index)
        for index, (label, row, strokes, width) in enumerate(sheet.written)
    ]
    return Scene(
        image, digits, sheet.rows, name, ink, _others(sheet), sheet.camera.owners(sheet.page.owner), sheet.drawn
    )


_EMPTY = Kind(
    papers=("plain", "cream", "ruled", "squared", "napkin", "grey", "kraft"),
    pens=("ballpoint", "gel", "felt", "marker", "coloured", "pencil"),
    height=(0.04, 0.16), turn=12, tilt=0.1, uneven=1.0, shadow=0.6, desk=0.4, crease=0.3, text="nothing",
)  # fmt: skip
_EMPTY_SHEETS = {
    "words": replace(_EMPTY, text="words"),
    "print": replace(
        _EMPTY, text="print", papers=("plain", "cream", "grey"), pens=("gel", "felt"), height=(0.02, 0.05)
    ),
    "drawings": replace(_EMPTY, drawings=14),
    "blank": _EMPTY,
    "ruling": replace(_EMPTY, papers=("squared", "ruled", "legal", "margin", "dotted")),
}
EMPTY_KINDS = (*_EMPTY_SHEETS, "desk", "gradient", "things")
"""Kinds of scene without a digit."""


def draw_scene_without_digits(
    rng: np.random.Generator, size: Size = (1280, 720), kind: str | None = None, difficulty: float = 0.5
) -> Scene:
    """A picture in which nothing is a digit: text, drawings, empty paper, surfaces, things in a room.

    Args:
        rng: all chance comes from it.
        size: (width, height).
        kind: one of `EMPTY_KINDS`, or None for any.
        difficulty: as in `draw_sheet`.
    """
    kind = kind or str(rng.choice(EMPTY_KINDS))
    if kind in _EMPTY_SHEETS:
        sheet = Sheet(rng, size, _EMPTY_SHEETS[kind], difficulty, None)
        image, ink = sheet.photograph()
        return Scene(image, [], [], kind, ink, _others(sheet), sheet.camera.owners(sheet.page.owner), sheet.drawn)
    if kind == "desk":
        image = desk(rng, size)
    elif kind == "gradient":
        colours = rng.uniform(20, 250, (3, 4, 3)).astype(np.float32)
        image = np.clip(cv2.resize(colours, size, interpolation=cv2.INTER_CUBIC), 0, 255).astype(np.uint8)
    else:
        image = _things(rng, size)
    lit = light(rng, size, difficulty, 0.6 * difficulty * rng.random())
    return Scene(photo(rng, image, lit, _EMPTY, difficulty), [], [], kind, np.zeros(size[::-1], np.uint8))


def _others(sheet: Sheet) -> list[Other]:
    return [Other(kind, text, box_of(sheet.camera, strokes, width)) for kind, text, strokes, width in sheet.others]


def _things(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Round and straight-edged patches, as of a room out of focus."""
    w, h = size
    image = np.full((h, w, 3), rng.uniform(30, 220, 3), np.uint8)
    for _ in range(int(rng.integers(6, 40))):
        colour = rng.uniform(0, 255, 3).tolist()
        middle, reach = rng.uniform(0, 1, 2) * size, rng.uniform(0.02, 0.35, 2) * w
        if rng.random() < 0.4:
            axes = np.maximum(reach, 1.4 * reach[::-1].min()).astype(int)  # filled, so never a nought
            cv2.ellipse(
                image, middle.astype(int).tolist(), axes.tolist(), rng.uniform(0, 180), 0, 360, colour, -1, cv2.LINE_AA
            )
        else:
            angle = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 7))))
            corners = middle + np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach
            cv2.fillPoly(image, [np.rint(corners).astype(np.int32)], colour, cv2.LINE_AA)
    return image

"""Paper and pens: a `Page` is a flat sheet in its own pixels that strokes are drawn on.

    page = Page.blank(rng, (1400, 800), "squared")
    page.draw(strokes, Pen((120, 50, 20), 3.0))                # BGR, width in pixels of the page
    camera = Camera.looking_at(corners_on_page, corners_in_picture, (1280, 720), page.size)
    image = camera.shoot(page.image, desk(rng, (1280, 720)))
    image = develop(image, light(rng, (1280, 720)), rng)
    points = camera.project(points_on_page)                    # truth goes the same way

`training.render.textures` is what a sheet lies on, `training.render.light` what falls on it, `training.render.camera`
what takes its picture. All chance comes from the generator that is passed in; images are `(h, w, 3) uint8` in BGR
order, sizes (width, height).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from training.render.grain import Colour, Size, noise, tinted, tooth
from training.render.handwriting import Strokes, coverage


@dataclass(frozen=True)
class Pen:
    """A pen.

    Attributes:
        colour: BGR, 0 to 255.
        width: in pixels of the page.
        opacity: how much of the paper the ink hides, 0 to 1.
        grain: how much the tooth of the paper shows in the ink: 0.05 for a felt pen, 0.5 for pencil, 0.7 for chalk.
    """

    colour: Colour
    width: float
    opacity: float = 0.9
    grain: float = 0.15


@dataclass
class Page:
    """A flat sheet.

    Attributes:
        image: `(h, w, 3) uint8`, what the sheet looks like in even white light.
        ink: `(h, w) uint8`, how much of each pixel digits cover.
        owner: `(h, w) int16`, which `draw` left the ink of each pixel, counted from 0; -1 where there is none.
        lines: `(n,)`, where the ruled lines run (y in pixels), empty where there are none.
    """

    image: np.ndarray
    ink: np.ndarray = field(init=False)
    owner: np.ndarray = field(init=False)
    drawn: int = field(init=False, default=0)
    lines: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.ink = np.zeros(self.image.shape[:2], np.uint8)
        self.owner = np.full(self.image.shape[:2], -1, np.int16)
        self.lines = np.zeros(0)

    @property
    def size(self) -> Size:
        """(width, height)."""
        return self.image.shape[1], self.image.shape[0]

    @classmethod
    def blank(cls, rng: np.random.Generator, size: Size, kind: str = "plain", unit: float = 40.0) -> Page:
        """An unwritten sheet.

        Args:
            rng: chance.
            size: (width, height) in pixels.
            kind: one of `PAPERS`.
            unit: distance of ruled lines, or side of a square, in pixels.
        """
        colour, amplitude = _paper_colour(rng, kind)
        shade = 1 + amplitude * (0.5 * noise(rng, size, "fine") + 0.5 * noise(rng, size, "fibre"))
        shade += 0.4 * amplitude * noise(rng, size, "cloud")
        if kind in ("slate", "green board"):  # chalk that was wiped
            smear = noise(rng, size, "cloud", (2.5, 1.2)) + 0.4 * noise(rng, size, "fibre", (14, 3))
            shade += rng.uniform(0.03, 0.14) * np.clip(smear + 0.3, 0, 2.5)
        page = cls(tinted(shade, colour))
        page._rule(rng, kind, unit)
        return page

    def draw(self, strokes: Strokes, pen: Pen, *, digit: bool = False) -> None:
        """Draw strokes given in pixels of the page; what falls beside the page is lost."""
        mask, left, top = coverage(strokes, pen.width)
        number, self.drawn = self.drawn, self.drawn + 1
        h, w = mask.shape
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + w, self.size[0]), min(top + h, self.size[1])
        if x0 >= x1 or y0 >= y1:
            return
        mask = mask[y0 - top : y1 - top, x0 - left : x1 - left]
        rough = tooth(x0, y0, (x1 - x0, y1 - y0))
        alpha = mask * (np.float32(pen.opacity / 255) * (1 - pen.grain * rough))
        part = self.image[y0:y1, x0:x1]
        blended = part + (np.array(pen.colour, np.float32) - part) * alpha[:, :, None]
        self.image[y0:y1, x0:x1] = (blended + 0.5).astype(np.uint8)
        self.owner[y0:y1, x0:x1][mask > 127] = number
        if digit:
            np.maximum(self.ink[y0:y1, x0:x1], mask, out=self.ink[y0:y1, x0:x1])

    def _rule(self, rng: np.random.Generator, kind: str, unit: float) -> None:
        """Print lines or squares."""
        if kind not in ("squared", "ruled", "legal", "dotted", "margin"):
            return
        w, h = self.size
        line, strength = _LINES[int(rng.integers(len(_LINES)))], rng.uniform(0.25, 0.75)
        thick = max(0.7, unit * rng.uniform(0.02, 0.045))
        x, y = rng.uniform(0, unit, 2)
        self.lines = np.arange(y, h, unit)
        across = [np.array([[-5, at, 1], [w + 5, at, 1]], np.float32) for at in self.lines]
        down = [np.array([[at, -5, 1], [at, h + 5, 1]], np.float32) for at in np.arange(x, w, unit)]
        pen = Pen(line, thick, strength, 0.3)
        if kind == "dotted":
            dots = [
                np.array([[a, b, 1], [a, b, 1]], np.float32)
                for a in np.arange(x, w, unit)
                for b in np.arange(y, h, unit)
            ]
            self._print(dots, Pen(line, thick * 2.5, strength, 0.2))
            return
        self._print(across if kind != "squared" else across + down, pen)
        if kind in ("legal", "margin") or rng.random() < 0.3:
            at = rng.uniform(0.05, 0.12) * w
            red = (95.0, 90.0, 215.0)
            for k in range(2 if kind == "legal" else 1):
                edge = at + k * unit * 0.15
                self._print([np.array([[edge, -5, 1], [edge, h + 5, 1]], np.float32)], Pen(red, thick, strength, 0.3))

    def _print(self, lines: Strokes, pen: Pen) -> None:
        """Straight lines in pale ink, drawn at once: they are too many for `draw`."""
        w, h = self.size
        mask = np.zeros((h, w), np.uint8)
        whole = max(1, round(pen.width))
        for line in lines:
            ends = np.rint(line[:, :2] * 16).astype(int)
            cv2.line(mask, ends[0].tolist(), ends[1].tolist(), 255, whole, cv2.LINE_AA, 4)
        where = np.nonzero(mask)
        alpha = mask[where] * np.float32(pen.opacity * min(1.0, pen.width / whole) / 255)
        part = self.image[where]
        self.image[where] = (part + (np.array(pen.colour, np.float32) - part) * alpha[:, None] + 0.5).astype(np.uint8)


PAPERS = (
    "plain", "squared", "ruled", "margin", "legal", "dotted", "cream", "grey", "kraft", "napkin", "whiteboard",
    "slate", "green board", "black card",
)  # fmt: skip
"""Kinds of sheet; the last three are dark."""

_LINES: tuple[Colour, ...] = (
    (190, 150, 110), (170, 140, 130), (150, 150, 150), (200, 165, 90), (150, 175, 120), (190, 140, 165), (120, 100, 90),
)  # fmt: skip


def _paper_colour(rng: np.random.Generator, kind: str) -> tuple[Colour, float]:
    """BGR colour and strength of the grain."""
    bright = rng.uniform(0.9, 1.0)
    warm = rng.normal(0, 3)
    white = (246 * bright - warm, 246 * bright, 246 * bright + warm)
    return {
        "cream": ((208 * bright, 232 * bright, 242 * bright), 0.012),
        "legal": ((150 * bright, 235 * bright, 245 * bright), 0.012),
        "grey": ((205 * bright, 207 * bright, 206 * bright), 0.02),
        "kraft": ((110 * bright, 155 * bright, 190 * bright), 0.05),
        "napkin": ((228 * bright, 235 * bright, 240 * bright), 0.03),
        "whiteboard": ((244 * bright, 244 * bright, 242 * bright), 0.003),
        "slate": ((52 * bright, 50 * bright, 48 * bright), 0.05),
        "green board": ((62 * bright, 82 * bright, 50 * bright), 0.04),
        "black card": ((34 * bright, 32 * bright, 32 * bright), 0.06),
    }.get(kind, (white, float(rng.uniform(0.004, 0.014))))

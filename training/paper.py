"""Paper, light and camera: what lies under the ink and between the sheet and the picture.

A `Page` is a flat sheet in its own pixels that strokes are drawn on; a `Camera` says where a page's pixels come to lie
in a picture (tilt, turn, curl) and photographs it; `light`, `creased` and `develop` make it look like a photo.

    page = Page.blank(rng, (1400, 800), "squared")
    page.draw(strokes, Pen((120, 50, 20), 3.0))                # BGR, width in pixels of the page
    camera = Camera.looking_at(corners_on_page, corners_in_picture, (1280, 720), page.size)
    image = camera.shoot(page.image, desk(rng, (1280, 720)))
    image = develop(image, light(rng, (1280, 720)), rng)
    points = camera.project(points_on_page)                    # truth goes the same way

All chance comes from the generator that is passed in; images are `(h, w, 3) uint8` in BGR order, sizes (width, height).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import cv2
import numpy as np

from training.handwriting import Strokes, coverage

Colour = tuple[float, float, float]
Size = tuple[int, int]

_BANK = 1024
_CELL = 16  # pixels between the points at which the way of the camera is worked out exactly


@lru_cache(maxsize=8)
def _bank(kind: str) -> np.ndarray:
    """Noise of mean 0 and deviation 1, `(2048, 2048) float32`: four times the same tile, which has no seam."""
    white = np.random.default_rng(1024).normal(size=(_BANK, _BANK)).astype(np.float32)
    frequency = np.hypot(np.fft.fftfreq(_BANK)[:, None], np.fft.rfftfreq(_BANK)[None, :])
    shape = {
        "white": np.ones_like(frequency),
        "fine": np.exp(-((frequency / 0.22) ** 2)),  # paper grain: a pixel or two
        "fibre": np.exp(-((frequency / 0.07) ** 2)) * (frequency > 0.004),
        "cloud": 1 / np.maximum(frequency, 2 / _BANK) ** 1.6 * (frequency > 0),
    }[kind]
    tile = np.fft.irfft2(np.fft.rfft2(white) * shape, s=(_BANK, _BANK)).astype(np.float32)
    return np.tile((tile - tile.mean()) / tile.std(), (2, 2))


@lru_cache(maxsize=1)
def _tooth() -> np.ndarray:
    """Where paper takes less ink, `(2048, 2048) float32`, 0 to 1."""
    return np.clip(0.5 + 0.45 * _bank("fine") + 0.18 * _bank("fibre"), 0, 1)


def noise(rng: np.random.Generator, size: Size, kind: str = "fine", zoom: tuple[float, float] = (1, 1)) -> np.ndarray:
    """Noise `(h, w) float32`, mean 0 and deviation about 1.

    Args:
        rng: says which part of the bank is cut out.
        size: (width, height).
        kind: "white", "fine", "fibre" or "cloud".
        zoom: how much the grain is stretched along x and along y.
    """
    w, h = max(2, int(np.ceil(size[0] / zoom[0]))), max(2, int(np.ceil(size[1] / zoom[1])))
    bank = _bank(kind)
    if max(w, h) <= _BANK:
        left, top = int(rng.integers(_BANK)), int(rng.integers(_BANK))
        cut = bank[top : top + h, left : left + w]
    else:
        side = 2 * _BANK
        left, top = int(rng.integers(max(1, side - w))), int(rng.integers(max(1, side - h)))
        cut = bank[top : top + h, left : left + w]
        if cut.shape != (h, w):
            cut = bank[np.arange(top, top + h) % side][:, np.arange(left, left + w) % side]
    if (w, h) != tuple(size):
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_LINEAR)
    return cut[:, ::-1] if rng.random() < 0.5 else cut


def tinted(shade: np.ndarray, colour: Colour, other: Colour | None = None) -> np.ndarray:
    """A BGR image from one plane `(h, w) float32`: `colour` scaled by it, or from `colour` at 0 to `other` at 1."""
    if other is None:
        steps = np.linspace(0, 1.5, 256)[:, None] * np.array(colour)
        plane = shade * (255 / 1.5)
    else:
        steps = np.array(colour) + np.linspace(0, 1, 256)[:, None] * (np.array(other) - np.array(colour))
        plane = shade * 255
    table = np.clip(steps + 0.5, 0, 255).astype(np.uint8).reshape(1, 256, 3)
    plane = np.clip(plane, 0, 255).astype(np.uint8)
    return cv2.LUT(cv2.merge([plane, plane, plane]), table)


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
    _tooth: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.ink = np.zeros(self.image.shape[:2], np.uint8)
        self.owner = np.full(self.image.shape[:2], -1, np.int16)
        self.lines = np.zeros(0)
        self._tooth = _tooth()

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
        tooth = self._tooth[y0 % _BANK :, x0 % _BANK :][: y1 - y0, : x1 - x0]
        if tooth.shape != mask.shape:
            tooth = cv2.resize(tooth, mask.shape[::-1])
        alpha = mask * (np.float32(pen.opacity / 255) * (1 - pen.grain * tooth))
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


@dataclass(frozen=True)
class Camera:
    """Where the pixels of a page come to lie in a picture.

    Attributes:
        matrix: `(3, 3)` homography from the page to the picture.
        size: (width, height) of the picture.
        curl: height of the waves of the paper along x and y, in pixels of the page; small against the page.
        waves: number of half waves over the page along x and y, and where they begin.
        extent: (width, height) of the page.
    """

    matrix: np.ndarray
    size: Size
    extent: Size
    curl: tuple[float, float] = (0.0, 0.0)
    waves: tuple[float, float, float] = (1.0, 1.0, 0.0)

    @classmethod
    def looking_at(
        cls, on_page: np.ndarray, in_picture: np.ndarray, size: Size, extent: Size, **curl: tuple[float, ...]
    ) -> Camera:
        """The camera that shows the points `on_page (4, 2)` at `in_picture (4, 2)`."""
        matrix = cv2.getPerspectiveTransform(np.float32(on_page), np.float32(in_picture))
        return cls(matrix, size, extent, **curl)  # type: ignore[arg-type]

    def _bent(self, points: np.ndarray) -> np.ndarray:
        """How far the curl of the paper shifts points of the page, `(n, 2)`."""
        x, y = points[:, 0] / self.extent[0], points[:, 1] / self.extent[1]
        across = self.curl[0] * np.sin(np.pi * (self.waves[0] * y + 0.3 * x + self.waves[2]))
        down = self.curl[1] * np.sin(np.pi * (self.waves[1] * x + 0.3 * y + self.waves[2]))
        return np.stack([across, down], axis=1)

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points of the page `(n, 2)` in pixels of the picture."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        return cv2.perspectiveTransform((points + self._bent(points))[None], self.matrix)[0]

    def unproject(self, points: np.ndarray) -> np.ndarray:
        """Points of the picture `(n, 2)` in pixels of the page; may lie beside it."""
        points = np.asarray(points, np.float64).reshape(-1, 2)
        flat = cv2.perspectiveTransform(points[None], np.linalg.inv(self.matrix))[0]
        on_page = flat - self._bent(flat)
        return flat - self._bent(on_page)

    def maps(self, shrink: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of the picture (each `shrink`-th, along x and y) looks on the page: two `(h, w) float32`."""
        w, h = -(-self.size[0] // shrink), -(-self.size[1] // shrink)
        nx, ny = -(-w // _CELL) + 2, -(-h // _CELL) + 2
        x, y = ((np.arange(n) - 0.5) * _CELL * shrink - 0.5 for n in (nx, ny))
        grid = self.unproject(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
        grid = grid.astype(np.float32).reshape(ny, nx, 2)
        full = cv2.resize(grid, (nx * _CELL, ny * _CELL), interpolation=cv2.INTER_LINEAR)
        full = full[_CELL : _CELL + h, _CELL : _CELL + w]
        return np.ascontiguousarray(full[..., 0]), np.ascontiguousarray(full[..., 1])

    def shoot(self, image: np.ndarray, behind: np.ndarray | None = None) -> np.ndarray:
        """The picture of a page's `image`, over the picture `behind`; black where there is neither."""
        behind = np.zeros((self.size[1], self.size[0], *image.shape[2:]), np.uint8) if behind is None else behind.copy()
        x, y = self.maps()
        return cv2.remap(image, x, y, cv2.INTER_LINEAR, dst=behind, borderMode=cv2.BORDER_TRANSPARENT)

    def owners(self, owner: np.ndarray) -> np.ndarray:
        """Whose ink each pixel of the picture shows, from `Page.owner`; -1 where there is none."""
        x, y = self.maps()
        return cv2.remap(owner, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=-1)

    def outline(self) -> np.ndarray:
        """The edge of the page in the picture, `(n, 2) float32`."""
        w, h = self.extent
        t = np.linspace(0, 1, 24, endpoint=False)[:, None]
        corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
        edge = np.concatenate([a + (b - a) * t for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])
        return self.project(edge).astype(np.float32)

    def relief(self, shrink: int = 4) -> np.ndarray:
        """How the curl shades the page, `(h, w) float32` about 1, for each `shrink`-th pixel of the picture."""
        x, y = self.maps(shrink)
        w, h = self.extent
        slope = self.curl[0] * np.cos(np.pi * (self.waves[0] * y / h + 0.3 * x / w + self.waves[2])) / w
        slope = slope + self.curl[1] * np.cos(np.pi * (self.waves[1] * x / w + 0.3 * y / h + self.waves[2])) / h
        return (1 + 6 * slope).astype(np.float32)


def desk(rng: np.random.Generator, size: Size, kind: str | None = None) -> np.ndarray:
    """Something that a sheet lies on: "wood", "dark wood", "cloth", "black", "white" or "stone"."""
    kind = kind or str(rng.choice(["wood", "dark wood", "cloth", "black", "white", "stone"]))
    half = (-(-size[0] // 2), -(-size[1] // 2))
    if kind in ("wood", "dark wood"):
        # Year rings: stripes along x that a slow noise bends, with pores as short dark streaks.
        bend = noise(rng, half, "cloud", (5, 1.6))
        y = np.arange(half[1], dtype=np.float32)[:, None]
        board = rng.uniform(90, 150)
        plank = ((y + rng.uniform(0, board)) // board).astype(int)
        shift = rng.uniform(0, 40, 16)[plank % 16]
        rings = np.sin(bend * 5 + y / rng.uniform(7, 12) + shift) * 0.5 + 0.5
        streaks = noise(rng, half, "white", (24, 1.2))
        fine = noise(rng, half, "fine", (7, 1))
        tone = 0.45 + 0.22 * rings + 0.05 * streaks + 0.04 * fine + 0.1 * rng.uniform(-1, 1, 16)[plank % 16]
        edge = np.diff(plank, axis=0, append=plank[-1:]) != 0
        tone = np.where(edge, tone * 0.45, tone).astype(np.float32)
        dark, pale = ((62, 105, 150), (128, 178, 214)) if kind == "wood" else ((22, 34, 56), (58, 84, 122))
        image = tinted(tone, dark, pale)
    elif kind == "cloth":
        hue = np.array([rng.uniform(40, 130), rng.uniform(40, 110), rng.uniform(40, 110)])
        weave = 0.12 * noise(rng, half, "fine", (1, 2)) + 0.12 * noise(rng, half, "fine", (2, 1))
        image = tinted(1 + 0.5 * weave + 0.06 * noise(rng, half, "cloud"), tuple(hue))
    elif kind == "stone":
        spots = noise(rng, half, "fibre", (1.4, 1.4))
        image = tinted(0.45 + 0.16 * spots + 0.1 * noise(rng, half, "fine"), (92, 96, 100), (176, 180, 184))
    else:
        level = rng.uniform(22, 45) if kind == "black" else rng.uniform(175, 225)
        tint = rng.normal(0, 4, 3)
        grain = 0.03 * noise(rng, half, "fine") + 0.03 * noise(rng, half, "cloud")
        image = tinted(1 + grain, tuple(level + tint))
    image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    if "wood" in kind:  # pores, as fine as the picture
        pores = 1 + 0.035 * noise(rng, size, "white", (16, 1)) + 0.02 * noise(rng, size, "fine", (3, 1))
        image = cv2.multiply(image, cv2.merge([pores, pores, pores]), dtype=cv2.CV_8U)
    return image


def cast_shadow(
    image: np.ndarray, outline: np.ndarray, offset: tuple[float, float], depth: float, soft: float
) -> np.ndarray:
    """`image` with the shadow that a sheet with that outline throws on it."""
    h, w = image.shape[:2]
    mask = np.zeros((-(-h // 4), -(-w // 4)), np.float32)
    cv2.fillPoly(mask, [np.rint((outline + offset) * 4).astype(np.int32)], depth, cv2.LINE_AA, 4)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, soft / 4))
    mask = cv2.resize(mask, (w, h), interpolation=cv2.INTER_LINEAR)
    return (image * (1 - mask)[:, :, None]).astype(np.uint8)


def light(rng: np.random.Generator, size: Size, uneven: float = 0.5, shadow: float = 0.0) -> np.ndarray:
    """Light that falls on the scene.

    Args:
        rng: chance.
        size: (width, height) of the picture.
        uneven: 0 even, 0.5 a room, 1 a lamp at night: fall-off to one side and vignette.
        shadow: depth of the shadow of a hand, a head or a telephone, 0 to 0.8; its edge may be soft or hard.

    Returns:
        `(h / 4, w / 4, 3) float32` factors, BGR.
    """
    w, h = -(-size[0] // 4), -(-size[1] // 4)
    x = np.linspace(-1, 1, w, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, h, dtype=np.float32)[:, None] * (h / w)
    angle = rng.uniform(0, 2 * np.pi)
    side = x * np.cos(angle) + y * np.sin(angle)
    centre = rng.uniform(-0.4, 0.4, 2)
    radius = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
    level = rng.uniform(0.74, 1.06) - 0.12 * uneven
    field_ = (
        level * (1 + 0.28 * uneven * rng.uniform(0.2, 1) * side) * (1 - 0.42 * uneven * rng.uniform(0.2, 1) * radius)
    )
    field_ = field_ + 0.02 * uneven * noise(rng, (w, h), "cloud", (3, 3))
    warm = rng.normal(0, 0.05)
    tint = 1 + np.array([-warm, rng.normal(0, 0.012), warm]) * (0.3 + uneven)
    drift = rng.normal(0, 0.03 * uneven, 3)  # a window on one side, a lamp on the other
    lit = field_[:, :, None] * (tint + side[:, :, None] * drift)
    if shadow > 0:
        lit *= 1 - shadow * _shade(rng, (w, h))[:, :, None]
    return np.clip(lit, 0.05, 1.3).astype(np.float32)


def _shade(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Shape of a shadow, 0 to 1: a band, a corner or the round outline of a head or hand that leans in."""
    w, h = size
    mask = np.zeros((h, w), np.float32)
    kind = rng.integers(3)
    if kind == 0:  # half of the picture, or a band
        angle, at = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.4) * w
        normal = np.array([np.cos(angle), np.sin(angle)])
        along = np.array([-normal[1], normal[0]])
        middle = np.array([w, h]) / 2 + normal * at
        depth = rng.choice([3 * w, rng.uniform(0.15, 0.4) * w])
        corners = [middle + along * 3 * w, middle - along * 3 * w]
        corners += [corners[1] + normal * depth, corners[0] + normal * depth]
        cv2.fillPoly(mask, [np.rint(np.array(corners)).astype(np.int32)], 1.0)
    else:
        edge = np.array(
            [[rng.choice([0, w]), rng.uniform(0, h)], [rng.uniform(0, w), rng.choice([0, h])]][int(rng.integers(2))]
        )
        inward = np.array([w, h]) / 2 - edge + rng.normal(0, 0.15 * w, 2)
        for k in range(1 if kind == 1 else 5):  # a head, or fingers
            spread = 0 if kind == 1 else (k - 2) * 0.16
            reach = rng.uniform(0.4, 0.9) * inward
            tip = edge + np.array([reach[0] - spread * reach[1], reach[1] + spread * reach[0]])
            thick = w * (rng.uniform(0.12, 0.3) if kind == 1 else rng.uniform(0.025, 0.05))
            cv2.line(
                mask, np.rint(edge).astype(int).tolist(), np.rint(tip).astype(int).tolist(), 1.0, max(1, int(thick * 2))
            )
    mask = cv2.GaussianBlur(mask, (0, 0), 0.03 * w) + 0.1 * noise(rng, size, "cloud", (2, 2))  # no straight edges
    soft = w * float(np.exp(rng.uniform(np.log(0.006), np.log(0.06))))
    return cv2.GaussianBlur(np.clip(8 * mask - 3.5, 0, 1), (0, 0), soft)


def creased(rng: np.random.Generator, camera: Camera, folds: int, depth: float = 0.12) -> np.ndarray:
    """Shading of a sheet that was folded or crumpled, `(h / 4, w / 4) float32` about 1, for the picture of a camera.

    Args:
        rng: chance.
        camera: says where the page lies.
        folds: number of creases; 1 or 2 is a folded letter, 20 a ball of paper smoothed out.
        depth: contrast of the facets.
    """
    x, y = camera.maps(4)
    w, h = camera.extent
    shade = np.zeros(x.shape, np.float32)
    for _ in range(folds):
        angle = rng.uniform(0, np.pi) if folds > 2 else rng.choice([0, np.pi / 2]) + rng.normal(0, 0.03)
        middle = rng.uniform(0.15, 0.85, 2) * (w, h)
        nx, ny = np.cos(angle), np.sin(angle)
        away = (x - middle[0]) * nx + (y - middle[1]) * ny
        along = (y - middle[1]) * nx - (x - middle[0]) * ny
        reach = w * (4 if folds <= 2 else rng.uniform(0.08, 0.4))
        fade = np.exp(-((along / reach) ** 2))
        wide = w * rng.uniform(0.04, 0.2)
        facet = np.tanh(away / (0.003 * w + 2)) * np.exp(
            -np.abs(away) / wide
        )  # one side turns to the light, the other away
        ridge = np.exp(-((away / (0.0016 * w + 1)) ** 2))
        shade += (rng.normal(0, depth) * facet + rng.normal(0, depth) * ridge) * fade
    limit = 3.5 * depth
    return 1 + limit * np.tanh(shade / limit)


def develop(
    image: np.ndarray,
    light: np.ndarray,
    rng: np.random.Generator,
    *,
    blur: float = 0.6,
    motion: tuple[float, float] = (0.0, 0.0),
    grain: float = 3.0,
    contrast: float = 1.0,
    sharpen: float = 0.0,
    jpeg: int | None = None,
) -> np.ndarray:
    """What the camera makes of a lit scene.

    Args:
        image: `(h, w, 3) uint8`, the scene in even light.
        light: `(h', w', 3) float32` factors, stretched over the picture.
        rng: chance of the noise.
        blur: of the lens, deviation in pixels.
        motion: (length in pixels, angle in radians) of a smear.
        grain: noise of the sensor, deviation in grey levels.
        contrast: 1 leaves it, 0.5 is a flat grey picture.
        sharpen: what telephones add, 0 to 1.
        jpeg: quality of the compression, None for none.
    """
    h, w = image.shape[:2]
    if blur > 0.25:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    if motion[0] >= 1.5:
        n = int(motion[0]) | 1
        kernel = np.zeros((n, n), np.float32)
        reach = np.array([np.cos(motion[1]), np.sin(motion[1])]) * (n // 2)
        start, end = np.rint(n // 2 - reach).astype(int), np.rint(n // 2 + reach).astype(int)
        cv2.line(kernel, start.tolist(), end.tolist(), 1.0)
        image = cv2.filter2D(image, -1, kernel / kernel.sum())
    field_ = cv2.resize(light * np.float32(contrast), (w, h), interpolation=cv2.INTER_LINEAR)
    picture = cv2.multiply(image, field_, dtype=cv2.CV_32F)
    lift = 110 * (1 - contrast) + 0.5
    speck = noise(rng, (w, h), "white") * np.float32(0.8 * grain) + np.float32(lift)
    tone = noise(rng, (w, h), "fine", (2, 2)) * np.float32(0.3 * grain)
    picture += cv2.merge([speck + tone, speck - np.float32(0.5) * tone, speck - tone])
    out = cv2.convertScaleAbs(np.maximum(picture, 0))
    if sharpen:
        out = cv2.addWeighted(out, 1 + sharpen, cv2.GaussianBlur(out, (0, 0), 1.4), -sharpen, 0)
    if jpeg is not None:
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, jpeg])[1], cv2.IMREAD_COLOR)
    return out

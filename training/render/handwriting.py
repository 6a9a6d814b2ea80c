"""Our own pen: digits, letters and drawn shapes written as strokes by many hands, with no font and no data set.

A `Hand` is a writer: which way each sign is written, slant, proportions, unsteadiness. It writes a sign as a list of
strokes, in units of the height of a digit: `y` runs down from 0 (top of a digit) to 1 (base line), `x` to the right.
A stroke is an `(n, 3) float32` array of x, y and the width of the pen there, 1 being its usual width.

    rng = np.random.default_rng(0)
    hand = Hand(rng)
    strokes = hand.write("7", rng)                                   # in heights of a digit
    mask, left, top = coverage(scaled(strokes, 40, x=100, y=50), 3)  # 40 px high, pen 3 px wide
    crop = digit_image(rng, 7, height=40)                            # or all in one: (h, w) uint8, ink bright
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import cv2
import numpy as np

from training.render.alphabet import WAYS, any_way

Strokes = list[np.ndarray]


@dataclass
class Hand:
    """A writer, drawn from `rng`.

    Attributes:
        slant: how far the top leans to the right of the foot, in heights (negative: to the left).
        aspect: width of the signs against the usual one.
        roundness: length over which a sharp turn is rounded off, in heights.
        unsteady: how much two digits of the same kind differ; 1 is usual.
        tremor: amplitude of the fast wobble along a stroke, in heights.
        wobble: how far a sign strays from the base line, in heights.
        spacing: gap between two digits of a number, in heights.
        ways: for each sign, the way this hand writes it (an index).
        pressure: how much the width of a stroke varies along it, 0 to 0.4.
        taper: length over which the ends of a stroke thin out, in heights, 0 to 0.2.
        nib: (angle in radians, contrast 0 to 0.5) of a pen that is wider in one direction.
    """

    rng: np.random.Generator
    slant: float = field(init=False)
    aspect: float = field(init=False)
    roundness: float = field(init=False)
    unsteady: float = field(init=False)
    tremor: float = field(init=False)
    wobble: float = field(init=False)
    spacing: float = field(init=False)
    pressure: float = field(init=False)
    taper: float = field(init=False)
    nib: tuple[float, float] = field(init=False)
    ways: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng
        self.slant = float(np.clip(rng.normal(0.1, 0.13), -0.25, 0.42))
        self.aspect = float(np.clip(rng.normal(1.0, 0.14), 0.65, 1.4))
        self.roundness = float(rng.uniform(0, 0.12))
        self.unsteady = float(rng.uniform(0.5, 1.4))
        self.tremor = float(rng.uniform(0, 0.006))
        self.wobble = float(rng.uniform(0.01, 0.07))
        self.spacing = float(rng.uniform(0.12, 0.5))
        self.pressure = float(rng.uniform(0.03, 0.3))
        self.taper = float(max(0.0, rng.uniform(-0.15, 0.18)))
        self.nib = (float(rng.uniform(0, np.pi)), float(max(0.0, rng.uniform(-0.3, 0.35))))
        self.ways = {sign: any_way(sign, rng) for sign in WAYS}
        self._habit = {sign: rng.normal(0, 1, (2, 6)).astype(np.float32) for sign in WAYS}

    def set_type(self) -> None:
        """Write evenly and upright from now on, the usual way, as print does."""
        self.slant = self.unsteady = self.tremor = self.wobble = self.taper = self.pressure = 0.0
        self.spacing = 0.3
        self.ways = dict.fromkeys(self.ways, 0)

    def write(self, sign: str, rng: np.random.Generator, detail: int = 8) -> Strokes:
        """One sign of `training.render.alphabet`, a little different each time.

        Args:
            sign: a key of those tables.
            rng: chance of this one instance.
            detail: points of the curve between two knots; 8 is smooth up to some 80 px, 24 up to 700.

        Returns:
            Strokes `(n, 3) float32` in heights of a digit; the leftmost point has x = 0.
        """
        ways = WAYS[sign]
        way = self.ways[sign] if rng.random() < 0.9 else any_way(sign, rng)
        # The habit bends a sign the same way every time, the rest is this instance alone.
        bend = 0.05 * self._habit[sign] + 0.028 * self.unsteady * rng.normal(0, 1, (2, 6)).astype(np.float32)
        turn = rng.normal(0, 0.03 * self.unsteady)
        strokes = []
        for knots, corner in ways[way]:
            knots = _bent(knots, bend) + rng.normal(0, 0.008 * self.unsteady, knots.shape).astype(np.float32)
            curve = _rounded(_smooth(knots, corner, detail), self.roundness, 1 / (5 * detail))
            x, y = curve[:, 0] * self.aspect, curve[:, 1]
            x = x + (self.slant + turn) * (1 - y)
            y = y - turn * x
            strokes.append(self._pressed(np.stack([x, y], axis=1), rng))
        left = min(stroke[:, 0].min() for stroke in strokes)
        for stroke in strokes:
            stroke[:, 0] -= left
        return strokes

    def trace(self, knots: np.ndarray, rng: np.random.Generator, detail: int = 8) -> np.ndarray:
        """One smooth stroke through `knots (n, 2)`, in heights of a digit, with this hand's pressure."""
        knots = np.asarray(knots, np.float32)
        curve = _smooth(knots, np.zeros(len(knots), bool), detail)
        return self._pressed(_rounded(curve, 0, 1 / (5 * detail)), rng)

    def _pressed(self, curve: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """`curve (n, 2)` with tremor, and the width of the pen as third column."""
        n = len(curve)
        step = np.diff(curve, axis=0, append=curve[-1:])
        length = np.cumsum(np.hypot(step[:, 0], step[:, 1]))
        total = max(float(length[-1]), 1e-6)
        beats = max(4, int(total * 5))
        at = length / total * (beats - 1)
        wander = rng.normal(0, 1, (3, beats))
        out = np.empty((n, 3), np.float32)
        out[:, 0] = curve[:, 0] + self.tremor * np.interp(at, np.arange(beats), wander[0])
        out[:, 1] = curve[:, 1] + self.tremor * np.interp(at, np.arange(beats), wander[1])
        slow = np.convolve(wander[2], (0.25, 0.5, 0.25), mode="same")
        width = 1 + self.pressure * np.interp(at, np.arange(beats), slow)
        angle, contrast = self.nib
        width += contrast * np.sin(np.arctan2(step[:, 1], step[:, 0]) - angle) ** 2 - contrast / 2
        if self.taper:
            reach = self.taper * min(total, 1.0)
            width *= np.clip(0.5 + 0.5 * np.minimum(length, 1.6 * (total - length)) / reach, 0, 1)
        out[:, 2] = np.clip(width, 0.3, 2.0)
        return out


def _bent(knots: np.ndarray, bend: np.ndarray) -> np.ndarray:
    """`knots` moved by a smooth field: linear and quadratic terms of the place, coefficients `bend (2, 6)`."""
    x, y = knots[:, 0] - 0.28, knots[:, 1] - 0.5
    terms = np.stack([x, y, x * x, x * y, y * y, x * y * y])
    return knots + (bend @ terms).T


def _smooth(knots: np.ndarray, corner: np.ndarray, detail: int) -> np.ndarray:
    """Points of the cubic curve through `knots (n, 2)`, in pieces between the corners: `(m, 2) float32`."""
    cuts = [0, *(i for i in range(1, len(knots) - 1) if corner[i]), len(knots) - 1]
    pieces = [_cubic(knots[a : b + 1], detail) for a, b in pairwise(cuts)]
    return np.concatenate([piece[:-1] for piece in pieces] + [pieces[-1][-1:]])


def _rounded(curve: np.ndarray, roundness: float, step: float) -> np.ndarray:
    """`curve (n, 2)` in even steps of about `step`, its corners rounded over a length of `roundness`."""
    chord = np.hypot(*np.diff(curve, axis=0).T)
    length = np.concatenate([[0], np.cumsum(chord)])
    n = max(3, int(length[-1] / step) + 1)
    at = np.linspace(0, length[-1], n)
    even = np.stack([np.interp(at, length, curve[:, 0]), np.interp(at, length, curve[:, 1])], axis=1)
    reach = min(int(roundness / step / 2), n - 1)
    if reach:
        # Mirrored about the end points, so that these stay where they are.
        padded = np.concatenate([2 * even[0] - even[reach:0:-1], even, 2 * even[-1] - even[-2 : -reach - 2 : -1]])
        total = np.cumsum(np.concatenate([np.zeros((1, 2)), padded]), axis=0)
        even = (total[2 * reach + 1 :] - total[: -2 * reach - 1]) / (2 * reach + 1)
    return even.astype(np.float32)


def _cubic(knots: np.ndarray, detail: int) -> np.ndarray:
    """Catmull-Rom curve with chord-length parameter, so that close knots make no loops."""
    if len(knots) == 2:
        t = np.linspace(0, 1, detail + 1, dtype=np.float32)[:, None]
        return knots[0] * (1 - t) + knots[1] * t
    chord = np.diff(knots, axis=0)
    span = np.maximum(np.sqrt((chord**2).sum(axis=1, keepdims=True)), 1e-4)
    speed = chord / span
    tangent = np.empty_like(knots)
    tangent[1:-1] = (speed[:-1] * span[1:] + speed[1:] * span[:-1]) / (span[:-1] + span[1:])
    tangent[0] = 1.5 * speed[0] - 0.5 * tangent[1]
    tangent[-1] = 1.5 * speed[-1] - 0.5 * tangent[-2]
    t = np.linspace(0, 1, detail, endpoint=False, dtype=np.float32)[None, :, None]
    t2, t3 = t * t, t * t * t
    a, b = knots[:-1, None], knots[1:, None]
    u, v = (tangent[:-1] * span)[:, None], (tangent[1:] * span)[:, None]
    points = (2 * t3 - 3 * t2 + 1) * a + (t3 - 2 * t2 + t) * u + (3 * t2 - 2 * t3) * b + (t3 - t2) * v
    return np.concatenate([points.reshape(-1, 2), knots[-1:]])


def scribble(hand: Hand, rng: np.random.Generator, detail: int = 8) -> Strokes:
    """A scribble, a signature, a zigzag or something crossed out: wide, and no digit."""
    kind = rng.integers(4)
    if kind == 0:  # a signature: loops that run on to the right
        t = np.arange(rng.integers(24, 50)) * rng.uniform(0.7, 0.95)
        tall = np.interp(t, np.linspace(0, t[-1], 7), rng.uniform(0.12, 0.45, 7))
        x = rng.uniform(0.05, 0.09) * t - 0.8 * tall * np.cos(t) * rng.uniform(0.3, 0.7)
        y = 0.6 - tall * np.sin(t) - 0.2 * np.linspace(0, 1, len(t))
    elif kind == 1:  # a zigzag
        n = int(rng.integers(7, 16))
        x = np.arange(n) * rng.uniform(0.1, 0.3) + rng.normal(0, 0.03, n)
        y = 0.5 + np.where(np.arange(n) % 2, 0.4, -0.4) * rng.uniform(0.5, 1.0, n)
    elif kind == 2:  # a wave
        n = int(rng.integers(8, 18))
        x = np.arange(n) * 0.22
        y = 0.5 + np.where(np.arange(n) % 2, 0.12, -0.12) + rng.normal(0, 0.03, n)
    else:  # a blot of lines to and fro
        n = int(rng.integers(14, 30))
        x = np.where(np.arange(n) % 2, 1.0, 0.0) * rng.uniform(0.7, 1.0, n) + np.arange(n) * 0.02
        y = np.linspace(0.1, 0.9, n) + rng.normal(0, 0.06, n)
    return [hand.trace(np.stack([x, y], axis=1), rng, detail)]


def write_word(hand: Hand, word: str, rng: np.random.Generator, detail: int = 8, pen: float = 0.0) -> Strokes:
    """A word in the letters of `training.render.alphabet`, joined where the hand is quick (spacing under 0.25).

    `pen` is the width of the pen in heights of a digit; a thick one wants more room between the letters.
    """
    strokes: Strokes = []
    x = 0.0
    for letter in word:
        signs = hand.write(letter, rng, detail)
        width = max(stroke[:, 0].max() for stroke in signs)
        signs = moved(signs, x, rng.normal(0, hand.wobble / 2))
        if strokes and hand.spacing < 0.25 and letter.islower():
            strokes.append(hand.trace(np.stack([strokes[-1][-1, :2], signs[0][0, :2]]), rng, detail))
        strokes += signs
        x += width + 0.1 + 0.9 * pen + 0.2 * max(0.0, hand.spacing - 0.2)
    return strokes


def moved(strokes: Strokes, x: float, y: float) -> Strokes:
    """The same strokes elsewhere."""
    return [stroke + np.array([x, y, 0], np.float32) for stroke in strokes]


def scaled(strokes: Strokes, height: float, x: float = 0.0, y: float = 0.0, turn: float = 0.0) -> Strokes:
    """Strokes in pixels: `height` px a unit, turned by `turn` radians about their origin, which comes to `x, y`."""
    cos, sin = height * np.cos(turn), height * np.sin(turn)
    matrix = np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]], np.float32)
    return [stroke @ matrix + np.array([x, y, 0], np.float32) for stroke in strokes]


def bounds(strokes: Strokes, width: float = 0.0) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the strokes drawn with a pen of that width."""
    points = np.concatenate(strokes)
    reach = points[:, 2] * width / 2
    x, y = points[:, 0], points[:, 1]
    return float((x - reach).min()), float((y - reach).min()), float((x + reach).max()), float((y + reach).max())


def coverage(strokes: Strokes, width: float) -> tuple[np.ndarray, int, int]:
    """How much of each pixel the pen covers.

    Args:
        strokes: in pixels.
        width: of the pen in pixels, where a stroke's own width is 1; may be far below one pixel.

    Returns:
        `(h, w) uint8` mask, 255 where the pen covers the whole pixel, and the left and top of the mask.
    """
    left, top, right, bottom = bounds(strokes, width)
    x0, y0 = int(np.floor(left)) - 1, int(np.floor(top)) - 1
    w, h = int(np.ceil(right)) + 2 - x0, int(np.ceil(bottom)) + 2 - y0
    fine = int(np.clip(np.ceil(8 / max(width, 0.1)), 2, 8))  # drawn so many times larger, then averaged
    canvas = np.zeros((h * fine, w * fine), np.uint8)
    shift = 4
    for stroke in strokes:
        points = (stroke[:, :2] - (x0, y0)) * fine - 0.5
        # OpenCV also fills the pixels on the edge of a shape: half a pixel on either side.
        radius = np.maximum(stroke[:, 2] * width * fine / 2 - 0.5, 0)
        step = np.diff(points, axis=0)
        aside = step[:, ::-1] * (1, -1) / np.maximum(np.hypot(step[:, 0], step[:, 1]), 1e-6)[:, None]
        start, end = aside * radius[:-1, None], aside * radius[1:, None]
        sides = np.stack([points[:-1] + start, points[1:] + end, points[1:] - end, points[:-1] - start], axis=1)
        for side in np.rint(sides * (1 << shift)).astype(np.int32):
            cv2.fillConvexPoly(canvas, side, 255, cv2.LINE_8, shift)
        centres = np.rint(points * (1 << shift)).astype(int).tolist()
        for centre, reach in zip(centres, np.rint(radius * (1 << shift)).astype(int).tolist(), strict=True):
            cv2.circle(canvas, centre, reach, 255, -1, cv2.LINE_8, shift)
    mask = cv2.resize(canvas, (w, h), interpolation=cv2.INTER_AREA)
    if width * fine < 1:  # thinner than can be drawn: fainter instead
        mask = (mask * (width * fine)).astype(np.uint8)
    return mask, x0, y0


def digit_image(
    rng: np.random.Generator, digit: int, height: float = 40.0, width: float | None = None, hand: Hand | None = None
) -> np.ndarray:
    """One digit alone, cut out close, `(h, w) uint8` with the ink bright.

    Args:
        rng: chance.
        digit: 0 to 9.
        height: of the digit in pixels.
        width: of the pen in heights of the digit, 0.01 to 0.25; drawn from `rng` where None.
        hand: the writer; a new one where None.
    """
    hand = hand or Hand(rng)
    width = pen_width(rng) if width is None else width
    strokes = scaled(hand.write(str(digit), rng, detail_for(height)), height)
    return coverage(strokes, width * height)[0]


def pen_width(rng: np.random.Generator) -> float:
    """Width of a pen in heights of a digit: mostly 1/25 to 1/8, sometimes a hair (1/100) or a brush (1/4)."""
    return float(np.exp(np.clip(rng.normal(np.log(0.065), 0.6), np.log(0.01), np.log(0.25))))


def detail_for(height: float) -> int:
    """Points of the curve between two knots that look smooth at this height in pixels."""
    return int(np.clip(height / 10, 5, 24))

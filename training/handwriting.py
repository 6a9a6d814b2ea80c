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

Strokes = list[np.ndarray]

# Each sign has one or more ways of writing it. A way is strokes apart by ";", a stroke is knots "x,y" in hundredths of
# the height of a digit that a smooth curve runs through; the pen turns sharply at a knot marked "!".
DIGITS: dict[str, tuple[str, ...]] = {
    "0": (
        "31,2 10,17 2,50 10,84 30,99 50,84 58,50 50,18 33,1",
        "34,3 18,12 8,40 9,72 22,98 40,92 51,60 49,25 36,3 27,5",
        "42,9 24,1 7,24 4,65 20,97 42,95 58,65 56,28 41,6 26,6",
        "24,4 8,30 6,68 24,99 46,84 52,44 40,8 22,1 14,10",
        "31,2 10,17 2,50 10,84 30,99 50,84 58,50 50,18 33,1; 52,12 8,90",
    ),
    "1": (
        "10,0 10,52 10,100",
        "0,24 20,0! 20,52 19,100",
        "0,50 30,0! 29,52 28,100",
        "0,40 14,22 30,0! 29,52 28,100",
        "3,22 20,0! 20,52 20,100; 0,100 20,99 41,100",
        "0,26 22,0! 22,52 22,99! 1,100 45,99",
    ),
    "2": (
        "6,24 16,6 34,0 52,12 51,34 34,62 3,98! 30,97 58,98",
        "6,26 16,6 34,0 52,12 50,36 30,74 12,96 2,94 6,83 20,83 36,96 60,93",
        "4,18 27,0 49,13 46,40 24,74 4,99! 30,95 60,99",
        "5,22 22,1 46,6 50,28 34,60 8,92 4,99! 24,93 42,99 60,92",
        "10,14 32,0 53,10 50,34 26,68 0,99! 34,100 62,96",
    ),
    "3": (
        "6,14 24,0 48,8 48,30 22,46! 48,54 56,77 38,99 14,97 2,84",
        "6,2 30,1 52,1! 24,40! 46,46 56,68 44,94 20,100 2,88",
        "6,16 26,1 47,11 44,34 27,46 21,48 29,46 49,57 54,78 36,99 14,98 2,86",
        "4,8 30,0 50,14 40,36 20,44! 44,50 54,72 40,97 18,101 0,92",
    ),
    "4": (
        "10,2 4,56! 32,56 60,54; 44,24 43,62 42,100",
        "22,0 2,62! 32,62 60,60; 41,34 40,68 38,100",
        "42,0 2,68! 32,69 62,67; 43,2 43,50 43,100",
        "44,100 44,50 44,0! 2,70! 32,70 62,69",
        "8,4 6,34 14,52 38,52 50,38; 52,2 48,54 45,100",
        "30,0 3,58! 30,58 58,57; 42,12 39,60 35,100",
    ),
    "5": (
        "54,2 34,3 14,4! 10,44! 30,36 54,50 56,76 38,98 14,98 2,86",
        "15,4 13,24 10,45! 32,37 54,52 54,80 34,99 4,92; 15,4 34,3 57,1",
        "12,7 9,46! 30,38 51,52 54,78 36,99 4,95; 19,1 40,0 60,-3",
        "52,3 22,4 13,26 23,42 45,53 52,76 34,99 4,94",
        "56,0 18,2! 8,46! 34,40 56,58 50,88 26,100 0,92",
    ),
    "6": (
        "44,2 20,24 5,60 10,91 31,100 52,86 50,61 31,51 11,63 5,76",
        "50,10 36,0 16,18 4,56 8,88 28,100 50,92 54,70 40,54 18,58 6,76",
        "32,0 10,48 4,76 17,99 41,98 52,79 40,61 18,63 6,80",
        "54,4 30,10 8,44 4,76 20,100 46,96 54,74 36,58 14,68 7,84",
    ),
    "7": (
        "2,4 28,3 54,2! 38,52 22,100",
        "2,4 28,3 54,2! 38,52 22,100; 13,52 33,50 53,47",
        "4,19 6,3! 54,4! 36,48 20,100",
        "2,8 28,2 55,3! 38,38 26,68 22,100",
        "2,8 28,2 55,3! 38,38 26,68 22,100; 10,54 30,51 50,50",
        "2,13 15,3 34,8 56,2! 36,48 23,100",
        "0,5 26,3 46,2! 42,52 38,100; 20,46 40,44 60,43",
    ),
    "8": (
        "50,14 34,0 12,8 10,28 30,46 54,66 50,92 28,100 6,90 6,68 30,48 50,30 50,12 42,5",
        "29,0 11,9 12,35 29,46 48,35 47,9 30,0; 29,46 7,58 4,86 28,100 54,86 51,58 31,46",
        "30,48 12,34 12,10 30,0 48,10 46,34 28,50 8,66 6,90 30,100 54,90 50,66 28,47",
        "48,9 26,0 10,16 24,40 48,64 50,90 26,100 6,86 14,62 40,36 54,7",
    ),
    "9": (
        "49,14 30,1 6,16 6,42 26,52 47,36 50,9! 49,52 47,100",
        "50,20 34,2 10,10 4,34 20,50 42,42 50,16 52,50 46,84 26,100 4,92",
        "48,22 30,2 8,14 6,38 24,50 46,34 49,14 46,50 36,80 22,100",
        "46,10 22,2 4,22 12,46 36,44 48,12! 48,60 40,92 20,101 2,90",
        "48,16 28,0 6,14 6,38 26,48 46,32 48,14 44,56 42,100",
    ),
}
"""The ten digits; hands differ most in these."""

LETTERS: dict[str, tuple[str, ...]] = {
    "A": ("2,100 30,0! 58,100; 12,64 48,64", "2,100 26,8 32,8 56,100; 8,58 54,60"),
    "C": ("54,14 34,0 10,20 4,55 14,90 36,100 56,86",),
    "D": ("8,0 8,100; 4,2 40,6 58,45 44,90 4,99",),
    "E": ("50,2 8,2! 8,99! 52,98; 8,48 44,47", "48,8 24,0 10,18 30,44! 8,62 6,90 30,100 54,88"),
    "F": ("8,100 8,2! 52,1; 8,46 44,45", "10,2 8,100; 2,3 54,0; 10,48 42,46"),
    "G": ("54,16 32,0 6,24 6,72 30,100 54,86 56,58! 34,58", "52,12 30,0 6,30 8,80 32,99 52,84 54,60; 32,60 64,58"),
    "H": ("6,0 6,100; 54,0 54,100; 6,50 54,48",),
    "K": ("8,0 8,100; 52,2 10,56! 54,100",),
    "L": ("8,0 8,98! 50,97",),
    "M": ("4,100 10,0! 34,62! 58,0! 64,100", "6,100 6,2! 32,48! 58,2! 58,100"),
    "N": ("6,100 6,0! 52,100! 52,0",),
    "P": ("8,100 8,2! 40,2 54,22 40,48 8,52",),
    "R": ("8,100 8,2! 40,2 52,22 36,48 8,52! 54,100",),
    "T": ("2,3 58,2; 30,2 30,100",),
    "U": ("6,0 6,68 28,100 52,68 53,0",),
    "V": ("2,0 28,100! 54,0",),
    "W": ("2,0 18,100! 36,30! 54,100! 70,0",),
    "X": ("4,0 56,100; 56,0 2,100",),
    "Y": ("4,0 30,46; 58,0 18,100", "2,0 30,50! 58,0; 30,50 30,100"),
    "a": ("46,56 28,45 8,58 6,86 22,100 42,88 48,52! 47,88 58,100",),
    "c": ("46,56 28,45 8,60 8,88 26,100 48,90",),
    "d": ("46,60 24,48 6,66 8,92 26,99 44,84 48,0! 48,92 56,100",),
    "e": ("8,74 46,70 42,50 24,45 6,64 8,90 28,101 50,88",),
    "f": ("48,12 36,0 24,14 22,100; 6,46 44,44", "46,6 32,2 24,30 22,110 14,132 6,120; 6,50 42,46"),
    "h": ("8,0 8,100! 10,66 28,46 44,58 46,100",),
    "k": ("8,0 8,100; 42,48 10,76! 44,100",),
    "m": ("4,48 6,100! 8,62 22,46 32,58 32,100! 34,62 48,46 58,58 60,100",),
    "n": ("6,48 8,100! 10,64 28,46 44,58 46,100",),
    "p": ("8,48 8,135! 8,62 26,45 48,60 46,88 24,100 8,88",),
    "r": ("8,48 10,100! 12,66 26,48 42,50",),
    "t": ("22,14 20,84 30,100 46,92; 4,46 42,44", "20,10 20,100; 2,42 40,40"),
    "u": ("6,48 8,84 22,100 40,88 46,48! 46,90 56,100",),
    "v": ("4,48 24,100! 46,46",),
    "w": ("2,48 14,100! 28,58! 42,100! 56,46", "2,48 8,94 24,96 28,62! 34,96 50,92 56,46"),
    "x": ("4,48 46,100; 46,48 2,100",),
    "y": ("4,48 24,92; 48,46 26,104 6,134", "4,48 10,84 28,92 46,48! 46,110 28,136 6,124"),
    "β": ("8,135 8,30 24,0 46,14 40,42 26,46 52,60 48,92 16,96",),
    "ж": ("30,46 30,100; 4,48 28,74! 2,100; 58,48 32,74! 60,100",),
    "д": ("4,116 6,98! 54,98! 56,116; 12,98 28,46! 46,98",),
    "ш": ("4,48 6,100! 54,99! 54,46; 30,48 30,99",),
    "я": ("46,46 44,100; 46,48 18,48 12,64 24,76 45,74; 28,76 6,100",),
    "ю": ("6,46 6,100; 6,72 22,72; 40,46 24,60 24,86 40,100 56,86 56,60 41,46",),
}
"""Letters that cannot be taken for a digit (so no B, I, J, O, Q, S, Z, b, g, i, j, l, o, q, s, z)."""

SHAPES: dict[str, tuple[str, ...]] = {
    "arrow": ("0,50 60,52 130,50; 104,28 132,50! 102,74", "0,90 50,40 120,20; 92,12 122,19! 108,48"),
    "tick": ("0,58 24,96! 84,0",),
    "cross": ("4,4 80,96; 82,2 0,98",),
    "plus": ("30,20 30,82; 0,52 62,50",),
    "minus": ("0,52 60,50",),
    "equals": ("0,40 56,38; 2,64 58,62",),
    "divide": ("0,52 60,50; 30,28 31,30; 30,74 31,76",),
    "triangle": ("50,0 0,98! 104,96! 50,2",),
    "star": ("40,0 70,98! 0,34! 84,36! 12,96! 42,0",),
    "heart": ("50,28 36,0 8,6 4,36 50,98! 94,38 90,6 64,0 50,30",),
    "smile": ("50,0 14,14 0,50 14,86 50,100 86,86 100,50 86,14 52,0; 34,30 34,40; 66,30 66,40; 26,62 50,78 74,62",),
    "house": ("0,100 0,46! 50,0! 100,46! 100,100! 0,100; 38,100 38,64! 62,64! 62,100",),
    "hash": ("22,0 12,100; 56,0 46,100; 0,34 72,32; 0,68 70,66",),
    "percent": ("70,0 8,100; 18,4 4,16 14,30 28,18 20,4; 64,70 50,84 60,98 76,86 66,70",),
    "cloud": ("20,80 0,62 14,42 26,44 34,18 66,14 76,40 104,40 108,72 84,82 20,80",),
    "flower": (
        "50,36 38,50 50,64 64,50 52,36; 50,36 40,8 62,8 52,34; 64,48 94,40 92,64 64,54; 50,64 62,94 38,94 48,64",
    ),
}
"""Drawn signs; none of them, alone, looks like a digit."""

_TEXT = (
    "name date the may are math team when year and three even tea paper rent ham read pay next week event add net "
    "pen cent data dear meet text part heart army car map day they then tax cup key new hand warm wax far much "
    "max exact tram never were Anna Peter Karen March Tuna Harvey Yvette Kate Pete Mark Tax Rent Day Due Team "
    "Hand Name Date Math Part The Car rather future return water ever after dance pack turn truck thank track Hey "
    "Max Eve TEAM RENT DATE NAME CAMERA MARK TAX PAPER"
)
WORDS = _TEXT.split()
"""Words in those letters, for pages that hold more than numbers."""


def _parse(way: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """The `(knots (n, 2), corner (n,) bool)` of each stroke of a way of writing."""
    strokes = []
    for text in way.split(";"):
        words = text.split()
        corner = np.array([word.endswith("!") for word in words])
        knots = np.array([word.rstrip("!").split(",") for word in words], np.float32) / 100
        strokes.append((knots, corner))
    return strokes


_WAYS = {sign: [_parse(way) for way in ways] for sign, ways in (DIGITS | LETTERS | SHAPES).items()}


_RARE = {"0": (1, 1, 1, 1, 0.3), "4": (1, 1, 1, 1, 0.4, 1), "5": (1, 1, 1, 0.3, 0.8), "7": (2, 1, 1, 1, 1, 0.6, 0.6)}


def _any_way(sign: str, rng: np.random.Generator) -> int:
    """One of the ways of writing a sign; those that few people use come seldom."""
    weight = np.array(_RARE.get(sign, (1,) * len(_WAYS[sign])), float)
    return int(np.searchsorted(np.cumsum(weight / weight.sum()), rng.random()))


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
        self.ways = {sign: _any_way(sign, rng) for sign in _WAYS}
        self._habit = {sign: rng.normal(0, 1, (2, 6)).astype(np.float32) for sign in _WAYS}

    def set_type(self) -> None:
        """Write evenly and upright from now on, the usual way, as print does."""
        self.slant = self.unsteady = self.tremor = self.wobble = self.taper = self.pressure = 0.0
        self.spacing = 0.3
        self.ways = dict.fromkeys(self.ways, 0)

    def write(self, sign: str, rng: np.random.Generator, detail: int = 8) -> Strokes:
        """One sign of `DIGITS`, `LETTERS` or `SHAPES`, a little different each time.

        Args:
            sign: a key of those tables.
            rng: chance of this one instance.
            detail: points of the curve between two knots; 8 is smooth up to some 80 px, 24 up to 700.

        Returns:
            Strokes `(n, 3) float32` in heights of a digit; the leftmost point has x = 0.
        """
        ways = _WAYS[sign]
        way = self.ways[sign] if rng.random() < 0.9 else _any_way(sign, rng)
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
    """A word in the letters of `LETTERS`, joined where the hand is quick (spacing under 0.25).

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

"""Shapes that are no digit, drawn by rule: what a segmentation cuts out of a page besides digits.

Letters and words, scribbles, lines and drawn shapes, bits of ruling, blobs, texture and specks, halves of digits and
digits that touch. Digits of the same fonts are drawn among them, by the same hand so to speak: else the network would
learn that this way of drawing is itself no digit. Shapes that a person would read as a digit are left out.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from training.data.sources import TRAIN, Source, split

_SIDE = 64  # of the canvas, in pixels
_ROOM = 16  # around it, so that nothing is cut when it is turned

# Without those that look like a digit: B b D g I i J j l O o Q q S s Z z.
_LETTERS = "ACEFGHKLMNPRTUVWXYacdefhkmnprtuvwxy"
_SIGNS = "?!#%&@*+=<-:~{["
_FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_PLAIN,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)

# Halves that are neither that digit still nor another one: (from, to) as shares of the height, then of the width.
_TOP, _BOTTOM, _LEFT, _RIGHT = (0, 0.5, 0, 1), (0.5, 1, 0, 1), (0, 1, 0, 0.5), (0, 1, 0.5, 1)
_HALVES = {
    0: (_TOP, _BOTTOM, _LEFT, _RIGHT),
    2: (_BOTTOM, _LEFT, _RIGHT),
    3: (_LEFT, _BOTTOM),
    4: (_TOP, _LEFT),
    5: (_TOP, _BOTTOM, _LEFT, _RIGHT),
    8: (_LEFT,),
}


def source(n: int, mnist: Source, seed: int) -> Source:
    """`n` shapes drawn by rule, ready to train with; digits to cut and join come from MNIST's training part."""
    crops, labels = draw(n, *mnist.take(TRAIN), np.random.default_rng(seed))
    images = np.rint(normalize(crops) * 255).astype(np.uint8)
    return Source("synthetic", images, labels, split(images))


def draw(
    n: int, digits: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> tuple[list[np.ndarray], np.ndarray]:
    """Draw `n` shapes.

    Args:
        n: how many.
        digits: `(m, 28, 28) uint8` digits to cut in halves and to join to pairs; none of those kept for measuring.
        labels: `(m,)` what they are, 0 to 9.
        rng: decides everything.

    Returns:
        `n` crops `(h, w) uint8`, ink bright, not yet normalised, and their labels `(n,) int64`: mostly 10, some digits.
    """
    of_digit = {digit: np.flatnonzero(labels == digit) for digit in range(10)}

    def pick(digit: int) -> np.ndarray:
        return _tight(digits[rng.choice(of_digit[digit])])

    kinds: list[tuple[float, Callable[[], np.ndarray]]] = [
        (0.22, lambda: _turned(_text(rng, str(rng.choice(list(_LETTERS + _SIGNS)))), rng)),
        (0.08, lambda: _turned(_text(rng, "".join(rng.choice(list(_LETTERS), rng.integers(2, 5)))), rng)),
        (0.13, lambda: _turned(_scribble(rng), rng)),
        (0.16, lambda: _turned(_lines(rng), rng)),
        (0.06, lambda: _blob(rng)),
        (0.05, lambda: _texture(rng)),
        (0.05, lambda: _speck(rng)),
        (0.05, lambda: _smudge(rng)),
        (0.08, lambda: _arc(rng)),
        (0.08, lambda: _half(rng, pick)),
        (0.18, lambda: _touching(rng, pick)),
    ]
    shares = np.array([share for share, _ in kinds])
    fonts = 0.12
    crops: list[np.ndarray] = []
    truth = np.full(n, NOT_A_DIGIT, np.int64)
    while len(crops) < n:
        if rng.random() < fonts:
            truth[len(crops)] = digit = int(rng.integers(10))
            crops.append(_turned(_text(rng, str(digit)), rng))
        else:
            crop = kinds[rng.choice(len(kinds), p=shares / shares.sum())][1]()
            if crop.max(initial=0) > 127:
                crops.append(crop)
    return crops, truth


def _text(rng: np.random.Generator, text: str) -> np.ndarray:
    """Letters of a stroke font, with a pen of any width."""
    font, scale = int(rng.choice(_FONTS)), rng.uniform(1.2, 1.7) / (1 + 0.25 * (len(text) - 1))
    thickness = int(rng.integers(1, 7 if len(text) == 1 else 4))
    (w, h), below = cv2.getTextSize(text, font, scale, thickness)
    canvas = np.zeros((h + below + 24, w + 24), np.uint8)
    cv2.putText(canvas, text, (12, h + 12), font, scale, 255, thickness, cv2.LINE_AA)
    return canvas


def _scribble(rng: np.random.Generator) -> np.ndarray:
    """A pen that wanders twice over the same place, or goes to and fro."""
    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    if rng.random() < 0.65:
        curves = [_wander(rng), _wander(rng)]
    else:
        turns = int(rng.integers(5, 13))
        to_and_fro = np.arange(turns) % 2 + rng.normal(0, 0.1, turns)
        curves = [np.stack([np.linspace(0, rng.uniform(0.5, 1.5), turns), to_and_fro], axis=1)]
    for points in curves:
        _stroke(canvas, _filling(points), rng)
    return canvas


def _wander(rng: np.random.Generator) -> np.ndarray:
    """`(100, 2)` points of a curve, at least four times as long as it is wide or high."""
    while True:
        bend = np.cumsum(rng.normal(0, 0.15, 100)) * rng.uniform(0.2, 0.6)
        heading = np.cumsum(bend) + rng.uniform(0, 2 * np.pi)
        points = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)
        if len(points) > 4 * np.ptp(points, axis=0).max():
            return points


def _filling(points: np.ndarray) -> np.ndarray:
    """The same points, so large that they fill the canvas but for its margin."""
    return (points - points.min(axis=0)) / np.ptp(points, axis=0).max() * (_SIDE - 12) + 6


def _lines(rng: np.random.Generator) -> np.ndarray:
    """Dashes, crosses, corners, bits of ruling, boxes, triangles, arrows, stars: straight pen strokes."""
    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    x, y = rng.uniform(18, 46, 2)
    far = _SIDE - 6
    kind = rng.integers(11)
    if kind == 0:  # a dash, or two
        for row in (y, y + rng.uniform(12, 18))[: rng.integers(1, 3)]:
            _stroke(canvas, [(6, row), (far, row + rng.normal(0, 3))], rng)
    elif kind == 1:  # a cross
        _stroke(canvas, [(6, y), (far, y + rng.normal(0, 4))], rng)
        _stroke(canvas, [(x, 6), (x + rng.normal(0, 4), far)], rng)
    elif kind == 2:  # an x
        _stroke(canvas, [(6, 8), (far, far)], rng)
        _stroke(canvas, [(far, 6), (8, far)], rng)
    elif kind == 3:  # a corner, but not the one that is a 7
        column = rng.choice([8, far - 2])
        row = far - 2 if column > 8 else rng.choice([8, far - 2])
        _stroke(canvas, [(column, _SIDE - row), (column, row), (_SIDE - column, row)], rng)
    elif kind == 4:  # where a rule meets another
        row = rng.choice([8, far - 2])
        _stroke(canvas, [(6, row), (far, row)], rng)
        _stroke(canvas, [(32 + rng.normal(0, 3), 8), (32 + rng.normal(0, 3), far)], rng)
    elif kind == 5:  # squared paper
        step = rng.uniform(14, 30)
        for at in np.arange(rng.uniform(4, step), far, step):
            _stroke(canvas, [(at, 4), (at, far)], rng)
            _stroke(canvas, [(4, at), (far, at)], rng)
    elif kind == 6:  # ruled paper, with a margin or without
        for at in np.arange(8, far, rng.uniform(12, 22)):
            _stroke(canvas, [(4, at), (far, at)], rng)
        if rng.random() < 0.5:
            _stroke(canvas, [(x, 4), (x, far)], rng)
    elif kind == 7:  # a box or a triangle, wider than a 0 would be
        top = rng.uniform(6, 26)
        corners = (
            [(6, top), (far, top), (far, far - 4), (6, far - 4)]
            if rng.random() < 0.5
            else [(x, 6), (far, far), (6, far)]
        )
        _stroke(canvas, [*corners, corners[0]], rng)
    elif kind == 8:  # an arrow
        head = rng.uniform(8, 18)
        _stroke(canvas, [(6, y), (far, y)], rng)
        _stroke(canvas, [(far - head, y - head), (far, y), (far - head, y + head)], rng)
    elif kind == 9:  # a rule that came out dotted
        step, size = rng.uniform(5, 9), int(rng.integers(2, 5))
        for at in np.arange(6, far, step):
            cv2.circle(canvas, (32, round(at)), size, 255, -1, cv2.LINE_AA)
    else:  # a star
        angles = np.linspace(0, np.pi, int(rng.integers(3, 6)), endpoint=False) + rng.uniform(0, np.pi)
        for angle in angles:
            reach = 26 * np.array([np.cos(angle), np.sin(angle)])
            _stroke(canvas, np.array([32 - reach, 32 + reach]), rng)
    return canvas


def _blob(rng: np.random.Generator) -> np.ndarray:
    """A filled shape, not so slender that it might be a 1."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    radius = 1 + sum(rng.normal(0, 0.3 / k) * np.cos(k * angles + rng.uniform(0, 6.3)) for k in range(2, 6))
    size = np.array([rng.uniform(14, 30), rng.uniform(14, 24)])
    points = 40 + np.maximum(radius, 0.2)[:, None] * size * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    canvas = np.zeros((80, 80), np.uint8)
    cv2.fillPoly(canvas, [np.rint(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return canvas


def _texture(rng: np.random.Generator) -> np.ndarray:
    """What a threshold makes of cloth, wood or a crumpled edge."""
    noise = rng.standard_normal((48, rng.integers(30, 64))).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), rng.uniform(1.5, 6), sigmaY=rng.uniform(1.5, 6))
    return cv2.GaussianBlur((smooth > np.quantile(smooth, rng.uniform(0.4, 0.75))).astype(np.uint8) * 255, (3, 3), 0)


def _speck(rng: np.random.Generator) -> np.ndarray:
    """A few pixels of dirt: less than any digit is made of, so that all of them look blurred."""
    h, w = rng.integers(2, 7), rng.integers(1, 6)
    pixels = rng.uniform(40, 255, (h, w)) * (rng.random((h, w)) < 0.85)
    pixels[rng.integers(h), rng.integers(w)] = 255
    return np.pad(pixels.astype(np.uint8), 2)


def _smudge(rng: np.random.Generator) -> np.ndarray:
    """A mottled mark with a ragged edge."""
    canvas = np.zeros((48, 48), np.uint8)
    at = rng.uniform(18, 30, 2)
    for _ in range(rng.integers(2, 7)):
        cv2.circle(canvas, (round(at[0]), round(at[1])), int(rng.integers(2, 7)), 255, -1, cv2.LINE_AA)
        at = np.clip(at + rng.normal(0, 6, 2), 8, 40)
    noise = cv2.GaussianBlur(rng.uniform(-1, 1, canvas.shape), (0, 0), rng.uniform(0.6, 2))
    noise /= np.abs(noise).max()
    ragged = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.5, 2.5)) / 255 + noise * rng.uniform(0.3, 0.7)
    return (np.clip((ragged - 0.4) * rng.uniform(1, 4), 0, 1) * 255).astype(np.uint8)


def _arc(rng: np.random.Generator) -> np.ndarray:
    """Part of a loop that broke, or a bracket: bent too much for a 1, and no end of it straight as in a 7."""
    span, middle = rng.uniform(1.8, 3.6), rng.uniform(0, 2 * np.pi)
    angles = middle + np.linspace(-span / 2, span / 2, 24)
    canvas = np.zeros((_SIDE, _SIDE), np.uint8)
    points = np.stack([np.cos(angles) * rng.uniform(0.5, 1), np.sin(angles)], axis=1)
    _stroke(canvas, _filling(points), rng)
    return canvas


def _half(rng: np.random.Generator, pick: Callable[[int], np.ndarray]) -> np.ndarray:
    """Half of a digit, as a cut at the wrong place leaves it."""
    digit = int(rng.choice(list(_HALVES)))
    shape = pick(digit)
    share = np.array(_HALVES[digit][rng.integers(len(_HALVES[digit]))])
    share[share == 0.5] += rng.uniform(-0.1, 0.06)
    top, bottom, left, right = np.rint(share * np.repeat(shape.shape, 2)).astype(int)
    return shape[top:bottom, left:right]


def _touching(rng: np.random.Generator, pick: Callable[[int], np.ndarray]) -> np.ndarray:
    """Two or three digits that run into each other, side by side."""
    shapes = [pick(int(digit)) for digit in rng.integers(10, size=2 if rng.random() < 0.8 else 3)]
    canvas = np.zeros((48, 28 * len(shapes)), np.uint8)
    left = 0
    for shape in shapes:
        shape = cv2.resize(
            shape, None, fx=rng.uniform(0.85, 1.15), fy=rng.uniform(0.8, 1.2), interpolation=cv2.INTER_LINEAR
        )
        h, w = shape.shape
        top = int(np.clip(24 - h / 2 + rng.normal(0, 2.5), 0, 48 - h))
        place = canvas[top : top + h, left : left + w]
        np.maximum(place, shape[:, : place.shape[1]], out=place)
        left += max(3, w - int(rng.integers(0, 4)))
    return canvas


def _stroke(canvas: np.ndarray, points: np.ndarray | list[tuple[float, float]], rng: np.random.Generator) -> None:
    fine = np.rint(np.asarray(points) * 16).astype(np.int32)
    cv2.polylines(canvas, [fine], False, 255, int(rng.integers(2, 8)), cv2.LINE_AA, 4)


def _turned(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same drawn by an unsteady hand: turned, slanted and stretched."""
    h, w = canvas.shape
    turn, slant = rng.normal(0, 0.14), rng.normal(0, 0.15)
    cos, sin = np.cos(turn), np.sin(turn)
    x, y = np.exp(rng.normal(0, 0.15, 2))
    matrix = np.array([[cos * x, (cos * slant - sin) * y], [sin * x, (sin * slant + cos) * y]])
    shift = np.array([w / 2 + _ROOM, h / 2 + _ROOM]) - matrix @ [w / 2, h / 2]
    return cv2.warpAffine(canvas, np.column_stack([matrix, shift]), (w + 2 * _ROOM, h + 2 * _ROOM))


def _tight(image: np.ndarray) -> np.ndarray:
    x, y, w, h = cv2.boundingRect(cv2.compare(image, 64, cv2.CMP_GE))
    return image[y : y + h, x : x + w]

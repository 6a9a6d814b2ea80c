"""Digits as other people, pens and cameras would have made them: `augment` redraws each image a little differently.

All that bends (turn, slant, stretch, shift, perspective and an elastic field) is one `cv2.remap` an image; then the
stroke is made thicker or thinner, and the ink softer, sharper, fainter or blurred.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from realtime.glyphs.normalize import SIDE

# At strength 1. Angles are in radians, lengths in pixels of the 28x28 field.
_TURN = 0.22
_SLANT = 0.28
_STRETCH = 0.13
_SHIFT = 1.3
_BEND = 1.1
_PERSPECTIVE = 0.004

_MIDDLE = (SIDE - 1) / 2
_GRID = np.stack(np.meshgrid(*[np.arange(SIDE, dtype=np.float32) - np.float32(_MIDDLE)] * 2), axis=-1).reshape(-1, 2)

_CHUNK = 256  # images whose maps still fit the processor's cache
_FIELDS = 512  # smooth fields kept ready; signs, flips and mixtures make many more of them
_TABLES = 128  # curves from ink to ink kept ready


def augment(images: np.ndarray, rng: np.random.Generator, strength: float = 1.0) -> np.ndarray:
    """Redraw images a little differently.

    Args:
        images: `(n, 28, 28) uint8`, normalised.
        rng: decides everything; the same state gives the same pictures.
        strength: 0 changes nothing, 1 is what the shipped network learnt from.

    Returns:
        `(n, 28, 28) uint8`.
    """
    if strength == 0 or len(images) == 0:
        return images.copy()
    out = np.empty_like(images)
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK]
        _redraw(chunk, _maps(len(chunk), rng, strength), rng, strength, out[start : start + _CHUNK])
    return out


def _maps(n: int, rng: np.random.Generator, strength: float) -> np.ndarray:
    """Where each pixel of the new images is taken from: `(n, 28, 28, 2) float32`, x and y."""
    turn, slant = (rng.uniform(-limit, limit, n) * strength for limit in (_TURN, _SLANT))
    stretch_x, stretch_y = np.exp(rng.uniform(-_STRETCH, _STRETCH, (2, n)) * strength)
    cos, sin = np.cos(turn), np.sin(turn)
    # Rows times this matrix, so it stands transposed.
    matrix = np.empty((n, 2, 2), np.float32)
    matrix[:, 0, 0], matrix[:, 1, 0] = cos * stretch_x, (cos * slant - sin) * stretch_y
    matrix[:, 0, 1], matrix[:, 1, 1] = sin * stretch_x, (sin * slant + cos) * stretch_y
    maps = _GRID @ matrix
    # Seen a little from the side: what is farther off is smaller.
    tilt = rng.uniform(-_PERSPECTIVE, _PERSPECTIVE, (2, n)).astype(np.float32)
    maps *= (1 + strength * (_GRID @ tilt).T)[..., None]
    shift = rng.uniform(-_SHIFT, _SHIFT, (n, 1, 2)) * strength
    maps += (shift + _MIDDLE).astype(np.float32)
    amount = rng.choice([-1, 1], n) * rng.uniform(0, _BEND, n) * strength
    field = _fields()[rng.integers(_FIELDS, size=n)]
    field *= amount[:, None, None].astype(np.float32)
    maps += field
    return maps.reshape(n, SIDE, SIDE, 2)


def _redraw(images: np.ndarray, maps: np.ndarray, rng: np.random.Generator, strength: float, out: np.ndarray) -> None:
    n = len(images)
    thicken = rng.choice(3, n, p=[0.4, 0.35, 0.25])
    amount = rng.uniform(0, 1, n) * min(strength, 1)
    table = np.where(rng.random(n) < 0.7, rng.integers(_TABLES, size=n), -1)
    blur = np.where(rng.random(n) < 0.25 * min(strength, 1), rng.uniform(0.4, 0.9, n), 0)
    tables = _tables(round(strength, 3))
    for i in range(n):
        image = cv2.remap(images[i], maps[i], None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=0)
        if thicken[i] == 1:
            image = cv2.addWeighted(image, 1 - amount[i], cv2.dilate(image, _CROSS), amount[i], 0)
        elif thicken[i] == 2:
            # Never all the way: a thin stroke would be gone.
            image = cv2.addWeighted(image, 1 - 0.6 * amount[i], cv2.erode(image, _SQUARE), 0.6 * amount[i], 0)
        if blur[i]:
            image = cv2.GaussianBlur(image, (3, 3), float(blur[i]))
        if table[i] >= 0:
            image = cv2.LUT(image, tables[table[i]])
        out[i] = image


_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_SQUARE = np.ones((2, 2), np.uint8)


@cache
def _fields() -> np.ndarray:
    """Smooth random displacements, of one pixel on average: `(_FIELDS, 784, 2) float32`."""
    rng = np.random.default_rng(0)
    fields = np.empty((_FIELDS, SIDE * SIDE, 2), np.float32)
    for field in fields:
        coarse = rng.standard_normal((3 * SIDE, 3 * SIDE, 2)).astype(np.float32)
        smooth = cv2.GaussianBlur(coarse, (0, 0), rng.uniform(3.5, 7))[SIDE : 2 * SIDE, SIDE : 2 * SIDE]
        smooth -= smooth.mean(axis=(0, 1))
        field[:] = (smooth / np.sqrt((smooth**2).sum(axis=-1).mean())).reshape(-1, 2)
    return fields


@cache
def _tables(strength: float) -> np.ndarray:
    """Curves from ink to ink, `(_TABLES, 256) uint8`: fainter or fuller, soft or cut hard, less than full."""
    rng = np.random.default_rng(1)
    ink = np.linspace(0, 1, 256)
    tables = np.empty((_TABLES, 256), np.uint8)
    for table in tables:
        curve = ink ** np.exp(rng.uniform(-0.6, 0.6) * strength)
        if rng.random() < 0.4:
            # As if it came from a thresholded picture: this hides which source an image is of.
            curve = np.clip((curve - rng.uniform(0.25, 0.5)) * np.exp(rng.uniform(0, 2) * strength) + 0.5, 0, 1)
            curve = (curve - curve[0]) / max(curve[-1] - curve[0], 1e-6)
        table[:] = np.rint(255 * curve * (1 - rng.uniform(0, 0.2) * min(strength, 1)))
    return tables

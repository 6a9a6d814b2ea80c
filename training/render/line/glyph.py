"""One sign written with a pen: a map of `training.render.line.skeletons`, bent, slanted and drawn at a size."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.render.line.skeletons import SIDE, UNIT

FULL = 40
"""Pixels of a map that a digit's longer side takes."""


@dataclass(frozen=True)
class Pen:
    """How a row is written.

    Attributes:
        height: of a digit, in pixels.
        width: of the strokes, in pixels.
        pressure: how much the width varies along a stroke, 0 to 0.4.
        slant: how far the top leans to the right of the foot, in heights.
        turn: in radians, of every sign.
        aspect: width of the signs against the usual one.
        unsteady: how far strokes are moved by chance, in heights.
    """

    height: float
    width: float
    pressure: float
    slant: float
    turn: float
    aspect: float
    unsteady: float


def write(rng: np.random.Generator, sign: np.ndarray, pen: Pen, size: float = 1.0) -> np.ndarray:
    """Draw a sign.

    Args:
        rng: chance of this one instance.
        sign: `(SIDE, SIDE) uint8`.
        pen: of the whole row.
        size: of this sign against the others of the row.

    Returns:
        `(h, w) float32` cover, 0 to 1, cut close to the ink.
    """
    aspect = pen.aspect * float(np.exp(rng.normal(0, 0.06)))
    scale = pen.height * size / FULL
    turn, slant = pen.turn + rng.normal(0, 0.03), pen.slant + rng.normal(0, 0.03)
    cos, sin = np.cos(turn), np.sin(turn)
    forward = scale * np.array([[cos, -sin], [sin, cos]]) @ np.array([[aspect, -slant], [0, 1]])
    reach = FULL / 2 + 4
    corners = forward @ np.array([[-reach, reach, -reach, reach], [-reach, -reach, reach, reach]])
    half = np.ceil(np.abs(corners).max(axis=1) + pen.width / 2 + 1).astype(int)
    w, h = 2 * half + 1
    back = np.linalg.inv(forward)
    xs, ys = np.arange(w, dtype=np.float32) - half[0], np.arange(h, dtype=np.float32) - half[1]
    bend = rng.normal(0, pen.unsteady * FULL, (3, 4, 4)).astype(np.float32)
    field = [cv2.resize(part, (int(w), int(h)), interpolation=cv2.INTER_CUBIC) for part in bend]
    x = (back[0, 0] * xs[None, :] + back[0, 1] * ys[:, None] + SIDE / 2).astype(np.float32) + field[0]
    y = (back[1, 0] * xs[None, :] + back[1, 1] * ys[:, None] + SIDE / 2).astype(np.float32) + field[1]
    far = cv2.remap(sign, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=255)
    # A map's values are in pixels of a picture of half its side; squeezed strokes stay as wide as the pen.
    pixels = far.astype(np.float32) * (2 * scale * min(1.0, aspect**0.5) / UNIT)
    width = pen.width * (1 + pen.pressure * field[2] / max(pen.unsteady * FULL, 1e-6))
    cover = np.clip(width / 2 - pixels + 0.5, 0, 1) * min(1.0, pen.width)
    left, top, wide, high = cv2.boundingRect((cover > 0.25).astype(np.uint8))
    return cover[top : top + high, left : left + wide].astype(np.float32)

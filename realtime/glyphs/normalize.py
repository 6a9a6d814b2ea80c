"""Glyph -> 28x28, the way MNIST was made. The only copy of that rule: training and the live loop both call it.

The ink's tight box is scaled so that its longer side is 20 pixels and pasted so that its centre of mass falls on the
centre of a 28x28 field. Two things are added that MNIST did not need, because its scans were all alike: strokes thinner
than a tenth of the digit are thickened, and the ink is stretched to full strength.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 28
"""Side of the field in pixels."""

BOX = 20
"""Longer side of the ink inside the field, in pixels."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        work: Pixels of the longer side to which a larger crop is shrunk first. More detail changes nothing.
        thin: Share of the longer side to which thinner strokes are thickened, about the width of MNIST's.
        longest_path: Longer sides that the strokes of a digit are long, at most.
        edge: Share of the strongest ink from which a pixel lies within the tight box.
        pen: Share of the strongest ink from which a pixel counts for the width of the stroke.
    """

    work: int = 80
    thin: float = 0.1
    longest_path: float = 3.5
    edge: float = 0.25
    pen: float = 0.5


LIMITS = Limits()


def normalize(crops: Sequence[np.ndarray]) -> np.ndarray:
    """Bring glyphs to the form in which the network knows them.

    Args:
        crops: one `(h, w) uint8` array a glyph, h and w from 1 up, 255 where the pen was and 0 on paper. Other glyphs
            must not reach into it; room around the ink does no harm.

    Returns:
        `(n, 28, 28) float32`, ink 1, paper 0. A crop without ink gives zeros.
    """
    fields = np.zeros((len(crops), BOX, BOX), np.uint8)
    sizes = np.zeros((len(crops), 2), np.intp)
    for i, crop in enumerate(crops):
        small = _shrink(crop)
        h, w = sizes[i] = small.shape
        fields[i, :h, :w] = small
    return _center(_stretch(fields), sizes)


def _shrink(crop: NDArray[np.uint8]) -> np.ndarray:
    """The ink's tight box with strokes of fair width, its longer side `BOX` pixels."""
    peak = cv2.minMaxLoc(crop)[1]
    if peak == 0:
        return np.zeros((1, 1), np.uint8)
    ink = _tight(crop, LIMITS.edge * peak)
    longest = max(ink.shape)
    if longest > LIMITS.work:
        ink = _resize(ink, LIMITS.work / longest)
        longest = LIMITS.work
    missing = LIMITS.thin * longest - _stroke_width(ink, LIMITS.pen * peak, LIMITS.thin * longest - 1)
    if missing >= 1:
        # Room for the stroke to grow into, so that the outline is not cut square.
        grow = round(missing)
        ink = cv2.copyMakeBorder(ink, grow, grow, grow, grow, cv2.BORDER_CONSTANT, value=0)
        ink = cv2.dilate(ink, _nib(grow + 1))
        ink = _tight(ink, LIMITS.edge * peak)
    return _resize(ink, BOX / max(ink.shape))


def _resize(ink: NDArray[np.uint8], scale: float) -> np.ndarray:
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    return cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)


def _tight(ink: NDArray[np.uint8], level: float) -> np.ndarray:
    x, y, w, h = cv2.boundingRect(cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)[1])
    return ink[y : y + h, x : x + w] if w else ink


def _stroke_width(ink: NDArray[np.uint8], level: float, enough: float) -> float:
    """Mean width of the strokes in pixels: twice the ink's area over the length of its outline.

    Where a glance shows that it is at least `enough`, that is the answer.
    """
    pen = cv2.threshold(ink, level, 255, cv2.THRESH_BINARY)[1]
    area = cv2.countNonZero(pen)
    if area >= enough * LIMITS.longest_path * max(ink.shape):
        return enough
    inside = cv2.countNonZero(cv2.erode(pen, _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0))
    return 2 * area / max(1, area - inside)


@cache
def _nib(side: int) -> np.ndarray:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def _stretch(fields: np.ndarray) -> np.ndarray:
    """Scale each `(BOX, BOX)` field so that the 90th percentile of its ink is 1; `(n, BOX, BOX) float32`."""
    flat = fields.reshape(-1, BOX * BOX).astype(np.float32)
    ordered = np.sort(flat, axis=1)
    inked = (ordered > 25).sum(axis=1)
    rank = flat.shape[1] - 1 - inked // 10
    full = np.maximum(ordered[np.arange(len(flat)), rank], 1)
    return np.minimum(flat / full[:, None], 1).reshape(fields.shape)


def _center(fields: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Paste fields so that their centre of mass is at the centre of `(SIDE, SIDE)`, as far as the ink has room."""
    mass = np.maximum(fields.sum(axis=(1, 2)), 1e-6)
    along = np.arange(BOX, dtype=np.float32) + 0.5
    center = np.stack([fields.sum(axis=2) @ along, fields.sum(axis=1) @ along], axis=1) / mass[:, None]
    corner = np.clip(np.rint(SIDE / 2 - center).astype(np.intp), 0, SIDE - sizes)
    images = np.zeros((len(fields), SIDE + BOX, SIDE + BOX), np.float32)
    # Fields are zero beyond their own size, so all may be pasted as if they were full.
    rows = corner[:, 0, None] + np.arange(BOX)
    columns = corner[:, 1, None] + np.arange(BOX)
    images[np.arange(len(fields))[:, None, None], rows[:, :, None], columns[:, None, :]] = fields
    return np.ascontiguousarray(images[:, :SIDE, :SIDE])

"""Which glyph a key or a click means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from realtime.boxes import centers

WAYS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
"""Where each arrow key leads: steps to the right and downwards."""


def stepped(boxes: np.ndarray, digits: Sequence[int], chosen: int | None, way: str) -> int | None:
    """The digit that a key leads to: the next one in reading order, or the nearest in a direction.

    Args:
        boxes: `(n, 4)`, of all glyphs.
        digits: which of them are digits, in reading order.
        chosen: the glyph to begin from.
        way: "tab", or one of `WAYS`.

    Returns:
        None where there is none.
    """
    if not digits:
        return None
    if chosen is None or way == "tab":
        here = digits.index(chosen) if chosen in digits else -1
        return digits[(here + 1) % len(digits)]
    x, y = WAYS[way]
    away = centers(boxes[digits]) - centers(boxes[chosen][None])
    along, aside = away @ (x, y), np.abs(away @ (y, x))
    cost = np.where(along > (1 + abs(x)) * aside, along + 2 * aside, np.inf)  # rows are flat
    return digits[int(cost.argmin())] if np.isfinite(cost).any() else None


def at_point(
    boxes: np.ndarray, digit: np.ndarray, none: np.ndarray, point: tuple[float, float], near: float
) -> int | None:
    """What is at a point: a digit, or else a glyph that was turned down, or a digit beside it; None where nothing is.

    Args:
        boxes: `(n, 4)`, of all glyphs.
        digit: `(n,) bool`, which of them are digits.
        none: `(n,)`, how surely each is none.
        point: x and y.
        near: pixels beside a digit at which it is still meant.
    """
    far = np.maximum(np.maximum(boxes[:, :2] - point, point - boxes[:, 2:] + 1), 0).max(axis=1)
    size = (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)
    for fits, cost in ((digit & (far == 0), size), (~digit & (far == 0), none), (digit & (far <= near), far)):
        if fits.any():
            return int(np.where(fits, cost, np.inf).argmin())
    return None

"""What it says for a digit that is not shown yet that it was seen: much beside others of its kind, little alone.

Texture, edges and creases look like a digit for a frame or some, anywhere and in any size. Digits come in rows, and
whoever adds one to a sheet writes it like the others and near them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        reach: Heights of the smaller one within which two digits support each other.
        enough: Sure neighbours with which a sighting is worth most.
        strange: Share of that for a digit without neighbours, in view of others that are shown.
        stroke: Share of that for a mere stroke. Bars and edges come in rows: strokes support each other half.
    """

    reach: float = 4.0
    enough: float = 2.0
    strange: float = 0.5
    stroke: float = 0.5


LIMITS = Limits()

_LOWER, _HIGHER = 0.7, 0.5  # by how much, as a logarithm, a 0 is written lower than the rest, and anything higher


def confirmation_weight(box: np.ndarray, digit: np.ndarray, sure: np.ndarray, shown: bool) -> np.ndarray:
    """What each sighting of a frame is worth should it be a new digit.

    Args:
        box: `(m, 4) float`, centre x, centre y, width and height in pixels.
        digit: `(m,) int`, what each was read as.
        sure: `(m,) float`, from 0 to 1, how far each is to be believed as company.
        shown: whether digits are shown already.

    Returns:
        `(m,) float`, from above 0 to 1.
    """
    x, y, _, height = box.T
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    higher = np.log(height[:, None] / height)
    company = (apart < LIMITS.reach * np.minimum(height[:, None], height)) & (higher > -_LOWER) & (higher < _HIGHER)
    stroke = digit == 1
    company = company * np.where(stroke[:, None] & stroke, LIMITS.stroke, 1.0)
    np.fill_diagonal(company, 0)
    number = company @ sure
    alone = np.where(stroke, LIMITS.stroke, 1) * (LIMITS.strange if shown else 1)
    return np.minimum((1 + number) / (1 + LIMITS.enough), 1) * np.maximum(alone, np.minimum(number, 1))

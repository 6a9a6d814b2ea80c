"""What it says for a digit that is not shown yet that it was seen: much beside others of its kind, little alone.

Texture, edges and creases look like a digit for a frame or some, anywhere and in any size. Digits come in rows, and
whoever adds one to a sheet writes it like the others and near them.
"""

from __future__ import annotations

import numpy as np

_REACH = 4.0  # heights of the smaller one at which two digits are still company
_LOWER, _HIGHER = 0.7, 0.5  # by how much, as a logarithm, a 0 is written lower than the rest, and anything higher
_ENOUGH = 2.0  # sure companions; with them a sighting is worth all that it can be
_STRANGE = 0.5  # share of it for a loner in view of digits that are shown
_STROKE = 0.5  # and for a mere stroke; bars and edges come in rows, so strokes are half company to each other


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
    company = (apart < _REACH * np.minimum(height[:, None], height)) & (higher > -_LOWER) & (higher < _HIGHER)
    stroke = digit == 1
    company = company * np.where(stroke[:, None] & stroke, _STROKE, 1.0)
    np.fill_diagonal(company, 0)
    number = company @ sure
    alone = np.where(stroke, _STROKE, 1) * (_STRANGE if shown else 1)
    return np.minimum((1 + number) / (1 + _ENOUGH), 1) * np.maximum(alone, np.minimum(number, 1))

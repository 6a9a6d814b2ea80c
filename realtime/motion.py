"""How the sheet moved from one frame to the next, told by its digits.

All digits of a sheet move together. Pairs of an old and a new place vote for a common shift, so that a jump of more
than a digit does not mistake each digit for its neighbour; an affine map close to a shift then takes up tilt and
approach. Lengths are in heights of a digit.
"""

from __future__ import annotations

import numpy as np

_TOGETHER = 0.4  # shifts that differ by less in x and in y are the same shift
_VOTERS = 300  # pairs that vote at most: the cost grows with their square
_STIFF = 2.0  # how much the map is held to a mere shift, in squared heights of leverage
_NEAR = 0.15  # digits off by more count for little


def common_shift(x: np.ndarray, y: np.ndarray, trust: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The shift that most pairs agree on.

    Args:
        x: `(p,)` new place less old place of each pair that may be the same digit.
        y: the same along y.
        trust: `(p,)`, what the vote of each pair is worth; of too many pairs the least trusted do not vote.

    Returns:
        The shift `(2,)` and the indices `(k,)` of the pairs that agree on it; no shift and no pair where p is 0.
    """
    if len(x) == 0:
        return np.zeros(2), np.zeros(0, np.intp)
    voters = np.arange(len(x))
    if len(voters) > _VOTERS:
        voters = np.argpartition(-trust, _VOTERS)[:_VOTERS]
        x, y, trust = x[voters], y[voters], trust[voters]
    agree = (np.abs(x[:, None] - x) < _TOGETHER) & (np.abs(y[:, None] - y) < _TOGETHER)
    members = np.flatnonzero(agree[np.argmax(agree @ trust)])
    return np.array([x[members].mean(), y[members].mean()]), voters[members]


def affine(x: np.ndarray, y: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The affine map close to a shift that brings places `(x, y)` to `(x + dx, y + dy)`, all `(n,)`; n from 1 up.

    Outliers are let go. Few digits, or digits in a row, say little about turning: what they do not say stays as it is.

    Returns:
        `matrix (2, 2)` and `shift (2,)`: the new place of p is `matrix @ p + shift`.
    """
    n = len(x)
    weight = 1 / (1 + ((dx - np.sort(dx)[n // 2]) ** 2 + (dy - np.sort(dy)[n // 2]) ** 2) / _NEAR**2)
    weight *= n / weight.sum()
    lever = np.stack([x, y])
    pull = np.stack([dx, dy])
    center, mean = lever @ weight / n, pull @ weight / n
    lever = (lever - center[:, None]) * weight  # the weights alone carry the means: pull need not lose its own
    (a, b), (_, d) = lever @ np.stack([x - center[0], y - center[1]]).T
    a, d = a + _STIFF, d + _STIFF
    inverse = np.array([[d, -b], [-b, a]]) / (a * d - b * b)
    matrix = np.eye(2) + pull @ lever.T @ inverse
    return matrix, center + mean - matrix @ center

"""How the sheet moved from one frame to the next, told by its digits.

All digits of a sheet move together. Pairs of an old and a new place vote for a common shift, so that a jump of more
than a digit does not mistake each digit for its neighbour; affine maps close to a shift then take up tilt and approach,
and what is left is assigned at least cost. Lengths are in heights of a digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import lap
import numpy as np


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        gate: Heights from its expected place within which a digit is taken for the same.
        quorum: Share of a sheet's digits that tells its motion. A jump needs twice that.
        nearby: Heights that a single digit may jump. More needs two that agree.
        other_label: Cost, in heights, of taking a digit for one of another label.
        in_place: Heights from its expected place within which a digit moved as expected.
        little: Heights of motion within which no digit can be taken for its neighbour.
        together: Heights in x and in y by which equal shifts differ, at most.
        voters: Pairs that vote, at most. The cost grows with their square.
        stiff: Squared heights of leverage by which the map is held to a mere shift.
        outlier: Heights from which a digit counts for little.
    """

    gate: float = 0.7
    quorum: float = 0.15
    nearby: float = 3.0
    other_label: float = 0.3
    in_place: float = 0.35
    little: float = 0.2
    together: float = 0.4
    voters: int = 300
    stiff: float = 2.0
    outlier: float = 0.15


LIMITS = Limits()

FORBIDDEN = 1e3
"""The cost of a pair that cannot be."""


def offsets(place: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """From each place `(n, 2)` to each target `(m, 2)`: x, y and distance, `(n, m)` each."""
    dx, dy = target[:, 0] - place[:, 0, None], target[:, 1] - place[:, 1, None]
    return dx, dy, np.sqrt(dx * dx + dy * dy)


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
    if len(voters) > LIMITS.voters:
        voters = np.argpartition(-trust, LIMITS.voters)[: LIMITS.voters]
        x, y, trust = x[voters], y[voters], trust[voters]
    agree = (np.abs(x[:, None] - x) < LIMITS.together) & (np.abs(y[:, None] - y) < LIMITS.together)
    members = np.flatnonzero(agree[np.argmax(agree @ trust)])
    return np.array([x[members].mean(), y[members].mean()]), voters[members]


def jump(place: np.ndarray, target: np.ndarray, same: np.ndarray, shown: np.ndarray, present: int) -> np.ndarray:
    """The shift by which the sheet has moved otherwise than expected; none where the digits are about in place.

    Args:
        place: `(n, 2)` where the digits are expected.
        target: `(m, 2)` where digits are seen.
        same: `(n, m) bool`, the pairs that are alike in size and label.
        shown: `(n,) bool`, the digits that are sure to be there.
        present: how many digits should be in sight.

    Returns:
        The shift `(2,)`.
    """
    dx, dy, distance = offsets(place, target)
    as_expected = np.count_nonzero((same & (distance < LIMITS.in_place)).any(axis=0))
    if as_expected >= 0.9 * min(len(place), len(target)):
        return np.zeros(2)
    i, j = np.nonzero(same)
    # Of two shifts that explain as much the smaller one is likelier.
    trust = np.where(shown[i], 1, 0.3) * np.maximum(0.4, 1 / (1 + 0.03 * distance[i, j] ** 2))
    shift, members = common_shift(dx[i, j], dy[i, j], trust)
    agree = len(set(i[members]))
    enough = agree >= 2 * LIMITS.quorum * present and (agree > 1 or np.hypot(shift[0], shift[1]) < LIMITS.nearby)
    return shift if enough else np.zeros(2)


def affine(x: np.ndarray, y: np.ndarray, dx: np.ndarray, dy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The affine map close to a shift that brings places `(x, y)` to `(x + dx, y + dy)`, all `(n,)`; n from 1 up.

    Outliers are let go. Few digits, or digits in a row, say little about turning: what they do not say stays as it is.

    Returns:
        `matrix (2, 2)` and `shift (2,)`: the new place of p is `matrix @ p + shift`.
    """
    n = len(x)
    weight = 1 / (1 + ((dx - np.sort(dx)[n // 2]) ** 2 + (dy - np.sort(dy)[n // 2]) ** 2) / LIMITS.outlier**2)
    weight *= n / weight.sum()
    lever = np.stack([x, y])
    pull = np.stack([dx, dy])
    center, mean = lever @ weight / n, pull @ weight / n
    lever = lever - center[:, None]
    weighted = lever * weight
    (a, b), (_, d) = weighted @ lever.T
    a, d = a + LIMITS.stiff, d + LIMITS.stiff
    inverse = np.array([[d, -b], [-b, a]]) / (a * d - b * b)
    matrix = np.eye(2) + pull @ weighted.T @ inverse
    return matrix, center + mean - matrix @ center


def settle(
    place: np.ndarray, target: np.ndarray, length: np.ndarray, penalty: np.ndarray, least: float, turns: int = 2
) -> tuple[np.ndarray, float, np.ndarray]:
    """Lay places over targets, moving, turning and scaling all together a little.

    Args:
        place: `(n, 2)`.
        target: `(m, 2)`.
        length: broadcasts to `(n, m)`: the size of a pair's digits, to which its distance is held.
        penalty: `(n, m)`, what a pair costs besides.
        least: with fewer places near a target nothing moves.
        turns: how often it is tried again where much has moved.

    Returns:
        The places moved `(n, 2)`, the change of size, and what each pair costs now `(n, m)`.
    """
    scale = 1.0
    for turn in range(turns + 1):
        dx, dy, distance = offsets(place, target)
        cost = distance / length + penalty
        if turn == turns:
            break
        nearest = cost.argmin(axis=1)
        near = np.flatnonzero(cost[np.arange(len(place)), nearest] < LIMITS.gate)
        if len(near) < max(1, least):
            break
        x, y = dx[near, nearest[near]], dy[near, nearest[near]]
        matrix, move = affine(place[near, 0], place[near, 1], x, y)
        place = place @ matrix.T + move
        scale *= float(abs(matrix[0, 0] * matrix[1, 1] - matrix[0, 1] * matrix[1, 0])) ** 0.5
        if max(np.abs(x).max(), np.abs(y).max()) < LIMITS.little:
            break  # the cost is hardly another now
    return place, scale, cost


def assign(cost: np.ndarray) -> np.ndarray:
    """The column of each row so that the costs add up to least, `(n,)`; -1 where it would cost more than the gate."""
    return lap.lapjv(cost, extend_cost=True, cost_limit=LIMITS.gate)[1]

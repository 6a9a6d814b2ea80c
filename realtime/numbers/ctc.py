"""Columns that say which digit has its middle there -> the likeliest text, and the columns of each of its digits.

As usual with networks trained by connectionist temporal classification (Graves and others, 2006): the same digit in
columns next to each other is one digit, and "no digit" parts two of the same kind.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from realtime.detections import NOT_A_DIGIT


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        width: Beginnings of a text that are followed at once: the width of the beam.
        never: Probability in a column below which a digit is not there.
        surely_none: Probability of the blank from which no digit is in a column.
    """

    width: int = 8
    never: float = 0.001
    surely_none: float = 0.9995


LIMITS = Limits()


Run = tuple[int, int]
"""The first column of a digit, and the one behind its last."""


def odds_of(logits: np.ndarray) -> np.ndarray:
    """Logits `(columns, 11)` -> probabilities, rows summing to 1."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def plain(odds: np.ndarray) -> tuple[str, list[Run], float]:
    """The likeliest class of each column, taken at its word.

    Args:
        odds: `(columns, 11)` probabilities.

    Returns:
        The text, the columns of its digits, and the probability of just these classes.
    """
    best = odds.argmax(axis=1)
    edges = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), len(best)]
    runs = [(a, b) for a, b in pairwise(edges) if best[a] != NOT_A_DIGIT]
    return "".join(str(best[a]) for a, _ in runs), runs, float(odds.max(axis=1).prod())


def texts(odds: np.ndarray) -> dict[str, float]:
    """The likeliest texts with their probabilities: of each the sum over all ways in which the columns can say it."""
    # Of each beginning: the probability that the last column was empty, and that it was of the last digit.
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for column in odds.tolist():
        none = column[NOT_A_DIGIT]
        if none > LIMITS.surely_none:
            beams = {text: ((empty + full) * none, 0.0) for text, (empty, full) in beams.items()}
            continue
        seen = [(str(digit), column[digit]) for digit in range(NOT_A_DIGIT) if column[digit] > LIMITS.never]
        empties: dict[str, float] = defaultdict(float)
        fulls: dict[str, float] = defaultdict(float)
        for text, (empty, full) in beams.items():
            empties[text] += (empty + full) * none
            for digit, odd in seen:
                if text[-1:] == digit:
                    fulls[text] += full * odd
                    fulls[text + digit] += empty * odd
                else:
                    fulls[text + digit] += (empty + full) * odd
        both = {text: (empties[text], fulls[text]) for text in empties | fulls}
        likely = sorted(both.items(), key=lambda beam: sum(beam[1]), reverse=True)
        beams = dict(likely[: LIMITS.width])
    return {text: empty + full for text, (empty, full) in beams.items()}


def align(odds: np.ndarray, text: str) -> list[Run]:
    """Where in the columns a text stands: of each digit the columns that say it, on the likeliest way.

    Args:
        odds: `(columns, 11)` probabilities.
        text: digits, that the columns are long enough for.
    """
    if not text:
        return []
    states = np.full(2 * len(text) + 1, NOT_A_DIGIT)
    states[1::2] = [int(digit) for digit in text]
    skips = np.zeros(len(states), bool)  # from a digit straight to the next one, if it is another
    skips[3::2] = states[3::2] != states[1:-2:2]
    said = np.log(np.maximum(odds[:, states], 1e-9))
    score = np.full(len(states), -np.inf)
    score[:2] = said[0, :2]
    steps = np.zeros(said.shape, np.int64)
    ways = np.full((3, len(states)), -np.inf)  # to stay, to go one on, to go two on
    barred = np.where(skips[2:], 0.0, -np.inf)
    for k in range(1, len(said)):
        ways[0], ways[1, 1:], ways[2, 2:] = score, score[:-1], score[:-2] + barred
        steps[k] = ways.argmax(axis=0)
        score = ways.max(axis=0) + said[k]
    state = len(states) - 1 if score[-1] > score[-2] else len(states) - 2
    columns: dict[int, list[int]] = defaultdict(list)
    for k in range(len(said) - 1, -1, -1):
        columns[state].append(k)
        state -= int(steps[k, state])
    return [(min(columns[state]), max(columns[state]) + 1) for state in range(1, len(states), 2)]

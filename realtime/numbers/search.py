"""The likeliest texts of a form by what columns say: prefix search decoding over columns and an automaton at once.

The search is that of Graves and others (2006, section 3.2): a beginning is worth the probability of all texts that
begin so, and the most probable beginning is followed first; the first whole text that is worth as much as any
beginning left is the likeliest. Here only texts that the automaton accepts count. What the columns behind are worth
for each state is summed up once, from the last column to the first, as in the forward-backward algorithm; so no
beginning is followed that ends in nothing, and the answer is exact.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from realtime.detections import DIGITS, NOT_A_DIGIT
from realtime.numbers.automaton import DEAD, Automaton


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        least: Probability, at least, of any class in a column: networks are never so sure as they say.
        steps: Beginnings that are followed, at most. Then the best text so far is taken.
    """

    least: float = 1e-07
    steps: int = 4000


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Found:
    """The texts of a form that some columns may say.

    Attributes:
        texts: the likeliest ones, best first, each with its probability: the sum over all ways to say it.
        total: probability that the columns say any text of the form.
    """

    texts: list[tuple[str, float]]
    total: float


def separate(probabilities: NDArray[np.floating]) -> np.ndarray:
    """Columns for digits that were cut apart: each is there once, or not at all.

    Args:
        probabilities: `(n, 11)`, rows summing to 1; column 10 is "not a digit".

    Returns:
        `(2 * n, 11) float64`: behind each digit an empty column, so that two of the same kind stay two.
    """
    columns = np.zeros((2 * len(probabilities), DIGITS + 1))
    columns[::2] = probabilities
    columns[1::2, NOT_A_DIGIT] = 1
    return columns


def likeliest(odds: np.ndarray, automaton: Automaton, most: int = 1, least: float = 0.0) -> Found:
    """The likeliest texts that the automaton accepts.

    Args:
        odds: `(columns, 11)` probabilities, rows summing to 1; column 10 is "no digit here". The same digit in columns
            next to each other is one digit, as usual with connectionist temporal classification.
        automaton: accepts what is of the form.
        most: texts wanted.
        least: probability of all texts together below which none is looked for: that would take long.
    """
    if len(automaton) == 0 or len(odds) == 0:
        return Found([], 0.0)
    empty = odds[:, NOT_A_DIGIT] >= 1 - LIMITS.least
    odds = np.maximum(odds, np.where(empty, 0.0, LIMITS.least)[:, None])
    behind = _behind(odds, automaton)
    total = float(behind[0, 0, NOT_A_DIGIT])
    if total <= least:
        return Found([], 0.0)
    return Found(_search(odds, automaton, behind, most), total)


def marginals(texts: Sequence[tuple[str, float]]) -> np.ndarray:
    """Probabilities of the digits of the first text, by all texts of its length, each with its probability.

    Returns:
        `(n, 11) float32`, rows summing to 1; none of them may be no digit.
    """
    length = len(texts[0][0])
    said = np.zeros((length, DIGITS + 1), np.float64)
    for text, probability in texts:
        if len(text) == length:
            said[np.arange(length), [int(sign) for sign in text]] += probability
    return (said / said.sum(axis=1, keepdims=True)).astype(np.float32)


def _behind(odds: np.ndarray, automaton: Automaton) -> np.ndarray:
    """What the columns from each one on are worth for each state and class of the column before.

    Returns:
        `(columns + 1, states, 11) float64`: the probability that they complete a text that is accepted.
    """
    columns, states = len(odds), len(automaton)
    behind = np.zeros((columns + 1, states, DIGITS + 1))
    behind[columns] = automaton.accepting[:, None]
    following, dead = automaton.next, automaton.next == DEAD
    digit = np.arange(DIGITS)
    for t in range(columns - 1, -1, -1):
        later = behind[t + 1]
        begun = odds[t, :DIGITS] * later[following, digit]
        begun[dead] = 0
        every = odds[t, NOT_A_DIGIT] * later[:, NOT_A_DIGIT] + begun.sum(axis=1)
        behind[t, :, NOT_A_DIGIT] = every
        # In a column behind a digit the same digit goes on, and is no new one.
        behind[t, :, :DIGITS] = every[:, None] - begun + odds[t, :DIGITS] * later[:, :DIGITS]
    return np.maximum(behind, 0)


@dataclass(frozen=True, eq=False)
class _Prefix:
    """A beginning: by column, that its last digit is in that column, `full`, and that the column is empty, `empty`."""

    text: str
    state: int
    full: np.ndarray
    empty: np.ndarray


def _search(odds: np.ndarray, automaton: Automaton, behind: np.ndarray, most: int) -> list[tuple[str, float]]:
    order = count()  # of two equals the first one found, so that the answer is always the same
    nothing = np.cumprod(odds[:, NOT_A_DIGIT])
    root = _Prefix("", 0, np.zeros(len(odds)), nothing)
    queue: list[tuple[float, int, str, _Prefix | tuple[_Prefix, int, np.ndarray] | None]] = []
    heapq.heappush(queue, (-1.0, next(order), "", root))
    found: list[tuple[str, float]] = []
    for _ in range(LIMITS.steps):
        if not queue or len(found) == most:
            break
        worth, _, text, what = heapq.heappop(queue)
        if what is None:
            found.append((text, -worth))
            continue
        prefix = what if isinstance(what, _Prefix) else _followed(odds, automaton, *what)
        if automaton.accepting[prefix.state]:
            heapq.heappush(queue, (-float(prefix.full[-1] + prefix.empty[-1]), next(order), prefix.text, None))
        before_empty = np.concatenate([[1.0 if prefix.text == "" else 0.0], prefix.empty[:-1]])
        before = before_empty + np.concatenate([[0.0], prefix.full[:-1]])
        for digit in range(DIGITS):
            state = int(automaton.next[prefix.state, digit])
            if state == DEAD:
                continue
            begun = odds[:, digit] * (before_empty if prefix.text[-1:] == str(digit) else before)
            worth = float(begun @ behind[1:, state, digit])
            if worth > 0:
                heapq.heappush(queue, (-worth, next(order), prefix.text + str(digit), (prefix, digit, begun)))
    return found or _best_left(queue)


def _followed(odds: np.ndarray, automaton: Automaton, prefix: _Prefix, digit: int, begun: np.ndarray) -> _Prefix:
    """A beginning with one more digit, which begins in each column with the probability `begun`."""
    full, empty = np.empty(len(odds)), np.empty(len(odds))
    last_full = last_empty = 0.0
    rows = zip(begun.tolist(), odds[:, digit].tolist(), odds[:, NOT_A_DIGIT].tolist(), strict=True)
    for t, (new, same, none) in enumerate(rows):
        last_full, last_empty = new + same * last_full, none * (last_empty + last_full)
        full[t], empty[t] = last_full, last_empty
    return _Prefix(prefix.text + str(digit), int(automaton.next[prefix.state, digit]), full, empty)


def _best_left(queue: Sequence[tuple[float, int, str, object]]) -> list[tuple[str, float]]:
    """Where the search was given up: the likeliest whole text that it had come by."""
    whole = [(text, -worth) for worth, _, text, what in queue if what is None]
    return [max(whole, key=lambda pair: pair[1])] if whole else []

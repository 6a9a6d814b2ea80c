"""Deterministic finite automata over the ten digits: which texts are of a form."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from realtime.detections import DIGITS

DEAD = -1
"""Next state where no text that begins so is of the form."""

MOST_STATES = 4000
"""An automaton with more is refused: it would take seconds to decide a number."""

State = TypeVar("State", bound=Hashable)


class TooLarge(ValueError):
    """An automaton that would have more than `MOST_STATES` states."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """A deterministic finite automaton whose state 0 is the start. From each state an accepted text can be reached.

    Attributes:
        next: `(states, 10) int64`, the state behind each digit, `DEAD` where there is none.
        accepting: `(states,) bool`, whether a text that ends there is accepted.
    """

    next: np.ndarray
    accepting: np.ndarray

    def __len__(self) -> int:
        return len(self.next)

    def accepts(self, text: str) -> bool:
        """Whether a text of digits is one of the form."""
        state = 0
        for sign in text:
            if len(self) == 0 or (state := int(self.next[state, int(sign)])) == DEAD:
                return False
        return len(self) > 0 and bool(self.accepting[state])

    def lengths(self) -> tuple[int, int | None]:
        """Digits of the shortest and of the longest accepted text; None where there is no longest. `(0, 0)` of none."""
        here, shortest, longest = {0} if len(self) else set(), 0, 0
        found = False
        for length in range(len(self) + 1):
            if any(self.accepting[state] for state in here):
                shortest = shortest if found else length
                found, longest = True, length
            here = {int(state) for old in here for state in self.next[old] if state != DEAD}
            if not here:
                return shortest, longest
        return shortest, None  # a text as long as there are states passes one of them twice


def explored(start: State, step: Callable[[State, int], State | None], accepting: Callable[[State], bool]) -> Automaton:
    """The automaton of states that are given one by one.

    Args:
        start: the first.
        step: the state behind a state and a digit, None where there is none.
        accepting: whether a text may end in a state.

    Raises:
        TooLarge: if there are too many.
    """
    index: dict[State, int] = {start: 0}
    waiting, table = deque([start]), []
    while waiting:
        state, row = waiting.popleft(), []
        for digit in range(DIGITS):
            following = step(state, digit)
            if following is None:
                row.append(DEAD)
                continue
            if following not in index:
                if len(index) >= MOST_STATES:
                    raise TooLarge
                index[following] = len(index)
                waiting.append(following)
            row.append(index[following])
        table.append(row)
    ends = np.array([accepting(state) for state in index])
    return _trimmed(np.array(table, np.int64), ends)


def both(a: Automaton, b: Automaton) -> Automaton:
    """What two automata accept both; see `explored` for errors."""
    for one in (a, b):
        if len(one) == 0:
            return one

    def step(pair: tuple[int, int], digit: int) -> tuple[int, int] | None:
        first, second = int(a.next[pair[0], digit]), int(b.next[pair[1], digit])
        return None if DEAD in (first, second) else (first, second)

    return explored((0, 0), step, lambda pair: bool(a.accepting[pair[0]] and b.accepting[pair[1]]))


def of_length(shortest: int, longest: int) -> Automaton:
    """All texts of so many digits; see `explored` for errors."""
    return explored(0, lambda n, _: n + 1 if n < longest else None, lambda n: n >= shortest)


def _trimmed(table: np.ndarray, accepting: np.ndarray) -> Automaton:
    """Without the states from which no accepted text can be reached; the start stays state 0."""
    useful = accepting.copy()
    while True:
        reaches = useful | (useful[table] & (table != DEAD)).any(axis=1)
        if (reaches == useful).all():
            break
        useful = reaches
    if not useful[0]:
        return Automaton(np.zeros((0, DIGITS), np.int64), np.zeros(0, bool))
    number = np.where(useful, np.cumsum(useful) - 1, DEAD)
    following = np.where(table == DEAD, DEAD, number[table])
    return Automaton(following[useful], accepting[useful])


def closure(states: Iterable[int], edges: dict[int, list[int]]) -> frozenset[int]:
    """The states that can be reached from some without a digit, themselves among them."""
    found, waiting = set(), list(states)
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting += edges.get(state, [])
    return frozenset(found)

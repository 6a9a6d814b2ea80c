r"""Regular expressions over digits -> automata, by way of Thompson's construction and subsets of its states.

Known are digits, `.` and `\d` (any digit), classes (`[1-3]`, `[^0]`), groups, `|`, `?`, `*`, `+`, `{n}`, `{m,}` and
`{m,n}`. No text can make matching slow: every expression becomes a deterministic automaton first.
"""

from __future__ import annotations

import re

from realtime.detections import DIGITS
from realtime.numbers.automaton import Automaton, TooLarge, closure, explored

_ALL = frozenset(range(DIGITS))
_MOST_SIGNS = 200  # of an expression: its groups are parsed by recursion
_MOST_PARTS = 800  # states of the automaton before it is made deterministic
_REPEATS = re.compile(r"\{(\d{1,3})(?:(,)(\d{0,3}))?\}", re.ASCII)

Ends = tuple[int, int]
"""First and last state of a part."""


class PatternError(ValueError):
    """An expression that cannot be used; the text says why and where."""


def compiled(pattern: str) -> Automaton:
    """The automaton of an expression, which stands for whole texts.

    Raises:
        PatternError: if it is none.
        TooLarge: if it has too many states.
    """
    if len(pattern) > _MOST_SIGNS:
        raise PatternError(f"{pattern[:20]}...: longer than {_MOST_SIGNS} signs")
    return _Parser(pattern).automaton()


class _Parser:
    """Recursive descent; each part becomes states of a nondeterministic automaton."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0
        self._free: dict[int, list[int]] = {}  # state -> states that need no digit
        self._edges: dict[int, tuple[frozenset[int], int]] = {}  # state -> digits, and the state behind them
        self._count = 0

    def automaton(self) -> Automaton:
        first, last = self._choice()
        if self._at < len(self._pattern):
            raise self._error(f"nothing is open at {self._pattern[self._at]!r}")

        def step(states: frozenset[int], digit: int) -> frozenset[int] | None:
            edges = (self._edges[state] for state in states if state in self._edges)
            return closure((behind for digits, behind in edges if digit in digits), self._free) or None

        return explored(closure([first], self._free), step, lambda states: last in states)

    def _state(self) -> int:
        if self._count >= _MOST_PARTS:
            raise TooLarge
        self._count += 1
        return self._count - 1

    def _link(self, a: int, b: int) -> None:
        self._free.setdefault(a, []).append(b)

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _choice(self) -> Ends:
        parts = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            parts.append(self._sequence())
        if len(parts) == 1:
            return parts[0]
        first, last = self._state(), self._state()
        for a, b in parts:
            self._link(first, a)
            self._link(b, last)
        return first, last

    def _sequence(self) -> Ends:
        first = last = self._state()
        while self._next() not in ("", "|", ")"):
            begin = self._at
            a, b = self._atom()
            end = self._at
            low, high = self._repeats()
            copies = [(a, b)]
            for _ in range(max(low, high or 0, 1) - 1):  # each copy has states of its own
                after, self._at = self._at, begin
                copies.append(self._atom())
                assert self._at == end
                self._at = after
            last = self._repeated(last, copies, low, high)
        return first, last

    def _repeated(self, last: int, copies: list[Ends], low: int, high: int | None) -> int:
        """Append copies of a part behind a state, of which the first `low` are needed; the state behind them."""
        end = self._state()
        if low == 0:
            self._link(last, end)
        for k, (a, b) in enumerate(copies if high != 0 else [], 1):
            self._link(last, a)
            last = b
            if k >= low:
                self._link(b, end)
            if k == len(copies) and high is None:
                self._link(b, a)
        return end

    def _repeats(self) -> tuple[int, int | None]:
        """How often what stands before is repeated: least and most, None without an end."""
        sign = self._next()
        if sign and sign in "?*+":
            self._at += 1
            counts: tuple[int, int | None] = {"?": (0, 1), "*": (0, None), "+": (1, None)}[sign]
        elif sign == "{":
            match = _REPEATS.match(self._pattern, self._at)
            if match is None:
                raise self._error("after { belongs a count: {3}, {2,}, {2,4}")
            self._at = match.end()
            low = int(match[1])
            counts = low, low if match[2] is None else int(match[3]) if match[3] else None
            if counts[1] is not None and counts[1] < low:
                raise self._error(f"{match[0]} ends before it begins")
        else:
            return 1, 1
        if self._next() and self._next() in "?*+{":
            raise self._error(f"{self._next()!r} has nothing before it that could be repeated")
        return counts

    def _atom(self) -> Ends:
        sign = self._next()
        self._at += 1
        if sign == "(":
            if self._pattern.startswith("?:", self._at):
                self._at += 2
            ends = self._choice()
            if self._next() != ")":
                raise self._error("a ( is not closed")
            self._at += 1
            return ends
        if sign == "[":
            return self._digits(self._class())
        if sign == ".":
            return self._digits(_ALL)
        if sign == "\\" and self._next() == "d":
            self._at += 1
            return self._digits(_ALL)
        if sign.isascii() and sign.isdigit():
            return self._digits(frozenset([int(sign)]))
        self._at -= 1
        if sign in "?*+{":
            raise self._error(f"{sign!r} has nothing before it that could be repeated")
        raise self._error(f"{sign!r} is neither a digit nor a sign that is known")

    def _digits(self, digits: frozenset[int]) -> Ends:
        first, last = self._state(), self._state()
        self._edges[first] = digits, last
        return first, last

    def _class(self) -> frozenset[int]:
        """The digits between brackets."""
        match = re.compile(r"(\^?)((?:\d-\d|\d)+)\]", re.ASCII).match(self._pattern, self._at)
        if match is None:
            raise self._error("between [ and ] belong digits and ranges: [1-3], [^05]")
        self._at = match.end()
        found: set[int] = set()
        for low, high in re.findall(r"(\d)(?:-(\d))?", match[2]):
            if high and high < low:
                raise self._error(f"{low}-{high} ends before it begins")
            found |= set(range(int(low), int(high or low) + 1))
        return _ALL - found if match[1] else frozenset(found)

    def _error(self, why: str) -> PatternError:
        return PatternError(f"{self._pattern}: {why} (at sign {min(self._at, len(self._pattern)) + 1})")

r"""The form that every number of a sheet has: `6`, `4-8`, `[12]\d{5}`, `luhn:16` -> an automaton."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from realtime.numbers.automaton import Automaton, TooLarge, both, explored, of_length
from realtime.numbers.pattern import PatternError, compiled

LONGEST = 64
"""Digits of the longest number that a count or a range may ask for."""

_NOT_EMPTY = explored(0, lambda _, __: 1, lambda n: n == 1)


class FormError(ValueError):
    """A form that cannot be used; the text is one line for the user."""


@dataclass(frozen=True, eq=False)
class Form:
    """What every number looks like.

    Attributes:
        text: as it was given.
        automaton: accepts just the numbers of this form.
        shortest: digits of the shortest number.
        longest: digits of the longest one; None where there is none.
    """

    text: str
    automaton: Automaton
    shortest: int
    longest: int | None

    def __reduce__(self) -> tuple[Callable[[str], Form], tuple[str]]:
        return parse_form, (self.text,)  # it goes to other processes as its text

    def fits(self, text: str) -> bool:
        """Whether a text of digits is of this form."""
        return self.automaton.accepts(text)


def parse_form(text: str) -> Form:
    """A form by its name.

    Args:
        text: a count of digits (`6`), a range of counts (`4-8`), a regular expression over digits (see
            `realtime.numbers.pattern`), or the name of a check digit (`CHECKSUMS`), which a colon and a count or range
            may follow.

    Raises:
        FormError: if it is none of these.
    """
    if not text:
        raise FormError("an empty form: say how many digits a number has, such as 6")
    if not text.isprintable():
        raise FormError("a form has no line breaks and no signs that cannot be seen")
    name, colon, rest = text.partition(":")
    try:
        if name.isascii() and name.isalnum() and name[:1].isalpha():
            automaton = _checked(name.lower(), rest if colon else None)
        elif (counts := _counts(text)) is not None:
            automaton = of_length(*counts)
        else:
            automaton = both(compiled(text), _NOT_EMPTY)
    except TooLarge:
        raise FormError(f"{text}: stands for too many kinds of number") from None
    except PatternError as error:
        raise FormError(str(error)) from None
    shortest, longest = automaton.lengths()
    if longest == 0:
        raise FormError(f"{text}: no number is of that form")
    return Form(text, automaton, max(shortest, 1), longest)


def _counts(text: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text, re.ASCII)
    if match is None:
        return None
    low, high = int(match[1]), int(match[2] or match[1])
    if not 1 <= low <= high <= LONGEST:
        raise FormError(f"{text}: a number has from 1 to {LONGEST} digits, the smaller count first")
    return low, high


def _checked(name: str, counts: str | None) -> Automaton:
    if name not in CHECKSUMS:
        raise FormError(f"{name}: no check digit of that name; known are {', '.join(CHECKSUMS)}")
    automaton = CHECKSUMS[name]()
    if counts is None:
        return automaton
    lengths = _counts(counts)
    if lengths is None:
        raise FormError(f"{name}:{counts}: after the colon belongs a count of digits: {name}:16, {name}:13-19")
    return both(automaton, of_length(*lengths))


def _luhn() -> Automaton:
    """Luhn's formula: from the right, every second digit counts double, and then as the sum of its digits.

    The last digit counts single. A state knows both sums so far: the one if the last digit read counts single, and the
    one if it counts double.
    """

    def step(state: tuple[int, int, int], digit: int) -> tuple[int, int, int]:
        n, single, double = state
        return min(n + 1, 2), (double + digit) % 10, (single + digit * 2 // 10 + digit * 2 % 10) % 10

    return explored((0, 0, 0), step, lambda state: state[0] >= 2 and state[1] == 0)


def _weighted(length: int, weights: tuple[int, int], beginnings: tuple[str, ...] = ("",)) -> Automaton:
    """Numbers whose digits, weighted in turn by two weights, add up to a multiple of ten: those of GS1 and ISBN-13."""

    def step(state: tuple[int, int, str], digit: int) -> tuple[int, int, str] | None:
        n, total, begun = state
        if n == length:
            return None
        begun = (begun + str(digit))[: max(map(len, beginnings))]
        if not any(begun.startswith(one[: len(begun)]) for one in beginnings):
            return None
        return n + 1, (total + weights[n % 2] * digit) % 10, begun

    return explored((0, 0, ""), step, lambda state: state[0] == length and state[1] == 0)


CHECKSUMS: dict[str, Callable[[], Automaton]] = {
    "luhn": _luhn,
    "ean8": lambda: _weighted(8, (3, 1)),
    "ean13": lambda: _weighted(13, (1, 3)),
    "isbn13": lambda: _weighted(13, (1, 3), ("978", "979")),
    "upca": lambda: _weighted(12, (3, 1)),
}
"""Numbers with a check digit, by name."""

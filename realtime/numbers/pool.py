"""Numbers of one line, decided together: the digits read, and the unsure bodies that may belong to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np

from realtime.detections import NO_TRACK, Detections
from realtime.layout import arrange as arranging
from realtime.numbers import ctc
from realtime.numbers.form import Form
from realtime.numbers.search import likeliest, marginals, separate


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        least: Probability that a text of the form needs, beside what was read, or the number does not fit.
        joined: Log-probability of taking two numbers for one.
        parted: Log-probability of taking one number for two.
        spare: Digits by which a number may be too long or too short for its form: some are read wrongly.
        texts: Texts of a number that are weighed against each other.
        most: Digits of the longest number that is decided.
        sure: Probability from which a number needs no weighing.
        level: Heights above or below the nearest digit within which an unsure body belongs to a number.
        near: Heights beside the nearest digit within which it does.
        sizes: Smallest and largest height of such a body, in heights of the digits.
    """

    least: float = 0.0001
    joined: float = log(0.02)
    parted: float = log(0.02)
    spare: int = 2
    texts: int = 8
    most: int = 64
    sure: float = 0.99
    level: float = 0.5
    near: float = 0.8
    sizes: tuple[float, float] = (0.4, 1.7)


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Decided:
    """A number as decided.

    Attributes:
        digits: indices of its digits, from left to right.
        text: of the same length.
        probabilities: `(n, 11)`, of its digits where the form has changed them; None where it is as it was read.
        fits: whether it is of the form.
        sure: the probability that the whole text is right.
        score: logarithm of how probable it is beside what was read.
    """

    digits: list[int]
    text: str
    probabilities: np.ndarray | None
    fits: bool
    sure: float
    score: float


def _together(a: Detections, b: Detections) -> Detections:
    names = ("xyxy", "digit", "confidence", "probabilities", "track")
    return Detections(*(np.concatenate([getattr(a, name), getattr(b, name)]) for name in names))


class Pool:
    """All digits and unsure bodies, indexed one after the other."""

    def __init__(self, detections: Detections, unsure: Detections, form: Form) -> None:
        self._form, self._read = form, len(detections)
        self._all = _together(detections, replace(unsure, track=np.full(len(unsure), NO_TRACK)))
        self._free = set(range(self._read, len(self._all)))  # unsure bodies that no number has taken
        self._left, self._top, self._right, self._bottom = self._all.xyxy.astype(np.float64).T

    def decided(self, numbers: list[list[int]]) -> list[Decided]:
        """The numbers of a line."""
        alone = [self._alone(digits) for digits in numbers]
        if all(number.fits for number in alone):
            return alone
        # Viterbi's algorithm over the gaps between numbers: the best way to decide all that stands before each gap.
        best: list[tuple[float, list[Decided]]] = [(0.0, [])]
        for end in range(1, len(numbers) + 1):
            ways = []
            for start in range(end - 1, -1, -1):
                if start < end - 1 and not self._joinable(numbers[start:end]):
                    break
                for found in self._ways(numbers[start:end], alone[start:end]):
                    score = best[start][0] + sum(number.score for number in found) + LIMITS.joined * (end - 1 - start)
                    ways.append((score, best[start][1] + found))
            best.append(max(ways, key=lambda way: way[0]))
        found = best[-1][1]
        for number in found:
            self._free -= set(number.digits)
        return found

    def rebuilt(self, numbers: Sequence[Decided]) -> Detections:
        """The digits of numbers, one after the other."""
        index = [i for number in numbers for i in number.digits]
        found = self._all[index]
        digit, probabilities = found.digit.copy(), found.probabilities.copy()
        at = 0
        for number in numbers:
            end = at + len(number.digits)
            if number.probabilities is not None:
                digit[at:end], probabilities[at:end] = [int(sign) for sign in number.text], number.probabilities
            at = end
        confidence = np.where(
            (digit == found.digit) & (probabilities == found.probabilities).all(axis=1),
            found.confidence,
            probabilities[np.arange(len(digit)), digit],
        )
        return Detections(found.xyxy, digit, confidence, probabilities, found.track)

    def _alone(self, digits: list[int]) -> Decided:
        """A number as it was read."""
        text = "".join(str(digit) for digit in self._all.digit[digits])
        read = float(np.prod(self._all.confidence[digits].astype(np.float64)))
        if not self._form.fits(text):
            return Decided(digits, text, None, False, read, log(LIMITS.least))
        if read < LIMITS.sure and len(digits) <= LIMITS.most:
            total = likeliest(separate(self._all.probabilities[digits]), self._form.automaton, 0).total
            read = min(read / max(total, read, 1e-12), 1.0)
        return Decided(digits, text, None, True, read, 0.0)

    def _ways(self, numbers: list[list[int]], alone: list[Decided]) -> Iterator[list[Decided]]:
        """The ways to take numbers that stand side by side for one number, or a single one for one or several."""
        if len(alone) == 1:
            yield alone
            if alone[0].fits:
                return
            if parts := self._parted(numbers[0]):
                yield parts
        digits = [i for number in numbers for i in number]
        if len(digits) > LIMITS.most:
            return
        whole = self._alone(digits)
        if whole.fits and len(alone) > 1:
            yield [replace(whole, probabilities=self._all.probabilities[digits])]
        elif not whole.fits and (len(alone) == 1 or not any(number.fits for number in alone)):
            number = self._corrected(digits)
            if number is not None and len(number.digits) >= len(digits) - (LIMITS.spare if len(alone) == 1 else 1):
                yield [number]

    def _joinable(self, numbers: list[list[int]]) -> bool:
        """Whether numbers side by side may be one: no gap is too wide, nor are they too long together."""
        count, longest = sum(map(len, numbers)), self._form.longest
        if count > (LIMITS.most if longest is None else longest + LIMITS.spare):
            return False
        a, b = numbers[0][-1], numbers[1][0]
        return self._left[b] - self._right[a] <= arranging.LIMITS.far * max(
            self._height(numbers[0]), self._height(numbers[1])
        )

    def _height(self, digits: list[int]) -> float:
        return float(np.median(self._bottom[digits] - self._top[digits]))

    def _corrected(self, digits: list[int]) -> Decided | None:
        """The likeliest text of the form for digits, with what stands among them; None where none is probable."""
        form = self._form
        if len(digits) + 2 * LIMITS.spare < form.shortest or (
            form.longest is not None and len(digits) > 2 * form.longest
        ):
            return None
        slots = sorted([*digits, *self._near(digits)], key=lambda i: self._left[i] + self._right[i])
        columns = separate(self._all.probabilities[slots])
        found = likeliest(columns, form.automaton, LIMITS.texts)
        if not found.texts:
            return None
        text, probability = found.texts[0]
        ratio = probability / float(columns.max(axis=1).prod())
        if ratio < LIMITS.least:
            return None
        kept = [slots[start // 2] for start, _ in ctc.align(columns, text)]
        return Decided(kept, text, marginals(found.texts), True, probability / found.total, log(min(ratio, 1.0)))

    def _near(self, digits: list[int]) -> list[int]:
        """Unsure bodies that may be digits of a number."""
        height, near = self._height(digits), []
        for i in self._free:
            own, middle = self._bottom[i] - self._top[i], (self._top[i] + self._bottom[i]) / 2
            gaps = np.maximum(self._left[digits] - self._right[i], self._left[i] - self._right[digits])
            k = digits[int(gaps.argmin())]
            level = abs(middle - (self._top[k] + self._bottom[k]) / 2) <= LIMITS.level * height
            if (
                level
                and gaps.min() <= LIMITS.near * height
                and LIMITS.sizes[0] * height <= own <= LIMITS.sizes[1] * height
            ):
                near.append(i)
        return near

    def _parted(self, digits: list[int]) -> list[Decided]:
        """Digits too many for one number, parted where the gaps are widest so that each part is of the form."""
        if self._form.longest is None or len(digits) <= self._form.longest:
            return []
        gaps = (self._left[digits[1:]] - self._right[digits[:-1]]) / self._height(digits)
        best: list[tuple[float, list[Decided]] | None] = [(0.0, [])]
        for end in range(1, len(digits) + 1):
            ways = []
            for start in range(max(0, end - self._form.longest), end - self._form.shortest + 1):
                before = best[start]
                if before is None or (start and gaps[start - 1] < np.median(gaps)):
                    continue
                part = self._alone(digits[start:end])
                if part.fits:
                    ways.append((before[0] + (float(gaps[start - 1]) if start else 0.0), [*before[1], part]))
            best.append(max(ways, key=lambda way: way[0]) if ways else None)
        if best[-1] is None:
            return []
        parts = best[-1][1]
        return [
            replace(part, probabilities=self._all.probabilities[part.digits], score=LIMITS.parted if k else 0.0)
            for k, part in enumerate(parts)
        ]

"""How well was it read: digits as a multiset, rows, edit distance, boxes, calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Pairs = list[tuple[int | None, int | None]]

_SLIM = 0.5  # of its height: a slimmer box counts as so wide, else two boxes around a 1 would hardly meet
_BINS = 10


def align(
    a: Sequence[Any], b: Sequence[Any], change: Callable[[Any, Any], float], gap: Callable[[Any], float]
) -> Pairs:
    """Turn `a` into `b` at least cost: pairs of indices in order, None where one of the two has nothing.

    Args:
        a: a string, or any sequence.
        b: the other.
        change: what it costs to put the second for the first.
        gap: what it costs to leave one out.
    """
    cost = np.zeros((len(a) + 1, len(b) + 1))
    cost[1:, 0] = np.cumsum([gap(x) for x in a])
    cost[0, 1:] = np.cumsum([gap(y) for y in b])
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            cost[i + 1, j + 1] = min(cost[i, j] + change(x, y), cost[i, j + 1] + gap(x), cost[i + 1, j] + gap(y))
    pairs: Pairs = []
    i, j = len(a), len(b)
    while i or j:
        here = cost[i, j]
        if i and j and here == cost[i - 1, j - 1] + change(a[i - 1], b[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and here == cost[i - 1, j] + gap(a[i - 1]):
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def edit_distance(a: str, b: str) -> int:
    """Least number of characters to put in, leave out or change."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        corner, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            corner, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, corner + (x != y))
    return row[-1]


def align_rows(want: list[str], read: list[str]) -> list[tuple[int, int | None, int | None]]:
    """Which digit read stands for which one wanted, row by row.

    Returns:
        `(row, i, j)`: the wanted row, or -1, and indices into the joined rows wanted and read; None where missing.
    """
    first_wanted = np.cumsum([0, *map(len, want)]).tolist()
    first_read = np.cumsum([0, *map(len, read)]).tolist()
    pairs: list[tuple[int, int | None, int | None]] = []
    for r, s in align(want, read, edit_distance, len):
        a, b = "" if r is None else want[r], "" if s is None else read[s]
        for i, j in align(a, b, lambda x, y: float(x != y), lambda _: 1.0):
            wanted = None if i is None or r is None else first_wanted[r] + i
            got = None if j is None or s is None else first_read[s] + j
            pairs.append((-1 if r is None else r, wanted, got))
    return pairs


@dataclass
class Tally:
    """Counts over pictures or frames; `figures` makes shares of them.

    Attributes:
        hits, missed, false: digits read rightly, not read, and read where another or none is meant.
        frames: pictures or frames counted.
        ordered, exact: those whose rows count, and those of them of which all rows were read rightly.
        edits, length: edit distance of their joined rows, and digits in them.
        empty, clean: those without a digit, and those of them in which none was read.
    """

    hits: int = 0
    missed: int = 0
    false: int = 0
    frames: int = 0
    ordered: int = 0
    exact: int = 0
    edits: int = 0
    length: int = 0
    empty: int = 0
    clean: int = 0

    def add(self, want: list[str], read: list[str], ordered: bool = True, hits: int | None = None) -> None:
        """Count a frame.

        Args:
            want: the digits of each row, without spaces.
            read: the same, as read.
            ordered: whether rows and order count.
            hits: digits read rightly where that is known by their places; else the two count as multisets.
        """
        meant, got = "".join(want), "".join(read)
        if hits is None:
            hits = sum((Counter(meant) & Counter(got)).values())
        self.hits += hits
        self.missed += len(meant) - hits
        self.false += len(got) - hits
        self.frames += 1
        if not meant:
            self.empty += 1
            self.clean += not got
        elif ordered:
            self.ordered += 1
            self.exact += want == read
            self.edits += edit_distance(meant, got)
            self.length += len(meant)

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(mine + yours for mine, yours in zip(vars(self).values(), vars(other).values(), strict=True)))

    def figures(self) -> dict[str, float | int | None]:
        """Shares from 0 to 1, None where there is nothing to share, beside the counts."""
        return {
            "frames": self.frames,
            "digits": self.hits + self.missed,
            "recall": share(self.hits, self.hits + self.missed),
            "precision": share(self.hits, self.hits + self.false),
            "f1": share(2 * self.hits, 2 * self.hits + self.missed + self.false),
            "rows_exact": share(self.exact, self.ordered),
            "cer": share(self.edits, self.length),
            "clean": share(self.clean, self.empty),
            "missed": self.missed,
            "false": self.false,
        }


def share(part: float, whole: float) -> float | None:
    """`part / whole`; None of nothing."""
    return part / whole if whole else None


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Shared over joint area of xyxy boxes `(n, 4)` and `(m, 4)`, slim ones widened: `(n, m)`."""
    a, b = _widened(a), _widened(b)
    shared = common(a, b)
    joint = area(a)[:, None] + area(b) - shared
    return shared / np.maximum(joint, 1e-9)


def common(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Shared area of xyxy boxes `(n, 4)` and `(m, 4)`: `(n, m)`."""
    low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
    return np.maximum(high - low, 0).prod(axis=2)


def area(boxes: np.ndarray) -> np.ndarray:
    """`(n,)` areas of xyxy boxes."""
    return (boxes[:, 2:] - boxes[:, :2]).prod(axis=1)


def match(truth: np.ndarray, boxes: np.ndarray, least: float = 0.5) -> np.ndarray:
    """For each box of the truth the index of the one that stands for it, -1 where none does: `(n,) int64`."""
    shared = overlap(truth, boxes)
    found = np.full(len(truth), -1, np.int64)
    for _ in range(min(shared.shape, default=0)):
        i, j = divmod(int(shared.argmax()), shared.shape[1])
        if shared[i, j] < least:
            break
        found[i] = j
        shared[i], shared[:, j] = -1, -1
    return found


@dataclass(frozen=True)
class Bin:
    """Digits shown with about the same confidence: how many, their mean confidence, and the share that is right."""

    count: int
    confidence: float
    right: float


def reliability(confidence: np.ndarray, right: np.ndarray) -> tuple[list[Bin], float]:
    """Bins of equal width with their digits, and the expected calibration error.

    Args:
        confidence: `(n,)`, 0 to 1.
        right: `(n,) bool`.
    """
    which = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    bins = [
        Bin(int(own.sum()), float(confidence[own].mean()), float(right[own].mean()))
        for own in (which == i for i in range(_BINS))
        if own.any()
    ]
    error = sum(part.count * abs(part.confidence - part.right) for part in bins)
    return bins, error / max(1, len(confidence))


def _widened(boxes: np.ndarray) -> np.ndarray:
    boxes = np.asarray(boxes, np.float64).reshape(-1, 4)
    size = boxes[:, 2:] - boxes[:, :2]
    extra = np.maximum(_SLIM * size[:, 1] - size[:, 0], 0) / 2
    return boxes + np.stack([-extra, 0 * extra, extra, 0 * extra], axis=1)

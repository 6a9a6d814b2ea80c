"""Which digit of a text became which one of another."""

from __future__ import annotations

import numpy as np


def only_exchanged(before: str, after: str) -> bool:
    """Whether each digit of a text surely became the one at the same place of another text.

    `471` may have become `971` in one way only. But of `127` that became `512` the 1 and the 2 may just as well have
    moved: a digit was missed before them, and the 7 was none.
    """
    if len(before) != len(after):
        return False
    exchanged = sum(a != b for a, b in zip(before, after, strict=True))
    there, back = _edits(before, after), _edits(before[::-1], after[::-1])[::-1, ::-1]
    moved = (there + back)[~np.eye(len(before) + 1, dtype=bool)]  # the least edits, if digits moved at this place
    return bool(exchanged < moved.min(initial=len(before) + len(after)))


def _edits(before: str, after: str) -> np.ndarray:
    """The least number of digits to add, take out and exchange from each beginning of a text to each of another."""
    edits = np.add.outer(np.arange(len(before) + 1), np.arange(len(after) + 1))
    for i, a in enumerate(before):
        for j, b in enumerate(after):
            edits[i + 1, j + 1] = min(edits[i, j] + (a != b), edits[i, j + 1] + 1, edits[i + 1, j] + 1)
    return edits

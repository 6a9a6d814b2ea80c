"""Which boxes stand side by side, as the digits of a number do."""

from __future__ import annotations

import numpy as np

_CLOSE = 0.7  # of its height: the widest gap to a neighbour
_LEVEL = 0.5  # share of the lower one's height that neighbours have in common
_ALIKE = 1.8  # neighbours differ in height by at most this factor


def beside(boxes: np.ndarray, others: np.ndarray, reach: float = _CLOSE, apart: np.ndarray | bool = True) -> np.ndarray:
    """On how many sides, left and right, each box has one of the others of its size close by: `(n,) int64`.

    Where `apart`, `(n, m) bool`, is given, the others count only where it is true.
    """
    boxes, others = boxes[:, None].astype(np.float64), others[None]
    height, other = boxes[..., 3] - boxes[..., 1], others[..., 3] - others[..., 1]
    level = np.minimum(boxes[..., 3], others[..., 3]) - np.maximum(boxes[..., 1], others[..., 1])
    alike = (level > _LEVEL * np.minimum(height, other)) & (other > height / _ALIKE) & (other < _ALIKE * height)
    alike &= apart & (boxes != others).any(axis=2)  # none stands beside itself
    right, left = others[..., 0] - boxes[..., 2], boxes[..., 0] - others[..., 2]
    close = [alike & (gap < reach * height) & (gap > -0.3 * height) for gap in (left, right)]
    return close[0].any(axis=1).astype(np.int64) + close[1].any(axis=1)


def above_or_below(boxes: np.ndarray, others: np.ndarray, reach: float) -> np.ndarray:
    """On how many sides, above and below, each box has one of the others, as digits in a column do: `(n,) int64`.

    The widest gap is `reach` times its width.
    """
    swapped = [1, 0, 3, 2]
    return beside(boxes[:, swapped], others[:, swapped], reach)

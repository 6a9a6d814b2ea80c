"""Where something may be drawn on a picture without hiding a digit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_CELLS = 540
"""The shorter side of a picture has at most so many cells: finer ones make no label fit better."""


class FreeSpace:
    """Answers for any number of rectangles at once whether they lie on a digit, from one table of sums.

    Args:
        xyxy: `(n, 4)` boxes of the digits in pixels of the picture; right and bottom are excluded.
        width: of the picture in pixels.
        height: of the picture in pixels.
    """

    def __init__(self, xyxy: NDArray[np.number], width: int, height: int) -> None:
        self._cell = max(1, min(width, height) // _CELLS)
        taken = np.zeros((-(-height // self._cell), -(-width // self._cell)), np.uint8)
        for x1, y1, x2, y2 in self._in_cells(xyxy).tolist():
            taken[max(y1, 0) : max(y2, 0), max(x1, 0) : max(x2, 0)] = 1
        self._sums = cv2.integral(taken)

    def free(self, xyxy: NDArray[np.number]) -> NDArray[np.bool_]:
        """`(...) bool` for rectangles `(..., 4)`: within the picture and on no digit, to a cell's accuracy.

        A rectangle that is called free covers no pixel of a digit.
        """
        cells = self._in_cells(xyxy)
        bottom, right = (length - 1 for length in self._sums.shape)
        within = (xyxy[..., :2] >= 0).all(axis=-1) & (cells[..., 2] <= right) & (cells[..., 3] <= bottom)
        x1, x2 = (np.clip(cells[..., i], 0, right) for i in (0, 2))
        y1, y2 = (np.clip(cells[..., i], 0, bottom) for i in (1, 3))
        covered = self._sums[y2, x2] - self._sums[y1, x2] - self._sums[y2, x1] + self._sums[y1, x1]
        result: NDArray[np.bool_] = within & (covered == 0)
        return result

    def _in_cells(self, xyxy: NDArray[np.number]) -> NDArray[np.int64]:
        low = np.floor(xyxy[..., :2] / self._cell)
        return np.concatenate([low, np.ceil(xyxy[..., 2:] / self._cell)], axis=-1).astype(np.int64)

"""The caption: the reading, set large in as many rows as it needs, where it hides no digit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from realtime.boxes import shared_areas
from realtime.drawing.free_space import FreeSpace
from realtime.drawing.primitives import GREY, WHITE, put_plate, put_text, text_width

HEIGHTS = (0.085, 0.065, 0.05, 0.038)
"""Heights of the caption's digits as parts of the frame's shorter side, tried in turn until no digit is covered."""
_BETWEEN = " / "
"""Stands between two lines that share a row of the caption."""


def draw_caption(
    picture: NDArray[np.uint8],
    lines: Sequence[str],
    settled: bool,
    space: FreeSpace,
    labels: NDArray[np.int64],
) -> bool:
    """Write the reading on a plate where it hides no digit: at the bottom or the top, or between the rows.

    Args:
        picture: `(H, W, 3) uint8` BGR, drawn on in place.
        lines: of the reading.
        settled: False writes it grey.
        space: of the digits.
        labels: `(m, 4)` boxes of the labels, which are covered only where there is no other place.

    Returns:
        Whether there was a free place; if not, nothing is drawn.
    """
    height, width = picture.shape[:2]
    margin = max(3, height // 70)
    ways = list(settings(lines, width, height))
    least, best = np.inf, None
    # At the edge it disturbs least, even if it is smaller there.
    for at_edge, (rows, size) in product((True, False), ways):
        pad, pitch = round(size * 0.5), round(size * 1.45)
        w = max(row_width(row, size) for row in rows) + 2 * pad
        h = pitch * (len(rows) - 1) + size + 2 * pad
        lowest, middle = height - margin - h, (width - w) // 2
        tops = np.array([lowest, margin] if at_edge else range(margin, lowest, max(1, size // 2)), np.int64)
        lefts = np.array([middle] if at_edge else [middle, margin, width - margin - w])
        left, top = (values.ravel() for values in np.meshgrid(lefts, tops, indexing="ij"))
        places = np.stack([left, top, left + w, top + h], axis=1)
        places = places[space.free(places)]
        if not len(places):
            continue
        covered = shared_areas(places, labels).sum(axis=1)
        i = int(covered.argmin())
        if covered[i] < least:
            least, best = float(covered[i]), (*places[i].tolist(), rows, size, pad, pitch)
        if least == 0:
            break
    if best is None:
        return False
    left, top, right, bottom, rows, size, pad, pitch = best
    put_plate(picture, (left, top, right, bottom), opacity=0.8)
    for i, row in enumerate(rows):
        x, y = (left + right - row_width(row, size)) // 2, top + pad + size + i * pitch
        for k, line in enumerate(row.split(_BETWEEN)):
            if k:
                put_text(picture, _BETWEEN, x, y, size, GREY)
                x += text_width(_BETWEEN, size)
            put_text(picture, line, x, y, size, WHITE if settled else GREY)
            x += text_width(line, size)
    return True


def settings(lines: Sequence[str], width: int, height: int) -> Iterator[tuple[list[str], int]]:
    """Ways to set the lines, the largest first: `(rows, height of a digit in pixels)`. There is always one."""
    widest, highest = round(width * 0.92), round(height * 0.22)
    size, any_fit = 0, False
    for part in HEIGHTS:
        size = max(10, round(part * min(height, width)))
        for rows in (list(lines), _flow(lines, widest, size)):
            if len(rows) * 1.45 * size <= highest and all(row_width(row, size) <= widest for row in rows):
                any_fit = True
                yield rows, size
    if not any_fit:
        rows = _flow(lines, widest, size)
        most = max(1, int(highest / (1.45 * size)))
        if len(rows) > most:
            rows = [*rows[: most - 1], rows[most - 1] + " ..."]
        while size > 5 and any(row_width(row, size) > widest for row in rows):
            size -= 1
        yield rows, size


def row_width(row: str, size: int) -> int:
    """Width in pixels of a row of the caption, which is written piece by piece."""
    lines = row.split(_BETWEEN)
    return sum(text_width(line, size) for line in lines) + (len(lines) - 1) * text_width(_BETWEEN, size)


def _flow(lines: Sequence[str], width: int, size: int) -> list[str]:
    """The lines set on one after another, as many in a row as fit."""
    rows: list[str] = []
    for line in lines:
        if rows and row_width(rows[-1] + _BETWEEN + line, size) <= width:
            rows[-1] += _BETWEEN + line
        else:
            rows.append(line)
    return rows

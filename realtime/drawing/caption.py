"""The caption: the reading, set large in as many rows as it needs, where it covers least of what was read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from realtime.boxes import shared_areas
from realtime.drawing.primitives import GREY, WHITE, put_plate, put_text, text_width

HEIGHTS = (0.085, 0.065, 0.05, 0.038)
"""Heights of the caption's digits as parts of the frame's shorter side, tried in turn until no digit is covered."""
_BETWEEN = " / "
"""Stands between two lines that share a row of the caption."""


def draw_caption(picture: NDArray[np.uint8], lines: Sequence[str], settled: bool, occupied: np.ndarray) -> None:
    """The reading on a plate at the bottom, or at the top, or smaller, where that covers less of what was read."""
    height, width = picture.shape[:2]
    margin = max(3, height // 70)
    least = np.inf
    for rows, size in settings(lines, width, height):
        pad, pitch = round(size * 0.5), round(size * 1.45)
        w = max(row_width(row, size) for row in rows) + 2 * pad
        h = pitch * (len(rows) - 1) + size + 2 * pad
        left = (width - w) // 2
        for top in (height - margin - h, margin):
            covered = shared_areas(np.array([[left, top, left + w, top + h]]), occupied).sum()
            if covered < least:
                least, best = covered, (left, top, w, h, rows, size, pad, pitch)
        if least == 0:
            break
    left, top, w, h, rows, size, pad, pitch = best
    put_plate(picture, (left, top, left + w, top + h), opacity=0.8)
    for i, row in enumerate(rows):
        x, y = (width - row_width(row, size)) // 2, top + pad + size + i * pitch
        for k, line in enumerate(row.split(_BETWEEN)):
            if k:
                put_text(picture, _BETWEEN, x, y, size, GREY)
                x += text_width(_BETWEEN, size)
            put_text(picture, line, x, y, size, WHITE if settled else GREY)
            x += text_width(line, size)


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

"""The reading beside or below a picture: one row a line, and a few small lines at its end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from realtime.drawing.primitives import GREY, NIGHT, WHITE, put_text, text_width

_LARGEST, _SMALLEST = 48, 9
"""Height of a digit of the reading in pixels, at the most and at the least."""
_LARGE = 1 / 12
"""The most of a large picture that it may take, as part of its shorter side."""
_PART, _LEAST = 1 / 3, 120
"""Part of a picture by which its reading makes it larger, and pixels at the least."""
_PITCH = 1.6
"""From one row to the next, in heights of a digit."""


def beside(picture: NDArray[np.uint8], lines: Sequence[str], settled: bool = True) -> NDArray[np.uint8]:
    """A picture and its reading: to the right of it, or below where there is more room, as of a tall picture.

    The picture stays in the upper left corner as it is, and where the panel stands depends on its size alone: all
    pictures of a video become of one size, and boxes in pixels of the picture hold.

    Args:
        picture: `(H, W, 3) uint8` BGR.
        lines: of the reading.
        settled: as of `reading_panel`.

    Returns:
        A new picture that is broader or higher by a third, by 120 pixels at least.
    """
    height, width = picture.shape[:2]
    wider, higher = (max(_LEAST, round(_PART * side)) for side in (width, height))
    to_the_right = min(wider, height) >= min(width, higher)
    # An H.264 video has even sides.
    size = (wider + (width + wider) % 2, height) if to_the_right else (width, higher + (height + higher) % 2)
    largest = max(_LARGEST, round(_LARGE * min(width, height)))
    panel = reading_panel(size, lines, settled, largest=largest)
    return np.concatenate([picture, panel], axis=1 if to_the_right else 0)


def reading_panel(
    size: tuple[int, int],
    lines: Sequence[str],
    settled: bool = True,
    status: Sequence[str] = (),
    *,
    largest: int = _LARGEST,
) -> NDArray[np.uint8]:
    """Draw the panel of the reading.

    Args:
        size: width and height of the panel in pixels.
        lines: of the reading, one a row; as large as all fit. Rows that do not fit are counted in the last one.
        settled: False writes the reading grey: it may still change.
        status: lines for the lower end, in small print.
        largest: height of a digit in pixels, at the most.

    Returns:
        `(height, width, 3) uint8` BGR.
    """
    width, height = size
    panel = np.full((height, width, 3), NIGHT, np.uint8)
    small = max(_SMALLEST, round(min(width * 1.6, height * 2.4, 720) / 55))
    left, pitch = small, round(small * 2)
    status = [_cut(line, width - 2 * left, small) for line in status][: max(0, height // pitch)]
    for i, line in enumerate(reversed(status)):
        put_text(panel, line, left, height - small - i * pitch, small, GREY)
    room = height - len(status) * pitch - small
    digit = largest
    while digit > _SMALLEST and (
        len(lines) * _PITCH * digit > room or any(text_width(line, digit) > width - 2 * left for line in lines)
    ):
        digit -= 1
    most = max(0, int(room / (_PITCH * digit)))
    rows = [_cut(line, width - 2 * left, digit) for line in lines]
    if len(rows) > most:
        rows = [*rows[: most - 1], _cut(f"... {len(rows) - most + 1} more", width - 2 * left, digit)] if most else []
    for i, row in enumerate(rows):
        put_text(panel, row, left, round((i + 1) * _PITCH * digit), digit, WHITE if settled else GREY)
    return panel


def _cut(line: str, width: int, size: int) -> str:
    """The line, or as much of it as fits, with dots for the rest."""
    if text_width(line, size) <= width:
        return line
    while line and text_width(line + "...", size) > width:
        line = line[:-1]
    return line + "..."

"""How a window is parted: the picture, and beside or below it the panel of the reading."""

from __future__ import annotations

from dataclasses import dataclass

_PART = 0.25
"""Part of the window's width, or height, that the panel takes at least."""
_LEAST, _MOST = 200, 0.4
"""Pixels that the panel is wide if there is room, and the part of the window that it never exceeds for that."""
_BESIDE = 0.75
"""The panel stands beside the picture unless it makes it so much smaller than it does below."""


@dataclass(frozen=True)
class Areas:
    """Where the picture and the panel lie in a window, as left, top, width and height in pixels.

    Attributes:
        picture: in the shape of the frame.
        panel: None where there is none.
        scale: pixels of the window to one of the frame.
    """

    picture: tuple[int, int, int, int]
    panel: tuple[int, int, int, int] | None
    scale: float


def part(area: tuple[int, int], frame: tuple[int, int], panel: bool) -> Areas:
    """Part a window; what it shows does not matter, so that nothing jumps from one reading to the next.

    Args:
        area: width and height of the window in pixels.
        frame: width and height of the frame in pixels.
        panel: whether there is to be one.
    """
    width, height = area
    if not panel:
        picture, scale = _fit(area, frame)
        return Areas(picture, None, scale)
    wide = round(min(max(_LEAST, _PART * width), _MOST * width))
    high = round(_PART * height)
    beside, scale = _fit((width - wide, height), frame)
    below, other = _fit((width, height - high), frame)
    if scale >= _BESIDE * other:
        beside = (0, beside[1], *beside[2:])
        return Areas(beside, (beside[2], 0, width - beside[2], height), scale)
    below = (below[0], 0, *below[2:])
    return Areas(below, (0, below[3], width, height - below[3]), other)


def window_size(frame: tuple[int, int], largest: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a window that a frame and the panel beside it fill, no larger than `largest`."""
    scale = min((1 - _PART) * largest[0] / frame[0], largest[1] / frame[1])
    picture = round(frame[0] * scale)
    return picture + max(_LEAST, round(picture * _PART / (1 - _PART))), round(frame[1] * scale)


def _fit(room: tuple[int, int], frame: tuple[int, int]) -> tuple[tuple[int, int, int, int], float]:
    """Left, top, width and height of a frame in the middle of a room, as large as it allows, and its scale."""
    width, height = room
    scale = min(width / frame[0], height / frame[1])
    w, h = max(1, int(frame[0] * scale)), max(1, int(frame[1] * scale))
    return ((width - w) // 2, (height - h) // 2, w, h), scale

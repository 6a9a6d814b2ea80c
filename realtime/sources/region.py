"""Region: the part of each picture that is read."""

from __future__ import annotations

import re
from dataclasses import dataclass

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are excluded."""

_NUMBER = r"(\d{1,6}(?:\.\d{1,6})?)(%?)"
_REGION = re.compile(",".join([_NUMBER] * 4), re.ASCII)


class RegionError(ValueError):
    """A region that cannot be used; the text is one line for the user."""


@dataclass(frozen=True)
class Region:
    """A rectangle.

    Attributes:
        xywh: left, top, width and height.
        percent: which of these are in percent of the picture's width or height; the others are in pixels.
    """

    xywh: tuple[float, float, float, float]
    percent: tuple[bool, bool, bool, bool]

    def __str__(self) -> str:
        return ",".join(f"{value:g}{'%' * sign}" for value, sign in zip(self.xywh, self.percent, strict=True))

    def box(self, size: tuple[int, int]) -> Box | None:
        """The pixels of a picture of this width and height: left, top, right, bottom; None where there are none."""
        whole = (*size, *size)
        x, y, w, h = (v * s / 100 if p else v for v, p, s in zip(self.xywh, self.percent, whole, strict=True))
        left, top, right, bottom = (round(side) for side in (x, y, x + w, y + h))
        right, bottom = min(right, size[0]), min(bottom, size[1])
        return (left, top, right, bottom) if left < right and top < bottom else None


def parse_region(text: str) -> Region:
    """A region from `X,Y,W,H`, each in pixels or, with a percent sign, in percent.

    Raises:
        RegionError: if it is none.
    """
    match = _REGION.fullmatch(text.replace(" ", ""))
    if match is None:
        raise RegionError(f"{text}: a region looks like 100,50,640,480 or 10%,20%,50%,30%: left, top, width, height")
    x, y, w, h = (float(value) for value in match.groups()[::2])
    signs = match.groups()[1::2]
    if w <= 0 or h <= 0 or any(sign and value > 100 for sign, value in zip(signs, (x, y, w, h), strict=True)):
        raise RegionError(f"{text}: no part of any picture")
    return Region((x, y, w, h), (bool(signs[0]), bool(signs[1]), bool(signs[2]), bool(signs[3])))

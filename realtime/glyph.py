"""Glyph: one candidate shape, and the ink that it claims."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LOWEST = 8
"""Pixels: a lower shape is no digit."""

FLATTEST = 3.0
"""Nor is one so many times as wide as high."""

BROADEST = 1.4
"""Width over height of the widest single digit."""

BROADEST_ONE = 1.1
"""And that of the widest 1."""


@dataclass(frozen=True, eq=False)
class Glyph:
    """One candidate shape.

    Attributes:
        xyxy: `(4,) int32`, its box in pixels of the frame.
        crop: `(h, w) uint8`, its ink alone.
        atoms: the bits of ink it is made of; no two glyphs that share one can both be read.
        prior: log-probability, up to a constant, of this way to group the ink before its shape is looked at.
        cut_from: the piece of ink that it is a part of; -1 where it is no part of any.
    """

    xyxy: np.ndarray
    crop: np.ndarray
    atoms: frozenset[int]
    prior: float = 0.0
    cut_from: int = -1

    @property
    def whole(self) -> bool:
        """Whether it is a connected piece of ink, not several joined nor a part of one that was cut."""
        return self.prior == 0

    @property
    def joined(self) -> bool:
        """Whether it is several connected pieces of ink."""
        return not self.whole and self.cut_from < 0

    @property
    def width(self) -> int:
        """In pixels of the frame."""
        return int(self.xyxy[2] - self.xyxy[0])

    @property
    def height(self) -> int:
        """In pixels of the frame, 1 or more."""
        return max(1, int(self.xyxy[3] - self.xyxy[1]))

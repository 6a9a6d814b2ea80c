"""The pen that strokes were drawn with: how dark it is, how thick, and which way it went."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Pen:
    """The strokes of a crop.

    Attributes:
        mask: `(h, w) uint8`, 255 where they are.
        dark: how dark they are, 0 to 255.
        area: of all strokes in pixels.
        outline: pixels along their edges, 1 or more.
    """

    mask: np.ndarray
    dark: float
    area: int
    outline: int

    @property
    def thick(self) -> float:
        """Thickness in pixels."""
        return 2 * self.area / self.outline


def pen_of(crop: np.ndarray) -> Pen:
    """The pen of a crop, `(h, w) uint8`, bright where it was."""
    mask = cv2.threshold(crop, int(crop.max(initial=0)) // 2, 255, cv2.THRESH_BINARY)[1]
    area = cv2.countNonZero(mask)
    inside = cv2.countNonZero(cv2.erode(mask, _SQUARE, borderValue=0))
    return Pen(mask, cv2.mean(crop, mask)[0], area, max(1, area - inside))


def direction(mask: np.ndarray) -> float:
    """The way that the strokes of a mask run on the whole, in radians from level, -pi/2 to pi/2."""
    shape = cv2.moments(mask, binaryImage=True)
    return float(0.5 * np.arctan2(2 * shape["mu11"], shape["mu20"] - shape["mu02"]))

"""A rectangle that the user chooses: the part of each picture that is to be read."""

from __future__ import annotations

import numpy as np

from realtime.boxes import turned_back
from realtime.live.result import FrameResult
from realtime.sources.region import Region
from realtime.window.aim import WAYS

_STEP = 1 / 24
"""Part of the frame's width or height by which one key moves a corner."""
_LEAST = 8
"""Pixels of the frame: what is narrower or lower was no rectangle."""


class RegionChoice:
    """A rectangle in a frame whose corners the keys move; to begin with its middle half.

    Args:
        result: the frame on show.

    Attributes:
        corners: `(2, 2) float64`, upper left and lower right, xy in pixels of the frame.
    """

    def __init__(self, result: FrameResult) -> None:
        height, width = result.frame.image.shape[:2]
        self._size = np.array([width, height], np.float64)
        self.corners = np.array([0.25, 0.75])[:, None] * self._size
        self._moved = 1

    @property
    def box(self) -> np.ndarray:
        """`(4,) float64`, xyxy in pixels of the frame."""
        return self.corners.ravel()

    def press(self, key: str) -> None:
        """Move a corner with an arrow, or go to the other corner with Tab."""
        if key == "tab":
            self._moved = 1 - self._moved
        elif key in WAYS:
            least, most = np.zeros(2), self._size.copy()
            step = _STEP * self._size
            if self._moved:
                least = self.corners[0] + step
            else:
                most = self.corners[1] - step
            self.corners[self._moved] = np.clip(self.corners[self._moved] + WAYS[key] * step, least, most)


def region_of(result: FrameResult, xyxy: np.ndarray) -> Region | None:
    """The region that a box in a frame means, as the frame came from its source; None for one that holds nothing.

    Args:
        result: the frame; a photo may have been turned.
        xyxy: `(4,)`, in pixels of the frame as it is shown.
    """
    height, width = result.frame.image.shape[:2]
    box = np.clip(np.rint(xyxy), 0, [width, height, width, height]).astype(np.int64)
    if (box[2:] - box[:2] < _LEAST).any():
        return None
    (left, top, right, bottom), *_ = turned_back(box[None], (width, height), result.frame.turned).tolist()
    return Region((left, top, right - left, bottom - top), (False, False, False, False))


def box_of(result: FrameResult, region: Region | None) -> np.ndarray | None:
    """`(4,) int64`, the box of a region in a frame as it is shown, xyxy; None where all of it is read, or none."""
    height, width = result.frame.image.shape[:2]
    size = (height, width) if result.frame.turned % 2 else (width, height)
    box = None if region is None else region.box(size)
    return None if box is None else np.asarray(turned_back(np.array([box]), size, -result.frame.turned % 4)[0])

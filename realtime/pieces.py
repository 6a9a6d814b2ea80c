"""The connected pieces of ink on a frame, and their cut-outs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.glyph import FLATTEST

_SMALLEST = 4  # pixels: what is smaller both ways is dust
_MOST = 700  # pieces a frame; the largest stay
_RULED = 0.25  # a piece over this share of the frame's width or height may be ruling
_DASH = 0.04  # so are many that are this long, as a share of the frame's width
_FLAT = 5  # and so many times as wide as high
_MANY = 6
_CUT_OUT = 8  # pieces at most, the largest, that are cut out of a part of the frame


@dataclass(frozen=True, eq=False)
class Pieces:
    """Connected pieces of ink, dust left out.

    Attributes:
        boxes: `(n, 4) int64`, xyxy in pixels of the mask.
        contours: outlines as OpenCV gives them; those of `outlines` are the pieces' outer ones.
        outlines: `(n,) int64`, index of each piece's outer contour.
        shape: height and width of the mask.
    """

    boxes: np.ndarray
    contours: Sequence[np.ndarray]
    outlines: np.ndarray
    shape: tuple[int, int]

    @property
    def may_be_ruled(self) -> bool:
        """Whether some piece is long enough to be a ruled line, or to hang on one, or many are dashes of some."""
        size = self.boxes[:, 2:] - self.boxes[:, :2]
        dashes = (size[:, 0] > _DASH * self.shape[1]) & (size[:, 0] > _FLAT * size[:, 1])
        return bool((size > _RULED * np.array(self.shape[::-1])).any() or dashes.sum() >= _MANY)

    def outlined(self, i: int) -> float:
        """Area inside the outer contour of piece i, holes counted, in pixels."""
        return float(cv2.contourArea(self.contours[self.outlines[i]]))

    def outline(self, i: int, x: int, y: int, w: int, h: int) -> np.ndarray:
        """Piece i with its holes filled, `(h, w) uint8` 0 or 255, as seen in the window at x, y."""
        own = np.zeros((h, w), np.uint8)
        # The one contour alone: OpenCV copies all that it is given, at every call.
        cv2.drawContours(own, [self.contours[self.outlines[i]]], 0, 255, cv2.FILLED, offset=(-x, -y))
        return own


def find_pieces(mask: np.ndarray) -> Pieces:
    """The pieces of an `(h, w) uint8` mask; those that lie inside another one's hole count by themselves."""
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    shape = mask.shape[0], mask.shape[1]
    if not contours:
        return Pieces(np.zeros((0, 4), np.int64), (), np.zeros(0, np.int64), shape)
    outer = [i for i in np.flatnonzero(hierarchy[0, :, 3] < 0) if len(contours[i]) > 2]
    boxes = np.array([cv2.boundingRect(contours[i]) for i in outer], np.int64).reshape(-1, 4)
    extent = boxes[:, 2:].max(axis=1, initial=0)
    kept = np.flatnonzero(extent >= _SMALLEST)
    if len(kept) > _MOST:
        kept = np.sort(kept[np.argsort(extent[kept], kind="stable")[-_MOST:]])
    boxes[:, 2:] += boxes[:, :2]
    return Pieces(boxes[kept], contours, np.array(outer, np.int64)[kept], shape)


def window(box: np.ndarray, shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """A box with a pixel of room, as far as the picture goes: left, top, right, bottom."""
    x0, y0, x1, y1 = box.tolist()
    return max(0, x0 - 1), max(0, y0 - 1), min(shape[1], x1 + 1), min(shape[0], y1 + 1)


def grown(mask: np.ndarray) -> np.ndarray:
    """A mask and the pixels around it, which hold the soft edge of the ink."""
    return cv2.dilate(mask, np.ones((3, 3), np.uint8))


def cut_outs(mask: np.ndarray, ink: np.ndarray, lowest: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Box `(4,) int64`, xyxy, and ink `(h, w) uint8` of the pieces of a mask that may be digits, the largest last.

    Args:
        mask: `(h, w) uint8`, 255 where there is ink.
        ink: `(h, w) uint8`, bright where the pen was.
        lowest: pixels that a piece must be high.
    """
    found = find_pieces(mask)
    size = found.boxes[:, 2:] - found.boxes[:, :2]
    fit = np.flatnonzero((size[:, 1] >= lowest) & (size[:, 0] <= FLATTEST * size[:, 1]))
    parts = []
    for k in fit[np.argsort(size[fit].max(axis=1))[-_CUT_OUT:]].tolist():
        x0, y0, x1, y1 = window(found.boxes[k], mask.shape)
        own = grown(found.outline(k, x0, y0, x1 - x0, y1 - y0))
        parts.append((found.boxes[k], cv2.bitwise_and(ink[y0:y1, x0:x1], own)))
    return parts

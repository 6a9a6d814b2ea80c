"""A row being written: signs side by side, as close as their ink lets them."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

_REACH = 400  # pixels above and below the base line that a row may take
_NOTHING = -1e6


@dataclass(eq=False)
class Row:
    """What is written.

    Attributes:
        cover: `(h, w) float32`, how much of each pixel the pen covers.
        text: the digits, from left to right.
        boxes: `(n, 4) float32`, `xyxy` of each digit's ink.
        height: of a digit, in pixels.
        pen: width of the strokes, in pixels.
        base: `y` of the base line.
    """

    cover: np.ndarray
    text: str
    boxes: np.ndarray
    height: float
    pen: float
    base: float


@dataclass(eq=False)
class Sheet:
    """A row being written: signs with their places on a sheet without edges, the base line at y = 0."""

    parts: list[tuple[np.ndarray, int, int]] = field(default_factory=list)
    digits: list[tuple[int, np.ndarray]] = field(default_factory=list)
    end: float = 0.0
    _right: np.ndarray = field(default_factory=lambda: np.full((2 * _REACH, 1), _NOTHING, np.float32))

    def put(self, cover: np.ndarray, top: int, gap: float, near: int, digit: int | None = None) -> None:
        """Write a sign `gap` pixels right of what stands there, measured where the two are nearest.

        Args:
            cover: `(h, w) float32` of the sign, cut close.
            top: `y` of its upper edge, within `_REACH` pixels of the base line.
            gap: in pixels; below 0 the two overlap.
            near: pixels up and down within which ink keeps its distance.
            digit: what it is, if it is one.
        """
        h, w = cover.shape
        if not cover.size or top < near - _REACH or top + h > _REACH - near:
            return
        inked = cover > 0.3
        some = inked.any(axis=1)
        before = cv2.dilate(self._right, np.ones((2 * near + 1, 1), np.uint8))[top + _REACH : top + _REACH + h, 0]
        apart = (before - inked.argmax(axis=1))[some & (before > _NOTHING)]
        x = round((int(apart.max()) if len(apart) else self.end) + gap) if self.parts else 0
        self.parts.append((cover, x, top))
        last = np.where(some, x + w - inked[:, ::-1].argmax(axis=1), _NOTHING)
        there = self._right[top + _REACH : top + _REACH + h, 0]
        np.maximum(there, last, out=there)
        self.end = max(self.end, x + w)
        if digit is not None:
            self.digits.append((digit, np.array([x, top, x + w, top + h], np.float32)))

    def line(self, points: np.ndarray, width: float) -> None:
        """A smooth stroke through `(n, 2)` points; it is no digit, and nothing keeps away from it."""
        low = np.floor(points.min(axis=0)).astype(int) - 4
        size = np.ceil(points.max(axis=0)).astype(int) + 5 - low
        canvas = np.zeros((int(size[1]), int(size[0])), np.uint8)
        at = np.rint((points - low) * 16).astype(np.int32)
        cv2.polylines(canvas, [at], False, 255, max(1, round(width)), cv2.LINE_AA, 4)
        self.parts.append((canvas.astype(np.float32) * (min(1.0, width) / 255), int(low[0]), int(low[1])))
        self.end = max(self.end, low[0] + size[0])

    def row(self, height: float, pen: float) -> Row:
        """All of it on one canvas."""
        x0, y0 = min(x for _, x, _ in self.parts), min(y for _, _, y in self.parts)
        x1, y1 = max(x + c.shape[1] for c, x, _ in self.parts), max(y + c.shape[0] for c, _, y in self.parts)
        cover = np.zeros((y1 - y0, x1 - x0), np.float32)
        for part, x, y in self.parts:
            there = cover[y - y0 : y - y0 + part.shape[0], x - x0 : x - x0 + part.shape[1]]
            np.maximum(there, part, out=there)
        boxes = np.array([box for _, box in self.digits], np.float32).reshape(-1, 4) - np.array(
            [x0, y0, x0, y0], np.float32
        )
        return Row(cover, "".join(str(digit) for digit, _ in self.digits), boxes, height, pen, -y0)

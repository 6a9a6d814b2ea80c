"""A page under the pen: how much each pixel is covered, and whose ink it is."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT

_OWN = 70  # of 255: from here on a pixel is ink of what covers it
_TOUCHING = 60  # steps in which a digit is moved towards the one before it


@dataclass
class Page:
    """Attributes:
    cover: `(h, w) float32`, 0 to 1: how much light the ink of each pixel takes.
    rule: the same of the ruling and of what else is printed, which may be of another colour.
    owner: `(h, w) int16`, which of `labels` left the ink of each pixel, -1 where there is none.
    labels: of each thing that is written, 10 for what is no digit.
    boxes: xyxy of each thing, in pixels.
    lines: heights of the lines that were written on.
    """

    cover: np.ndarray
    rule: np.ndarray
    owner: np.ndarray
    labels: list[int] = field(default_factory=list)
    boxes: list[tuple[int, int, int, int]] = field(default_factory=list)
    lines: list[float] = field(default_factory=list)

    @classmethod
    def blank(cls, w: int, h: int) -> Page:
        """An empty page."""
        return cls(np.zeros((h, w), np.float32), np.zeros((h, w), np.float32), np.full((h, w), -1, np.int16))

    def put(self, cover: np.ndarray, x: int, y: int, label: int, dark: float) -> bool:
        """Write a thing with its left top at `x, y`; says whether any of it is on the page.

        Of a digit most of which is beyond the edge the rest is no digit.
        """
        part, inside = self._part(cover, x, y)
        if part is None:
            return False
        seen = cv2.countNonZero(cv2.compare(part, _OWN, cv2.CMP_GT))
        whole = cv2.countNonZero(cv2.compare(cover, _OWN, cv2.CMP_GT))
        if label != NOT_A_DIGIT and seen < 0.65 * whole:
            label = NOT_A_DIGIT
        there = self.cover[inside]
        np.maximum(there, part * np.float32(dark / 255), out=there)
        self.owner[inside][part > _OWN] = len(self.labels)
        self.labels.append(label)
        rows, columns = inside
        self.boxes.append((columns.start, rows.start, columns.stop, rows.stop))
        return True

    def touching(self, cover: np.ndarray, x: int, y: int, step: float) -> int:
        """How far to the left of `x` a thing must stand for its ink to meet that of the one before it; else `x`."""
        left = float(x)
        for _ in range(_TOUCHING):
            part, inside = self._part(cover, int(left), y)
            if part is not None and ((part > _OWN) & (self.owner[inside] >= 0)).any():
                return int(left)
            left -= max(1.0, step)
        return x

    def free(self, box: tuple[float, float, float, float], margin: float) -> bool:
        """Whether nothing is written in a box and `margin` around it."""
        x0, y0, x1, y1 = box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin
        return not any(x0 < right and left < x1 and y0 < bottom and top < y1 for left, top, right, bottom in self.boxes)

    def turned(self, degrees: float, w: int, h: int) -> Page:
        """The middle `w x h` pixels of the page, turned clockwise."""
        height, width = self.cover.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
        matrix[:, 2] += (w - width) / 2, (h - height) / 2
        cover, rule = (cv2.warpAffine(each, matrix, (w, h), flags=cv2.INTER_LINEAR) for each in (self.cover, self.rule))
        owner = cv2.warpAffine(
            self.owner, matrix, (w, h), flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT, borderValue=-1
        )
        before = np.bincount(self.owner[self.owner >= 0], minlength=len(self.labels))
        after = np.bincount(owner[owner >= 0], minlength=len(self.labels))
        labels = [
            label if 3 * now > 2 * was else NOT_A_DIGIT
            for label, was, now in zip(self.labels, before, after, strict=True)
        ]
        return Page(cover, rule, owner, labels)

    def upside_down(self) -> Page:
        """The page turned by half; what was a digit is none any more."""
        cover, rule, owner = (np.ascontiguousarray(each[::-1, ::-1]) for each in (self.cover, self.rule, self.owner))
        return Page(cover, rule, owner, [NOT_A_DIGIT] * len(self.labels))

    def _part(self, cover: np.ndarray, x: int, y: int) -> tuple[np.ndarray | None, tuple[slice, slice]]:
        """The part of a cover that is on the page when its left top is at `x, y`, and where that is."""
        h, w = cover.shape
        height, width = self.cover.shape
        x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + w), min(height, y + h)
        inside = np.s_[y0:y1, x0:x1]
        if x1 - x0 < 2 or y1 - y0 < 2:
            return None, inside
        return cover[y0 - y : y1 - y, x0 - x : x1 - x], inside

"""Decimal points and commas: small ink at the foot of the line, between two digits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import Detections
from realtime.layout.arrange import Layout

POINT, COMMA = ".", ","


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module; lengths are in heights of the digits beside the mark.

    Attributes:
        apart: The widest gap between two digits of one number with a mark between them.
        smallest: The longer side of a mark, at least.
        above: How far the middle of a mark may be above the foot of the digits.
        below: How far its end may be below the foot.
        slender: How many times as high as wide a comma is, at least; a point is rounder.
        faint: Share of the digits' ink that a mark has at least.
        over: How far the middle of a mark may lie over or under a digit.
        dark: Ink, of 255, that digits have at least.
    """

    apart: float = 1.1
    smallest: float = 0.05
    above: float = 0.24
    below: float = 0.5
    slender: float = 1.4
    faint: float = 0.45
    over: float = 0.15
    dark: float = 8.0


LIMITS = Limits()


def with_marks(ink: NDArray[np.uint8], width: int, detections: Detections, layout: Layout) -> Layout:
    """The layout with the points and commas between its digits, and numbers joined that one stands between.

    Args:
        ink: `(h, w) uint8`, bright where something was written.
        width: of the frame in pixels, of which the ink may be a smaller copy.
        detections: the digits, boxes in pixels of the frame.
        layout: their lines and numbers.
    """
    boxes = detections.xyxy * (ink.shape[1] / width)
    marks = np.full(len(detections), "", dtype="<U1")
    number, order, joined = layout.number.copy(), layout.order.tolist(), 0
    for a, b in pairwise(order):
        if layout.line[a] != layout.line[b]:
            joined = 0
            continue
        marks[a] = _between(ink, boxes[a], boxes[b])
        joined += bool(marks[a]) and layout.number[a] != layout.number[b]
        number[b] -= joined
    words: list[dict[int, str]] = [{} for _ in layout.lines]
    for i in order:
        line = words[layout.line[i]]
        line[number[i]] = line.get(number[i], "") + f"{detections.digit[i]}{marks[i]}"
    return replace(layout, number=number, lines=[" ".join(line.values()) for line in words], marks=marks)


def _between(ink: NDArray[np.uint8], a: np.ndarray, b: np.ndarray) -> str:
    """The mark between the digits of two boxes, xyxy in pixels of the ink; "" where there is none."""
    height, foot = max(a[3] - a[1], b[3] - b[1]), max(a[3], b[3])
    level = _level(ink, a, b)
    if b[0] - a[2] > LIMITS.apart * height or level < LIMITS.dark:
        return ""
    x0, y0 = max(0, int(a[0])), max(0, int(min(a[1], b[1])))
    x1, y1 = int(np.ceil(b[2])), int(np.ceil(foot + (LIMITS.below + 0.1) * height))
    part = ink[y0:y1, x0:x1]
    dark = cv2.threshold(part, LIMITS.faint * level, 255, cv2.THRESH_BINARY)[1]
    stats, middles = cv2.connectedComponentsWithStats(dark, connectivity=8)[2:]
    # A box may hold the mark beside its digit: the digit is the largest ink in it.
    left, right = (_largest(stats, middles, box - [x0, y0, x0, y0]) for box in (a, b))
    if left is None or right is None or left == right:
        return ""
    first, second = stats[left], stats[right]
    height = max(first[3], second[3])
    feet = [int(each[1] + each[3]) for each in (first, second) if each[3] > 0.5 * height]
    foot = sum(feet) / len(feet)
    found, most = "", 0
    for i, (x, y, w, h, area) in enumerate(stats.tolist()):
        if i in (0, left, right) or area <= most or y + h >= y1 - y0:
            continue
        inside = x >= first[0] + 0.5 * first[2] and x + w <= second[0] + 0.5 * second[2]
        beside = middles[i][0] >= first[0] + first[2] - LIMITS.over * height
        beside = beside and middles[i][0] <= second[0] + LIMITS.over * height
        seen = max(w, h) >= LIMITS.smallest * height
        low = middles[i][1] >= foot - LIMITS.above * height and y + h <= foot + LIMITS.below * height
        if inside and beside and seen and low:
            most = area
            found = COMMA if h > LIMITS.slender * w else POINT
    return found


def _largest(stats: np.ndarray, middles: np.ndarray, box: np.ndarray) -> int | None:
    """The largest ink whose middle is in a box."""
    x, y = middles[:, 0], middles[:, 1]
    inside = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    inside[0] = False
    return int(np.argmax(np.where(inside, stats[:, 4], 0))) if inside.any() else None


def _level(ink: NDArray[np.uint8], a: np.ndarray, b: np.ndarray) -> float:
    """How dark the strokes of two digits are."""
    parts = [ink[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))].ravel() for x0, y0, x1, y1 in (a, b)]
    both = np.concatenate(parts)
    return float(np.percentile(both, 90)) if both.size else 0.0

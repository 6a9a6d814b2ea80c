"""Detections -> lines and numbers in reading order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from realtime.detections import Detections
from realtime.layout.skew import skew


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        far: Heights of a gap that parts two numbers, however wide the other gaps are.
        drift: Heights by which the centre of a digit may be off its line.
        space: Heights of a gap that parts two numbers where it is 1.5 times as wide as the usual gap of the
            line or page.
        narrow_space: Heights of a gap that parts two numbers where it is 2.2 times as wide as the usual gap.
    """

    far: float = 1.8
    drift: float = 0.55
    space: float = 0.75
    narrow_space: float = 0.38


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Layout:
    """Where each digit of some `Detections` stands on the sheet.

    Attributes:
        line: `(n,) int64`, the line of each digit, 0 at the top.
        number: `(n,) int64`, the number within its line that a digit belongs to, 0 at the left.
        order: `(n,) int64`, indices of the digits in reading order.
        lines: the text of each line from top to bottom, a space between two numbers: `["0522 1859", "7"]`.
        fits: `(n,) bool`, whether the number of each digit is of the form that is expected; None where none is.
        sure: `(n,) float32`, the probability that all digits of this number are right; None where no form is expected.
        marks: `(n,) str`, the decimal point or comma behind each digit, or ""; None where they are not looked for.
    """

    line: np.ndarray
    number: np.ndarray
    order: np.ndarray
    lines: list[str]
    fits: np.ndarray | None = None
    sure: np.ndarray | None = None
    marks: np.ndarray | None = None


def arrange(detections: Detections) -> Layout:
    """Group digits into lines, which may be tilted or wavy, and lines into numbers."""
    n = len(detections)
    line, number = np.zeros(n, np.int64), np.zeros(n, np.int64)
    if n == 0:
        return Layout(line, number, np.zeros(0, np.int64), [])
    boxes = detections.xyxy.astype(np.float64)
    height = np.maximum(boxes[:, 3] - boxes[:, 1], 1)
    # A flat stroke or a 1 is no measure of the writing: its neighbours are.
    size = np.maximum(height, 0.6 * np.median(height))
    center = np.stack([boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]], axis=1) / 2
    level = _upright(center, boxes)
    texts: list[str] = []
    order: list[int] = []
    rows = _rows(level, size)
    gaps = [_gaps(boxes[row], size[row]) for row in rows]
    usual = float(np.median(np.concatenate(gaps))) if n > len(rows) else 0.0
    for i, (row, gap) in enumerate(zip(rows, gaps, strict=True)):
        line[row] = i
        number[row] = _numbers(gap, usual)
        order.extend(row)
        words = [""] * (int(number[row].max()) + 1)
        for k in row:
            words[number[k]] += str(detections.digit[k])
        texts.append(" ".join(words))
    return Layout(line, number, np.array(order, np.int64), texts)


def subset(detections: Detections, layout: Layout, kept: np.ndarray) -> Layout:
    """The layout of those digits that a mask `(n,) bool` keeps; what was said of their numbers still holds."""
    rest = arrange(detections[kept])
    if layout.fits is None or layout.sure is None:
        return rest
    return replace(rest, fits=layout.fits[kept], sure=layout.sure[kept])


def _upright(center: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Centres turned so that the lines lie level: `(n, 2)`."""
    angle, _ = skew(boxes)
    cos, sin = np.cos(angle), np.sin(angle)
    return center @ np.array([[cos, -sin], [sin, cos]])


def _rows(level: np.ndarray, size: np.ndarray) -> list[list[int]]:
    """Indices of each row's digits from left to right, rows from top to bottom."""
    rows: list[list[int]] = []
    x, y, heights = level[:, 0].tolist(), level[:, 1].tolist(), size.tolist()
    for i in np.argsort(level[:, 0], kind="stable").tolist():
        best, least = None, LIMITS.drift
        for row in rows:
            last = row[-1]
            guesses = [y[last]]
            if len(row) > 1:
                before = row[-2]
                slope = (y[last] - y[before]) / max(x[last] - x[before], heights[last] / 2)
                guesses += [(y[last] + y[before]) / 2, y[last] + slope * min(x[i] - x[last], 2 * heights[last])]
            off = min(abs(y[i] - guess) for guess in guesses) / max(heights[i], heights[last])
            if off < least:
                best, least = row, off
        if best is None:
            rows.append([i])
        else:
            best.append(i)
    rows.sort(key=lambda row: sum(y[i] for i in row) / len(row))
    return rows


def _gaps(boxes: np.ndarray, size: np.ndarray) -> np.ndarray:
    """The gaps between the digits of a row, given from left to right, in heights."""
    return (boxes[1:, 0] - np.maximum.accumulate(boxes[:, 2])[:-1]) / np.median(size)


def _numbers(gap: np.ndarray, usual: float) -> np.ndarray:
    """The number that each digit of a row belongs to, by the gaps between them and the usual one of all rows."""
    # Of a few single digits the usual gap is a space.
    usual = max(min(float(np.median(gap)), usual), 0.0) if len(gap) else 0.0
    apart = (
        (gap > LIMITS.far)
        | (gap > LIMITS.space) & (gap > 1.5 * usual)
        | (gap > LIMITS.narrow_space) & (gap > 2.2 * usual)
    )
    return np.concatenate([[0], np.cumsum(apart)]).astype(np.int64)

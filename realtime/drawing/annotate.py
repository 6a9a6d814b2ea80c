"""Draws what was read on a frame: a box and a label a digit, the reading large at the edge of the picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np

from realtime.boxes import clipped
from realtime.detections import Detections
from realtime.drawing.primitives import (
    BLUE,
    GREY,
    NIGHT,
    ORANGE,
    WHITE,
    Color,
    fill_rounded,
    put_plate,
    put_text,
    text_width,
)
from realtime.recognition.layout import Layout

SURE = 0.9
"""From this confidence on a digit is drawn in full; below it in orange, with its percentage, and paler."""

_LABEL = 0.025, 0.044
"""Smallest and largest height of a label as parts of the frame's shorter side."""
_LABEL_WIDTH = 0.8
"""Width of a label as part of its height, about."""
_MIN_LABEL = 13
"""No label is lower than so many pixels."""
_CAPTION_HEIGHTS = (0.085, 0.065, 0.05, 0.038)
"""Heights of the caption's digits as parts of the frame's shorter side, tried in turn until no digit is covered."""
_BETWEEN = " / "
"""Stands between two lines that share a row of the caption."""


def annotate(
    frame: np.ndarray,
    detections: Detections,
    layout: Layout | None = None,
    *,
    caption: Sequence[str] | None = None,
    settled: bool = True,
    numbers: bool = False,
) -> np.ndarray:
    """Draw the digits of one frame.

    Args:
        frame: `(H, W, 3) uint8` BGR; left as it is.
        detections: the digits, boxes in pixels of this frame; of those that reach beyond it the part within is drawn.
        layout: their lines and numbers; needed for `numbers`.
        caption: the reading to write large, one string a line; the lines of the layout where it is left out.
        settled: False writes the caption greyed: it may still change.
        numbers: also frame each number and write each row's place in the reading order before it.

    Returns:
        A new `(H, W, 3) uint8` BGR picture.

    Example:
        >>> detections = recognizer(frame)
        >>> picture = annotate(frame, detections, arrange(detections))
    """
    picture = frame.copy()
    boxes = clipped(detections.xyxy, (frame.shape[1], frame.shape[0]))
    shown = np.all(boxes[:, 2:] > boxes[:, :2], axis=1)
    detections = replace(detections, xyxy=boxes)[shown]
    if numbers and layout is not None:
        _draw_numbers(picture, detections, layout.line[shown], layout.number[shown])
    occupied = detections.xyxy
    if len(detections):
        _draw_boxes(picture, detections)
        occupied = np.concatenate([occupied, _draw_labels(picture, detections)])
    if caption is None:
        caption = layout.lines if layout is not None else []
    if caption:
        _draw_caption(picture, caption, settled, occupied)
    return picture


def _color(confidence: float) -> Color:
    return BLUE if confidence >= SURE else ORANGE


def _opacity(confidence: float) -> float:
    """1 where sure; below that falling with the confidence, in steps, so that labels can be kept."""
    return 1.0 if confidence >= SURE else 0.7 + 0.05 * int(max(0.0, confidence - 0.5) * 10)


def _draw_boxes(picture: np.ndarray, detections: Detections) -> None:
    height, width = picture.shape[:2]
    thickness = max(1, round(min(height, width) / 320))
    gap = 1 + thickness
    for (x1, y1, x2, y2), _, confidence in detections:
        x1, y1, x2, y2 = int(x1) - gap, int(y1) - gap, int(x2) - 1 + gap, int(y2) - 1 + gap
        opacity = _opacity(confidence)
        if opacity == 1:
            cv2.rectangle(picture, (x1, y1), (x2, y2), BLUE, thickness)
            continue
        left, top = max(0, x1 - thickness), max(0, y1 - thickness)
        under = picture[top : y2 + thickness + 1, left : x2 + thickness + 1]
        over = under.copy()
        cv2.rectangle(over, (x1 - left, y1 - top), (x2 - left, y2 - top), ORANGE, thickness)
        cv2.addWeighted(over, opacity, under, 1 - opacity, 0, dst=under)


def _draw_labels(picture: np.ndarray, detections: Detections) -> np.ndarray:
    """Returns the `(n, 4)` boxes of the labels."""
    height, width = picture.shape[:2]
    confidences = detections.confidence.tolist()
    texts = [
        (str(digit), "" if confidence >= SURE else f"{int(confidence * 100)}%") for _, digit, confidence in detections
    ]
    opacities = [_opacity(confidence) for confidence in confidences]
    size = _label_height(detections.xyxy, min(height, width))
    labels = [
        _label(*text, size, _color(confidence), opacity)
        for text, opacity, confidence in zip(texts, opacities, confidences, strict=True)
    ]
    sizes = np.array([label[0].shape[1::-1] for label in labels])
    places = place_labels(detections.xyxy, sizes, width, height)
    for label, (x, y) in zip(labels, places.tolist(), strict=True):
        _paste(picture, label, x, y)
    return np.concatenate([places, places + sizes], axis=1)


def _label_height(xyxy: np.ndarray, unit: int) -> int:
    """Height of all labels in pixels: as large as the digits leave room for, so that it changes as smoothly as they do.

    Args:
        xyxy: `(n, 4)` boxes of the digits.
        unit: the shorter side of the frame.
    """
    x1, y1, x2, y2 = xyxy.T.astype(np.float64)
    height = float(np.median(y2 - y1))
    smallest, largest = (part * unit * float(np.clip(height / (0.15 * unit), 1, 1.8)) for part in _LABEL)
    x, y = (x1 + x2) / 2, (y1 + y2) / 2
    right, down = x - x[:, None], y - y[:, None]
    # From the middle of a digit to that of the next in its row, and from its top to what stands above.
    aside = np.where((right > 0) & (np.abs(down) < height / 2), right, np.inf).min(axis=1)
    over = (down < -height / 2) & (np.minimum(x2, x2[:, None]) > np.maximum(x1, x1[:, None]))
    above = np.where(over, y1[:, None] - y2, np.inf).min(axis=1)
    room = min(np.percentile(aside, 10, method="lower") / _LABEL_WIDTH, np.percentile(above, 10, method="lower") - 4)
    return max(_MIN_LABEL, round(min(max(room, smallest), largest)))


def place_labels(xyxy: np.ndarray, sizes: np.ndarray, width: int, height: int) -> np.ndarray:
    """Where each label stands: above its digit, or else below, right or left of it, wherever it covers least.

    Args:
        xyxy: `(n, 4)` boxes of the digits.
        sizes: `(n, 2)` width and height of the labels.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Returns:
        `(n, 2) int` left and top of the labels.
    """
    gap = max(2, round(min(height, width) / 160))
    x1, y1, x2, y2 = (xyxy[:, i].astype(np.int64) for i in range(4))
    w, h = sizes[:, 0], sizes[:, 1]
    middle, centre = (x1 + x2 - w) // 2, (y1 + y2 - h) // 2
    left = np.stack([middle, middle, x2 + gap, x1 - gap - w], axis=1)
    top = np.stack([y1 - gap - h, y2 + gap, centre, centre], axis=1)
    # A label moves in from the picture's edge, even onto its digit: it then covers that, and another place is better.
    left = np.clip(left, 0, np.maximum(width - w, 0)[:, None])
    top = np.clip(top, 0, np.maximum(height - h, 0)[:, None])
    places = np.stack([left, top, left + w[:, None], top + h[:, None]], axis=2)
    boxes = np.stack([x1, y1, x2, y2], axis=1)
    cost = _overlap(places.reshape(-1, 4), boxes).reshape(len(boxes), 4, -1).sum(axis=2).astype(np.float64)
    # Beside its digit a label looks like one more digit of the row.
    cost += np.array([0.0, 0.15, 0.4, 0.42]) * (w * h)[:, None]
    taken = places[np.arange(len(boxes)), cost.argmin(axis=1)]
    clashes = np.triu(_overlap(taken, taken), 1)
    for i in np.flatnonzero(clashes.any(axis=0)):
        others = _overlap(places[i], np.delete(taken, i, axis=0)).sum(axis=1)
        taken[i] = places[i, (cost[i] + others).argmin()]
    return taken[:, :2]


def _overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """`(n, m)` areas in square pixels that boxes `a (n, 4)` and `b (m, 4)` share."""
    w = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    h = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    return np.maximum(w, 0) * np.maximum(h, 0)


@lru_cache(maxsize=2048)
def _label(digit: str, percent: str, size: int, color: Color, opacity: float) -> tuple[np.ndarray, np.ndarray]:
    """A label: its colours weighted with its opacity, and the share of the picture left, both `(h, w, 3) uint8`."""
    digit_height, percent_height = round(size * 0.66), max(8, round(size * 0.4))
    pad = max(2, round(size * 0.14))
    digit_width = text_width(digit, digit_height)
    width = digit_width + 2 * pad
    if percent:
        width += pad // 2 + text_width(percent, percent_height)
    text = np.zeros((size, width, 3), np.uint8)
    baseline = (size + digit_height) // 2
    put_text(text, digit, pad, baseline, digit_height)
    if percent:
        put_text(text, percent, pad + digit_width + pad // 2, baseline, percent_height)
    shape = np.zeros((size, width), np.uint8)
    fill_rounded(shape, (0, 0, width, size), size // 5, (255, 255, 255))
    face = np.maximum(text, np.array(color, np.uint8))
    alpha = np.maximum(cv2.merge([shape] * 3).astype(np.float32) * opacity, text)  # the plate pales, the text does not
    return np.rint(face * (alpha / 255)).astype(np.uint8), np.rint(255 - alpha).astype(np.uint8)


def _paste(picture: np.ndarray, label: tuple[np.ndarray, np.ndarray], x: int, y: int) -> None:
    face, rest = label
    height, width = picture.shape[:2]
    h, w = min(face.shape[0], height - y), min(face.shape[1], width - x)
    under = picture[y : y + h, x : x + w]
    cv2.add(cv2.multiply(under, rest[:h, :w], scale=1 / 255), face[:h, :w], dst=under)


def _draw_numbers(picture: np.ndarray, detections: Detections, line: np.ndarray, number: np.ndarray) -> None:
    """A frame around each number, and the place of each row in the reading order at its left end."""
    unit = min(picture.shape[:2])
    thickness, size = max(2, round(unit / 280)), max(11, round(unit * 0.022))
    for row, group in sorted(set(zip(line.tolist(), number.tolist(), strict=True))):
        corners = _around(detections.xyxy[(line == row) & (number == group)], unit / 80)
        # Dark with a light core: seen on every paper, and no colour that means something else.
        cv2.polylines(picture, [corners], True, NIGHT, 2 * thickness, cv2.LINE_AA)
        cv2.polylines(picture, [corners], True, WHITE, thickness // 2, cv2.LINE_AA)
    for row in np.unique(line).tolist():
        xyxy = detections.xyxy[line == row]
        x1, y1, _, y2 = xyxy[xyxy[:, 0].argmin()].tolist()
        text = str(row + 1)
        w = text_width(text, size) + size
        x, y = max(0, x1 - w - unit // 35), (y1 + y2) // 2 - size
        put_plate(picture, (x, y, x + w, y + 2 * size), NIGHT, 0.9)
        put_text(picture, text, x + size // 2, y + size + size // 2, size)


def _around(xyxy: np.ndarray, margin: float) -> np.ndarray:
    """`(4, 2) int32` corners of the rectangle around boxes; tilted only where that makes it much smaller."""
    left, top = xyxy[:, :2].min(axis=0) - margin
    right, bottom = xyxy[:, 2:].max(axis=0) + margin
    points = np.concatenate([xyxy[:, [0, 1]], xyxy[:, [0, 3]], xyxy[:, [2, 1]], xyxy[:, [2, 3]]]).astype(np.float32)
    center, (w, h), angle = cv2.minAreaRect(points)
    w, h = w + 2 * margin, h + 2 * margin
    if w * h < 0.8 * (right - left) * (bottom - top):
        return np.rint(cv2.boxPoints((center, (w, h), angle))).astype(np.int32)
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]]).astype(np.int32)


def _draw_caption(picture: np.ndarray, lines: Sequence[str], settled: bool, occupied: np.ndarray) -> None:
    """The reading on a plate at the bottom, or at the top, or smaller, where that covers less of what was read."""
    height, width = picture.shape[:2]
    margin = max(3, height // 70)
    least = np.inf
    for rows, size in _settings(lines, width, height):
        pad, pitch = round(size * 0.5), round(size * 1.45)
        w = max(_row_width(row, size) for row in rows) + 2 * pad
        h = pitch * (len(rows) - 1) + size + 2 * pad
        left = (width - w) // 2
        for top in (height - margin - h, margin):
            covered = _overlap(np.array([[left, top, left + w, top + h]]), occupied).sum()
            if covered < least:
                least, best = covered, (left, top, w, h, rows, size, pad, pitch)
        if least == 0:
            break
    left, top, w, h, rows, size, pad, pitch = best
    put_plate(picture, (left, top, left + w, top + h), opacity=0.8)
    for i, row in enumerate(rows):
        x, y = (width - _row_width(row, size)) // 2, top + pad + size + i * pitch
        for k, line in enumerate(row.split(_BETWEEN)):
            if k:
                put_text(picture, _BETWEEN, x, y, size, GREY)
                x += text_width(_BETWEEN, size)
            put_text(picture, line, x, y, size, WHITE if settled else GREY)
            x += text_width(line, size)


def _settings(lines: Sequence[str], width: int, height: int) -> Iterator[tuple[list[str], int]]:
    """Ways to set the lines, the largest first: `(rows, height of a digit in pixels)`. There is always one."""
    widest, highest = round(width * 0.92), round(height * 0.22)
    size, any_fit = 0, False
    for part in _CAPTION_HEIGHTS:
        size = max(10, round(part * min(height, width)))
        for rows in (list(lines), _flow(lines, widest, size)):
            if len(rows) * 1.45 * size <= highest and all(_row_width(row, size) <= widest for row in rows):
                any_fit = True
                yield rows, size
    if not any_fit:
        rows = _flow(lines, widest, size)
        most = max(1, int(highest / (1.45 * size)))
        if len(rows) > most:
            rows = [*rows[: most - 1], rows[most - 1] + " ..."]
        while size > 5 and any(_row_width(row, size) > widest for row in rows):
            size -= 1
        yield rows, size


def _row_width(row: str, size: int) -> int:
    """Width in pixels of a row of the caption, which is written piece by piece."""
    lines = row.split(_BETWEEN)
    return sum(text_width(line, size) for line in lines) + (len(lines) - 1) * text_width(_BETWEEN, size)


def _flow(lines: Sequence[str], width: int, size: int) -> list[str]:
    """The lines set on one after another, as many in a row as fit."""
    rows: list[str] = []
    for line in lines:
        if rows and _row_width(rows[-1] + _BETWEEN + line, size) <= width:
            rows[-1] += _BETWEEN + line
        else:
            rows.append(line)
    return rows

"""Draws what was read on a frame: a box and a label a digit, and the reading large; no digit is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.boxes import clipped
from realtime.detections import Detections
from realtime.drawing.caption import draw_caption
from realtime.drawing.free_space import FreeSpace
from realtime.drawing.labels import color_of, draw_labels, opacity_of
from realtime.drawing.primitives import NIGHT, WHITE, put_plate, put_text, text_width
from realtime.layout.arrange import Layout


def annotate(
    frame: NDArray[np.uint8],
    detections: Detections,
    layout: Layout | None = None,
    *,
    caption: Sequence[str] | None = None,
    settled: bool = True,
    numbers: bool = False,
) -> NDArray[np.uint8]:
    """Draw the digits of one frame.

    Args:
        frame: `(H, W, 3) uint8` BGR; left as it is.
        detections: the digits, boxes in pixels of this frame; of those that reach beyond it the part within is drawn.
        layout: their lines and numbers; needed for `numbers`. Where a form is expected, digits of numbers that do not
            fit it are purple.
        caption: the reading to write large, one string a line; the lines of the layout where it is left out. Where
            it would hide a digit wherever it stood, it is not written.
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
    space = FreeSpace(detections.xyxy, frame.shape[1], frame.shape[0])
    if numbers and layout is not None:
        _draw_numbers(picture, detections, layout.line[shown], layout.number[shown], space)
    labels = np.zeros((0, 4), np.int64)
    fits = np.ones(len(detections), bool) if layout is None or layout.fits is None else layout.fits[shown]
    if len(detections):
        draw_boxes(picture, detections, fits)
        labels = draw_labels(picture, detections, fits, space)
    if caption is None:
        caption = layout.lines if layout is not None else []
    if caption:
        draw_caption(picture, caption, settled, space, labels)
    return picture


def draw_boxes(picture: NDArray[np.uint8], detections: Detections, fits: NDArray[np.bool_]) -> None:
    """Frame each digit on a `(H, W, 3) uint8` BGR picture, in place; for `fits` see `labels.color_of`."""
    height, width = picture.shape[:2]
    thickness = max(1, round(min(height, width) / 320))
    gap = 1 + thickness
    for ((x1, y1, x2, y2), _, confidence), fitting in zip(detections, fits.tolist(), strict=True):
        x1, y1, x2, y2 = int(x1) - gap, int(y1) - gap, int(x2) - 1 + gap, int(y2) - 1 + gap
        opacity, color = opacity_of(confidence), color_of(confidence, fitting)
        if opacity == 1:
            cv2.rectangle(picture, (x1, y1), (x2, y2), color, thickness)
            continue
        left, top = max(0, x1 - thickness), max(0, y1 - thickness)
        under = picture[top : y2 + thickness + 1, left : x2 + thickness + 1]
        over = under.copy()
        cv2.rectangle(over, (x1 - left, y1 - top), (x2 - left, y2 - top), color, thickness)
        cv2.addWeighted(over, opacity, under, 1 - opacity, 0, dst=under)


def _draw_numbers(
    picture: NDArray[np.uint8],
    detections: Detections,
    line: NDArray[np.integer],
    number: NDArray[np.integer],
    space: FreeSpace,
) -> None:
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
        right, away = int(xyxy[:, 2].max()), unit // 35
        y = (y1 + y2) // 2 - size
        places = np.array([(x, y, x + w, y + 2 * size) for x in (x1 - w - away, max(0, x1 - w - away), right + away)])
        for x, *_ in places[space.free(places)][:1].tolist():
            put_plate(picture, (x, y, x + w, y + 2 * size), NIGHT, 0.9)
            put_text(picture, text, x + size // 2, y + size + size // 2, size)


def _around(xyxy: NDArray[np.number], margin: float) -> NDArray[np.int32]:
    """`(4, 2) int32` corners of the rectangle around boxes; tilted only where that makes it much smaller."""
    left, top = xyxy[:, :2].min(axis=0) - margin
    right, bottom = xyxy[:, 2:].max(axis=0) + margin
    points = np.concatenate([xyxy[:, [0, 1]], xyxy[:, [0, 3]], xyxy[:, [2, 1]], xyxy[:, [2, 3]]]).astype(np.float32)
    center, (w, h), angle = cv2.minAreaRect(points)
    w, h = w + 2 * margin, h + 2 * margin
    if w * h < 0.8 * (right - left) * (bottom - top):
        corners = np.asarray(cv2.boxPoints((center, (w, h), angle)))
        return np.asarray(np.rint(corners), np.int32)
    return np.asarray([[left, top], [right, top], [right, bottom], [left, bottom]]).astype(np.int32)

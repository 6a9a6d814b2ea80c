"""What the window lays over or beside the picture: note, help, and the view into the recogniser."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT
from realtime.drawing.labels import SURE
from realtime.drawing.primitives import BLUE, GREY, NIGHT, ORANGE, WHITE, Color, put_plate, put_text, text_width
from realtime.layout.arrange import arrange
from realtime.recognition.trace import Trace

_CELL = 30, 88
"""Smallest and largest side of a crop in the debug view, in pixels."""

_WHY = "digit", "not sure", "no digit"  # by `Trace.fate`
_HALF = 128  # of 255: from here on ink is shown as a digit's


def put_note(image: NDArray[np.uint8], text: str, color: Color = NIGHT, *, low: bool = False) -> None:
    """Write `text` on a plate across the upper or the lower part of `image`, in place, in as many rows as it needs."""
    height, width = image.shape[:2]
    size = round(_text_size(image) * 1.4)
    rows = _wrap(text, round(width * 0.86), size)
    pitch = round(size * 1.7)
    w = max(text_width(row, size) for row in rows) + 2 * size
    x, y = (width - w) // 2, round(height * 0.12)
    if low:
        y = height - y // 2 - pitch * len(rows) - size
    put_plate(image, (x, y, x + w, y + pitch * len(rows) + size), color, 0.9)
    for i, row in enumerate(rows):
        put_text(image, row, (width - text_width(row, size)) // 2, y + pitch * (i + 1), size)


def put_recording(image: NDArray[np.uint8]) -> None:
    """A dot and "REC" in the upper right corner of `image`, in place."""
    size = round(_text_size(image) * 1.2)
    x, y = image.shape[1] - text_width("REC", size) - 4 * size, size
    put_plate(image, (x, y // 2, image.shape[1] - size // 2, y + 2 * size), opacity=0.65)
    cv2.circle(image, (x + size, y + round(size * 0.8)), round(size * 0.55), ORANGE, cv2.FILLED, cv2.LINE_AA)
    put_text(image, "REC", x + 2 * size, y + round(size * 1.3), size)


def put_chosen(image: NDArray[np.uint8], xyxy: Sequence[int]) -> None:
    """Mark the one digit at `xyxy` as the one that is spoken of, in place: seen on every paper."""
    x1, y1, x2, y2 = xyxy
    thickness = max(2, round(min(image.shape[:2]) / 200))
    gap = 2 * thickness
    corners = (x1 - gap, y1 - gap), (x2 + gap, y2 + gap)
    cv2.rectangle(image, *corners, NIGHT, 3 * thickness)
    cv2.rectangle(image, *corners, WHITE, thickness)


def put_help(image: NDArray[np.uint8], keys: Sequence[tuple[str, str]]) -> None:
    """Lay a panel of `(key, what it does)` over the middle of `image`, in place."""
    height, width = image.shape[:2]
    size = round(_text_size(image) * 1.35)
    while True:
        pitch = round(size * 2.1)
        first = max(text_width(key, size) for key, _ in keys) + 2 * size
        w = first + max(text_width(what, size) for _, what in keys) + 3 * size
        h = pitch * len(keys) + 2 * size
        if size <= 6 or (w <= width * 0.96 and h <= height * 0.96):
            break
        size -= 1
    x, y = (width - w) // 2, (height - h) // 2
    put_plate(image, (x, y, x + w, y + h), opacity=0.94)
    for i, (key, what) in enumerate(keys):
        bottom = y + 2 * size + i * pitch + size // 3
        put_text(image, key, x + size + (first - 2 * size - text_width(key, size)) // 2, bottom, size, WHITE)
        put_text(image, what, x + first + size, bottom, size, GREY)


def put_glyphs(
    image: NDArray[np.uint8], trace: Trace, scale: float = 1.0, corner: tuple[float, float] = (0, 0)
) -> None:
    """Frame grey the glyphs that were turned down, in place, and say why.

    Args:
        image: a part of the frame, `scale` pixels of it to one of the frame's.
        trace: of the frame.
        scale: see `image`.
        corner: left and top of the part, in pixels of the frame.
    """
    size = max(9, round(0.7 * _text_size(image)))
    turned_down = np.flatnonzero(~_is_digit(trace))
    boxes = np.rint((trace.boxes[turned_down] - np.tile(corner, 2)) * scale).astype(int)
    for k, (x1, y1, x2, y2) in zip(turned_down.tolist(), boxes.tolist(), strict=True):
        cv2.rectangle(image, (x1 - 1, y1 - 1), (x2, y2), GREY, 1)
        if x2 - x1 >= size and len(trace.fate):
            put_text(image, _WHY[int(trace.fate[k])], x1, y1 - 3, size, GREY)


def debug_panel(trace: Trace, width: int, height: int) -> NDArray[np.uint8]:
    """The ink, what the ink network calls a digit's in blue, and below it the 28x28 crops, each with its answer.

    The digits come first, in reading order and framed in blue or orange as in the picture; then what was turned down,
    framed grey, the likeliest first. What finds no room is left out.

    Returns:
        `(height, width, 3) uint8` BGR.
    """
    panel = np.full((height, width, 3), NIGHT, np.uint8)
    digit = _is_digit(trace)
    size = _text_size(panel)
    ink = _fit(_mapped(trace), width, round(height * 0.42))
    left = (width - ink.shape[1]) // 2
    panel[: ink.shape[0], left : left + ink.shape[1]] = ink
    top = ink.shape[0] + round(size * 2.4)
    text = f"ink, a digit's in blue; {len(digit)} glyphs, {digit.sum()} of them digits"
    put_text(panel, text, size, top - round(size * 0.7), size, GREY)
    index = {tuple(box): i for i, box in enumerate(trace.boxes.tolist())}
    order = [index[tuple(box)] for box in trace.detections.xyxy[arrange(trace.detections).order].tolist()]
    others = np.flatnonzero(~digit)
    order += others[trace.probabilities[others, NOT_A_DIGIT].argsort(kind="stable")].tolist()
    _put_crops(panel[top:], trace, order, digit)
    return panel


def _mapped(trace: Trace) -> NDArray[np.uint8]:
    """The ink, `(h, w, 3) uint8` BGR, in blue where the ink network calls it a digit's."""
    ink = np.asarray(cv2.cvtColor(trace.ink, cv2.COLOR_GRAY2BGR), np.uint8)
    if trace.digit_ink.shape != trace.ink.shape:
        return ink
    b, g, r = BLUE
    blue = cv2.multiply(ink, (b / 255, g / 255, r / 255, 0.0))
    return np.asarray(np.where((trace.digit_ink >= _HALF)[..., None], cv2.add(blue, blue), ink), np.uint8)


def _is_digit(trace: Trace) -> NDArray[np.bool_]:
    """`(m,) bool`: which glyphs were read as digits."""
    read = {tuple(box) for box in trace.detections.xyxy.tolist()}
    return np.array([tuple(box) in read for box in trace.boxes.tolist()], bool)


def _put_crops(area: NDArray[np.uint8], trace: Trace, order: list[int], digit: NDArray[np.bool_]) -> None:
    height, width = area.shape[:2]
    cell = _CELL[1]
    while cell > _CELL[0] and (width // cell) * (height // round(cell * 1.35)) < len(order):
        cell -= 1
    columns, pitch = max(1, width // cell), round(cell * 1.35)
    for place, i in enumerate(order[: columns * (height // pitch)]):
        y, x = place // columns * pitch, place % columns * cell
        likeliest = int(trace.probabilities[i].argmax())
        confidence = float(trace.probabilities[i, likeliest])
        frame = (BLUE if confidence >= SURE else ORANGE) if digit[i] else GREY
        inner = cell - 6
        crop = cv2.resize((trace.crops[i] * 255).astype(np.uint8), (inner, inner), interpolation=cv2.INTER_NEAREST)
        area[y + 3 : y + 3 + inner, x + 3 : x + 3 + inner] = crop[..., None]
        cv2.rectangle(area, (x + 2, y + 2), (x + 3 + inner, y + 3 + inner), frame, 2 if digit[i] else 1)
        answer, percent = "no" if likeliest == NOT_A_DIGIT else str(likeliest), f"{int(confidence * 100)}%"
        size, small = max(9, cell // 5), max(6, cell // 9)
        put_text(area, answer, x + 3, y + cell + size, size, WHITE if digit[i] else GREY)
        if cell >= 44:
            put_text(area, percent, x + cell - 4 - text_width(percent, small), y + cell + size, small, GREY)


def _fit(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    scale = min(width / image.shape[1], height / image.shape[0])
    size = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(image, size, interpolation=how), np.uint8)


def _text_size(image: NDArray[np.uint8]) -> int:
    return max(8, round(float(min(image.shape[:2])) / 55))


def _wrap(text: str, width: int, size: int) -> list[str]:
    rows: list[str] = []
    for word in text.split():
        if rows and text_width(f"{rows[-1]} {word}", size) <= width:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows or [""]

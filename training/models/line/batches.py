"""Rows -> batches to learn from: redrawn a little, brought to one width, with what is to be answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.recognition.line_picture import HEIGHT, STRIDE
from training.models.line.rows import WIDEST, Rows

_ALIKE = 8  # batches are cut from so many times their size, sorted by width
_STEP = 16  # widths are brought to multiples of this
_BEND = (1.2, 1.4)  # pixels that places are moved by, across and down
_OPEN = 1.6  # columns around a digit's middle where neither it nor "no digit" is asked for


@dataclass(frozen=True, eq=False)
class Batch:
    """Rows of about one width.

    Attributes:
        pictures: `(n, HEIGHT, w, 1) float32`, ink 1, paper 0.
        texts: `(n, longest) int32`, the digits, -1 behind them.
        columns: `(n, w / STRIDE) int32`, the class asked for in each column, -1 where none is.
        boxes: `(n, w / STRIDE, 4) float32`, how far ink reaches, where `columns` names a digit.
    """

    pictures: np.ndarray
    texts: np.ndarray
    columns: np.ndarray
    boxes: np.ndarray


def batches(rows: Rows, size: int, rng: np.random.Generator, redraw: bool = True) -> Iterator[Batch]:
    """All rows once, in an order by chance.

    Args:
        rows: to learn from.
        size: rows of a batch; the last one of a group may be smaller.
        rng: chance.
        redraw: whether rows are scaled, slanted, shifted, faded and made noisy.
    """
    order = rng.permutation(len(rows.texts))
    for start in range(0, len(order), size * _ALIKE):
        group = order[start : start + size * _ALIKE]
        group = group[np.argsort([rows.pictures[k].shape[1] for k in group], kind="stable")]
        parts = [group[k : k + size] for k in range(0, len(group), size)]
        for k in rng.permutation(len(parts)):
            rows_of_part = [(rows.pictures[j], rows.texts[j], rows.boxes[j]) for j in parts[k]]
            yield _batch([_redrawn(*row, rng) if redraw else row for row in rows_of_part])


def _redrawn(
    picture: np.ndarray, text: str, boxes: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, str, np.ndarray]:
    sx, sy = np.exp(rng.normal(0, 0.1)), np.exp(rng.uniform(-0.2, 0.1))
    w = int(np.clip(picture.shape[1] * sx, 16, WIDEST))
    w += -w % STRIDE
    sx = w / picture.shape[1]
    if w < 5 * len(text):
        return picture, text, boxes
    room = HEIGHT * (1 - sy)
    shear = rng.normal(0, 0.06)
    dy = room * rng.uniform(0, 1) if room > 0 else room / 2
    bend = _field(rng, w)
    x, y = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(HEIGHT, dtype=np.float32))
    back_y = (y - np.float32(dy)) / np.float32(sy) + bend[1]
    back_x = (x + np.float32(shear) * (y - HEIGHT / 2)) / np.float32(sx) + bend[0]
    out = cv2.remap(picture, back_x, back_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = boxes.copy()
    middle = boxes[:, [1, 3]].mean(axis=1, keepdims=True)
    moved[:, [0, 2]] = boxes[:, [0, 2]] * sx + shear * (HEIGHT / 2 - middle)
    moved[:, [1, 3]] = np.clip(boxes[:, [1, 3]] * sy + dy, 0, HEIGHT)
    gain = np.exp(rng.uniform(-0.5, 0.15))
    value = out.astype(np.float32) * gain
    if rng.random() < 0.3:
        value = value + rng.standard_normal(out.shape, dtype=np.float32) * rng.uniform(0, 16)
    return np.clip(value, 0, 255).astype(np.uint8), text, moved


def _field(rng: np.random.Generator, w: int) -> list[np.ndarray]:
    """How far every place is moved across and down: `(HEIGHT, w) float32` each, smooth, a pixel or two."""
    knots = 5, max(3, w // 14)
    return [
        cv2.resize(rng.normal(0, amount, knots).astype(np.float32), (w, HEIGHT), interpolation=cv2.INTER_CUBIC)
        for amount in _BEND
    ]


def _batch(rows: list[tuple[np.ndarray, str, np.ndarray]]) -> Batch:
    n, longest = len(rows), max(1, max(len(text) for _, text, _ in rows))
    w = max(picture.shape[1] for picture, _, _ in rows)
    w += -w % _STEP
    pictures = np.zeros((n, HEIGHT, w, 1), np.float32)
    texts = np.full((n, longest), -1, np.int32)
    columns = np.full((n, w // STRIDE), NOT_A_DIGIT, np.int32)
    reach = np.zeros((n, w // STRIDE, 4), np.float32)
    at = np.arange(w // STRIDE)
    for k, (picture, text, boxes) in enumerate(rows):
        pictures[k, :, : picture.shape[1], 0] = picture * np.float32(1 / 255)
        texts[k, : len(text)] = [int(digit) for digit in text]
        middles = (boxes[:, 0] + boxes[:, 2]) / 2
        for middle in middles:
            columns[k, np.abs(at + 0.5 - middle / STRIDE) < _OPEN] = -1
        for digit, middle, box in zip(text, middles, boxes, strict=True):
            column = int(np.clip(middle / STRIDE, 0, len(at) - 1))
            columns[k, column] = int(digit)
            x = (column + 0.5) * STRIDE
            reach[k, column] = np.array([x - box[0], HEIGHT / 2 - box[1], box[2] - x, box[3] - HEIGHT / 2]) / HEIGHT
    return Batch(pictures, texts, columns, reach)

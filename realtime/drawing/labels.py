"""The label of each digit: how large, how opaque, and where it covers least."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.boxes import shared_areas
from realtime.detections import Detections
from realtime.drawing.primitives import BLUE, ORANGE, PURPLE, Color, fill_rounded, put_text, text_width

SURE = 0.9
"""From this confidence on a digit is drawn in full; below it in orange, with its percentage, and paler."""

_LABEL = 0.025, 0.044
"""Smallest and largest height of a label as parts of the frame's shorter side."""
_LABEL_WIDTH = 0.8
"""Width of a label as part of its height, about."""
_MIN_LABEL = 13
"""No label is lower than so many pixels."""


def color_of(confidence: float, fits: bool) -> Color:
    """Blue where sure, else orange; purple where the number is not of the form that is expected."""
    return PURPLE if not fits else BLUE if confidence >= SURE else ORANGE


def opacity_of(confidence: float) -> float:
    """1 where sure; below that falling with the confidence, in steps, so that labels can be kept."""
    return 1.0 if confidence >= SURE else 0.7 + 0.05 * int(max(0.0, confidence - 0.5) * 10)


def draw_labels(picture: NDArray[np.uint8], detections: Detections, fits: np.ndarray) -> np.ndarray:
    """Draw a label for each digit; returns the `(n, 4)` boxes of the labels. For `fits` see `color_of`."""
    height, width = picture.shape[:2]
    confidences = detections.confidence.tolist()
    texts = [
        (str(digit), "" if confidence >= SURE else f"{int(confidence * 100)}%") for _, digit, confidence in detections
    ]
    opacities = [opacity_of(confidence) for confidence in confidences]
    size = _label_height(detections.xyxy, min(height, width))
    labels = [
        _label(*text, size, color_of(confidence, fitting), opacity)
        for text, opacity, confidence, fitting in zip(texts, opacities, confidences, fits.tolist(), strict=True)
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
    cost = shared_areas(places.reshape(-1, 4), boxes).reshape(len(boxes), 4, -1).sum(axis=2).astype(np.float64)
    # Beside its digit a label looks like one more digit of the row.
    cost += np.array([0.0, 0.15, 0.4, 0.42]) * (w * h)[:, None]
    taken = places[np.arange(len(boxes)), cost.argmin(axis=1)]
    clashes = np.triu(shared_areas(taken, taken), 1)
    for i in np.flatnonzero(clashes.any(axis=0)):
        others = shared_areas(places[i], np.delete(taken, i, axis=0)).sum(axis=1)
        taken[i] = places[i, (cost[i] + others).argmin()]
    return taken[:, :2]


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


def _paste(picture: NDArray[np.uint8], label: tuple[np.ndarray, np.ndarray], x: int, y: int) -> None:
    face, rest = label
    height, width = picture.shape[:2]
    h, w = min(face.shape[0], height - y), min(face.shape[1], width - x)
    under = picture[y : y + h, x : x + w]
    cv2.add(cv2.multiply(under, rest[:h, :w], scale=1 / 255), face[:h, :w], dst=under)

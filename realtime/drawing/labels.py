"""The label of each digit: how large, how opaque, and where; never on a digit."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.boxes import shared_areas
from realtime.detections import Detections
from realtime.drawing.free_space import FreeSpace
from realtime.drawing.primitives import BLUE, ORANGE, PURPLE, Color, fill_rounded, put_text, text_width

SURE = 0.9
"""From this confidence on a digit is drawn in full; below it in orange, with its percentage, and paler."""

_LABEL = 0.025, 0.044
"""Smallest and largest height of a label as parts of the frame's shorter side."""
_LABEL_WIDTH = 0.8
"""Width of a label as part of its height, about."""
_MIN_LABEL = 13
"""A label that has room is not lower than so many pixels."""
_SMALLER = 1.0, 0.75, 0.55
"""Heights, as parts of its own, that a label without its percentage may have where there is less room."""
_SMALLEST = 9
"""Pixels; a label that is lower cannot be read."""
_PENALTY = 0.06
"""What the next smaller variant of a label costs, beside the costs of the places in `place_labels`."""


def color_of(confidence: float, fits: bool) -> Color:
    """Blue where sure, else orange; purple where the number is not of the form that is expected."""
    return PURPLE if not fits else BLUE if confidence >= SURE else ORANGE


def opacity_of(confidence: float) -> float:
    """1 where sure; below that falling with the confidence, in steps, so that labels can be kept."""
    return 1.0 if confidence >= SURE else 0.7 + 0.05 * int(max(0.0, confidence - 0.5) * 10)


def draw_labels(
    picture: NDArray[np.uint8], detections: Detections, fits: NDArray[np.bool_], space: FreeSpace
) -> NDArray[np.int64]:
    """Draw a label for each digit that has a free place for one.

    Args:
        picture: `(H, W, 3) uint8` BGR, drawn on in place.
        detections: the digits, boxes within the picture.
        fits: `(n,) bool`, see `color_of`.
        space: of these digits.

    Returns:
        `(m, 4) int64` boxes of the labels that were drawn; m is at most n.
    """
    height, width = picture.shape[:2]
    size = _label_height(detections.xyxy, min(height, width))
    labels = []
    for (_, digit, confidence), fitting in zip(detections, fits.tolist(), strict=True):
        percent = "" if confidence >= SURE else f"{int(confidence * 100)}%"
        looks = color_of(confidence, fitting), opacity_of(confidence)
        texts = (percent, 1.0), *(("", part) for part in _SMALLER)
        labels.append([_label(str(digit), text, max(_SMALLEST, round(part * size)), *looks) for text, part in texts])
    sizes = np.array([[label[0].shape[1::-1] for label in variants] for variants in labels])
    variants, boxes = place_labels(detections.xyxy, sizes, space, width, height)
    for choices, variant, (x, y, _, _) in zip(labels, variants.tolist(), boxes.tolist(), strict=True):
        if variant >= 0:
            _paste(picture, choices[variant], x, y)
    return boxes[variants >= 0]


def _label_height(xyxy: NDArray[np.number], unit: int) -> int:
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
    return max(_MIN_LABEL, round(float(min(max(room, smallest), largest))))


def place_labels(
    xyxy: NDArray[np.number], sizes: NDArray[np.integer], space: FreeSpace, width: int, height: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each label stands: above its digit, or else below, right or left of it; never on a digit or a label.

    Args:
        xyxy: `(n, 4)` boxes of the digits.
        sizes: `(n, v, 2)` width and height of each variant of the labels, the best variant first.
        space: of these digits.
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Returns:
        `(n,) int64`, the variant of each label, -1 where there is no place for any; and `(n, 4) int64`, their boxes,
        empty where there is no label.
    """
    gap = max(2, round(min(height, width) / 160))
    x1, y1, x2, y2 = (xyxy[:, i, None].astype(np.int64) for i in range(4))
    w, h = sizes[..., 0].astype(np.int64), sizes[..., 1].astype(np.int64)
    above, below, right, left = y1 - gap - h, y2 + gap + 0 * h, x2 + gap + 0 * w, x1 - gap - w
    middle, centre = (x1 + x2 - w) // 2, (y1 + y2 - h) // 2
    first, last, upper, lower = x1 + 0 * w, x2 - w, y1 + 0 * h, y2 - h
    # Beside its digit a label looks like one more digit of the row.
    ways = (
        (middle, above, 0.0), (first, above, 0.05), (last, above, 0.05), (middle, below, 0.15), (first, below, 0.2),
        (last, below, 0.2), (right, above, 0.8), (left, above, 0.8), (right, below, 0.9), (left, below, 0.9),
        (right, centre, 0.4), (left, centre, 0.42), (right, upper, 0.4), (left, upper, 0.42), (right, lower, 0.45),
        (left, lower, 0.47),
    )  # fmt: skip
    x = np.clip(np.stack([way[0] for way in ways], axis=2), 0, np.maximum(width - w, 0)[..., None])
    y = np.clip(np.stack([way[1] for way in ways], axis=2), 0, np.maximum(height - h, 0)[..., None])
    places = np.stack([x, y, x + w[..., None], y + h[..., None]], axis=3)
    cost = np.array([way[2] for way in ways]) + _PENALTY * np.arange(sizes.shape[1])[:, None]
    costs = np.where(space.free(places), cost, np.inf).reshape(len(xyxy), -1)
    places = places.reshape(len(xyxy), -1, 4)
    best = costs.argmin(axis=1)
    rows = np.arange(len(xyxy))
    best[np.isinf(costs[rows, best])] = -1
    taken = np.where((best >= 0)[:, None], places[rows, best], 0)
    for i in np.flatnonzero(np.triu(shared_areas(taken, taken), 1).any(axis=0)).tolist():
        reach = np.concatenate([places[i, :, :2].min(axis=0), places[i, :, 2:].max(axis=0)])[None]
        taken[i] = 0
        near = taken[shared_areas(reach, taken)[0] > 0]
        open_to_it = np.where(shared_areas(places[i], near).any(axis=1), np.inf, costs[i])
        best[i] = open_to_it.argmin() if np.isfinite(open_to_it).any() else -1
        taken[i] = places[i, best[i]] if best[i] >= 0 else 0
    return np.where(best >= 0, best // len(ways), -1), taken


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

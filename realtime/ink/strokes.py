"""Connected strokes of the frame, thresholded: on clean paper each of them is a digit, cut out whole."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.boxes import overlap

DARK = 28, 90
"""Of 255: a pixel is ink from so much darker than paper on; faint pencil needs the first, shadows the second."""

INKLING = 0.03
"""Mean probability of a body in a stroke's box from which the network believes in it."""

MOST = 100
"""Strokes of a picture that are kept, those that the network believes in most."""

_LARGEST = 6  # strokes that are kept whatever it believes

NEAR = np.ones((3, 3), np.uint8)
"""Reaches the soft edge of a stroke, which is darker than paper too."""

_SAME = 0.9  # shared area over both: two thresholds have found the same stroke
_HOLE = 2  # pixels: a thinner stroke is noise


def strokes(gray: np.ndarray, body: np.ndarray, least: float, most: float) -> tuple[np.ndarray, list[np.ndarray]]:
    """The connected strokes of a picture.

    Args:
        gray: `(h, w) uint8`, its light taken out.
        body: `(h / 2, w / 2) uint8`, 255 times how likely each pixel lies in a digit's body.
        least: longer side of a stroke in pixels, at least.
        most: and at most.

    Returns:
        `(n, 4) int32`, boxes in pixels of the picture, and `(h, w) uint8` each: how much darker than paper their own
        ink is, 0 where it is not theirs.
    """
    ink = cv2.bitwise_not(gray)
    total = cv2.integral(body)
    found: list[tuple[float, np.ndarray, np.ndarray]] = []
    for dark in DARK:
        mask = cv2.compare(ink, dark, cv2.CMP_GE)
        _, label, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
        x, y, w, h = stats[:, :4].T
        side = np.maximum(w, h)
        fits = (side >= least) & (side <= most) & (np.minimum(w, h) >= _HOLE)
        fits[0] = False
        rows = np.flatnonzero(fits)
        box = np.stack([x, y, x + w, y + h], axis=1)[rows]
        believed = _within(total, box)
        large = np.zeros(len(box), bool)
        large[np.argsort(-side[rows], kind="stable")[:_LARGEST]] = True
        kept = np.flatnonzero((believed >= INKLING) | large)
        for k in kept[np.argsort(-believed[kept], kind="stable")[:MOST]].tolist():
            x0, y0, x1, y1 = box[k].tolist()
            x0, y0, x1, y1 = max(0, x0 - 1), max(0, y0 - 1), min(gray.shape[1], x1 + 1), min(gray.shape[0], y1 + 1)
            own = cv2.dilate(cv2.compare(label[y0:y1, x0:x1], int(rows[k]), cv2.CMP_EQ), NEAR)
            found.append((float(believed[k]), box[k], cv2.bitwise_and(ink[y0:y1, x0:x1], own)))
    found.sort(key=lambda each: -each[0])
    boxes, crops = np.zeros((0, 4), np.int32), []
    for _, box, crop in found[: 2 * MOST]:
        if len(boxes) and overlap(boxes, box).max() > _SAME:
            continue
        boxes = np.concatenate([boxes, box[None].astype(np.int32)])
        crops.append(crop)
    return boxes[:MOST], crops[:MOST]


def _within(total: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The mean of a map in boxes, by its integral; the boxes are in pixels twice as small."""
    x0, y0 = (box[:, :2] // 2).T
    x1, y1 = np.minimum((box[:, 2:] + 1) // 2, np.array(total.shape[::-1]) - 1).T
    area = np.maximum((x1 - x0) * (y1 - y0), 1)
    return (total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]) / area / 255


def mean_within(value: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The mean of a map `(h, w) uint8` in boxes `(n, 4)` in pixels of the picture, 0 to 1: `(n,) float64`."""
    limit = 2 * np.array([value.shape[1], value.shape[0]] * 2)
    return _within(cv2.integral(value), np.clip(box, 0, limit).astype(np.intp))

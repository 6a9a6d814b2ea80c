"""Digits that touch: where the line reader parts the bodies that may hold several of them, and what it reads there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.boxes import area, overlaps, shared_areas
from realtime.detections import NOT_A_DIGIT
from realtime.ink import strokes
from realtime.ink.bodies import BY_READER, WHOLE
from realtime.ink.candidates import Candidates
from realtime.recognition.line_reader import LineReading


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        broad: Width over height from which a body may hold several digits.
        sure: Probability of a digit from which a body is one, not several.
        longest: Width over height from which a body is a line.
        trust: Mean probability of a body's pixels below which it is not read.
        margin: Share of its height: the room around a row that the reader is used to.
        within: Share of a digit's area that lies in the body that holds it.
        covered: Share of a body's width that sure digits must take for all of it to be known.
    """

    broad: float = 0.5
    sure: float = 0.95
    longest: float = 8.0
    trust: float = 0.3
    margin: float = 0.2
    within: float = 0.8
    covered: float = 0.7


LIMITS = Limits()


def read_rows(
    candidates: Candidates, probabilities: NDArray[np.float32], reader: Callable[[np.ndarray], LineReading]
) -> Candidates:
    """Candidates and the parts that the line reader finds in those that may hold several digits.

    A body is read that the naming network does not know as a digit, unless another copy of the frame shows digits in
    its place that it knows. Parts by cores of a body stay beside those by the reader: the decision chooses.

    Args:
        candidates: the bodies of a frame.
        probabilities: `(n, 11)`, what the naming network says of each.
        reader: reads one row.
    """
    box = candidates.xyxy
    w, h = (box[:, 2:] - box[:, :2]).T
    sure = probabilities[:, :NOT_A_DIGIT].max(axis=1) >= LIMITS.sure
    wholes = (candidates.way == WHOLE) & (candidates.fit > 0)
    believed = wholes & ~sure & (candidates.trust >= LIMITS.trust)
    several = np.flatnonzero(believed & (w <= LIMITS.longest * h) & (w >= LIMITS.broad * h))
    several = several[_covered(box[several], box[wholes & sure]) < LIMITS.covered]
    several = several[np.argsort(-candidates.fit[several], kind="stable")]
    # What several copies show is read once, where it is known best.
    earlier = np.tril(overlaps(box[several], box[several]) > strokes.LIMITS.same, -1).any(axis=1)
    several = several[~earlier]
    rows, boxes, crops, read = [], [], [], []
    for k in several.tolist():
        crop = candidates.crops[k]
        room = max(2, round(LIMITS.margin * crop.shape[0]))
        reading = reader(cv2.copyMakeBorder(crop, room, room, room, room, cv2.BORDER_CONSTANT))
        if len(reading.digit) < 2:
            continue
        scale = (box[k, 2] - box[k, 0]) / crop.shape[1]
        middles = (reading.xyxy[:, 0] + reading.xyxy[:, 2]) / 2 - room
        for (left, part), said in zip(_parts(crop, middles), reading.probabilities, strict=True):
            x, y, w, h = cv2.boundingRect(part)
            if w == 0:
                continue
            rows.append(k)
            read.append(said)
            crops.append(part[y : y + h, x : x + w])
            corner = np.array([left + x, y, left + x + w, y + h]) * scale
            boxes.append(np.rint(corner).astype(np.int32) + np.tile(box[k, :2], 2))
    if not rows:
        return candidates
    of = np.array(rows)
    size = candidates.size[of] * [
        max(crop.shape) / max(candidates.crops[k].shape) for crop, k in zip(crops, rows, strict=True)
    ]
    return candidates.and_more(
        xyxy=np.array(boxes, np.int32),
        crops=crops,
        trust=candidates.trust[of],
        fit=candidates.fit[of],
        size=size,
        whole=of,
        way=BY_READER,
        read=np.array(read, np.float32),
        around=candidates.around[of],
    )


def _covered(boxes: np.ndarray, digits: np.ndarray) -> np.ndarray:
    """The share of the width of each box that digits within it take: `(n,) float64`, 0 to 1."""
    held = shared_areas(boxes, digits) >= LIMITS.within * area(digits)
    share = np.zeros(len(boxes))
    for i in np.flatnonzero(held.any(axis=1)).tolist():
        left, right = int(boxes[i, 0]), int(boxes[i, 2])
        taken = np.zeros(right - left, bool)
        for start, end in (digits[held[i]][:, [0, 2]] - left).tolist():
            taken[max(0, start) : end] = True
        share[i] = taken.mean()
    return share


def _parts(crop: NDArray[np.uint8], middles: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """A crop cut halfway between its digits: the left of each part, and the part."""
    w = crop.shape[1]
    between = np.rint((middles[1:] + middles[:-1]) / 2).astype(int).clip(0, w)
    cuts = [0, *np.maximum.accumulate(between).tolist(), w]
    return [(left, crop[:, left:right]) for left, right in pairwise(cuts)]


def named(probabilities: NDArray[np.float32], read: np.ndarray) -> np.ndarray:
    """What each body is, `(n, 11)`: by the naming network, and by the line reader where it was asked."""
    asked = read.sum(axis=1, keepdims=True) > 0
    return np.where(asked, (probabilities + read) / 2, probabilities)

"""A track: what is known of a digit that is followed, from its first sighting to what is said of it; and its box.

Boxes are centre x, centre y, width and height, in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.detections import CLASSES, NO_TRACK, Detections

MOST = 256
"""Tracks held, shown or remembered."""
RATE = 30.0
"""Frames a second whose errors count as independent."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        fade: Seconds in which evidence fades to a third.
        turn: Seconds of fading in one frame, at most: a slow camera has more than its last frame to go by.
        doubt: Probability, at least, of any class in one frame.
        looks: Independent frames that a digit seen for long is worth: its frames are much alike.
        cut: Weight of a sighting at the frame's border: part of the digit may be out of view.
        gain: Seconds of life won in a second of sure sightings.
        resized: Logarithm of how much the size of a digit may change from frame to frame.
    """

    fade: float = 0.55
    turn: float = 0.1
    doubt: float = 0.005
    looks: float = 3.0
    cut: float = 0.25
    gain: float = 3.0
    resized: float = 0.7


LIMITS = Limits()


TRACK = np.dtype(
    [
        ("box", float, 4),  # centre x, centre y, width, height
        ("shape", float, 2),  # logarithms of width and height, averaged
        ("evidence", float, CLASSES),  # sum of log-likelihoods
        ("weight", float),  # of how many frames
        ("digit", np.int64),
        ("time_to_live", float),  # seconds
        ("sure", float),  # of a sighting: how far it is to be believed, 0 to 1,
        ("birth", float),  # and the life that it gives to a digit that is not shown yet
        ("time_since_update", float),  # seconds since the last sighting
        ("gap", float),  # the longest time it was missed and came back, fading; in seconds
        ("number", np.int64),  # NO_TRACK before it is first shown
        ("confirmed", bool),
    ]
)


def begin(detections: Detections, step: float, size: tuple[int, int] | None) -> np.ndarray:
    """Each detection as a track that has been seen once: `(m,) TRACK`; the surest where there are too many."""
    if len(detections) > MOST:
        detections = detections[np.sort(np.argsort(-detections.confidence, kind="stable")[:MOST])]
    seen = np.zeros(len(detections), TRACK)
    corners = detections.xyxy.astype(float)
    box = seen["box"]
    box[:, :2] = (corners[:, :2] + corners[:, 2:]) / 2
    box[:, 2:] = np.maximum(corners[:, 2:] - corners[:, :2], 1)
    share = np.where(at_border(box, size), LIMITS.cut, 1.0)
    sure = np.clip((detections.confidence - 0.5) / 0.45, 0.2, 1) ** 2
    seen["shape"] = shape(box)
    seen["weight"] = share * min(step, LIMITS.turn) * RATE
    seen["evidence"] = np.log(np.maximum(detections.probabilities, LIMITS.doubt)) * seen["weight"][:, None]
    seen["digit"] = detections.digit
    seen["sure"] = share * sure
    seen["time_to_live"] = seen["birth"] = seen["sure"] * step * LIMITS.gain
    seen["number"] = NO_TRACK
    return seen


def posterior(tracks: np.ndarray) -> np.ndarray:
    """The probability of each class by all frames together: `(n, CLASSES)`, rows summing to 1."""
    looks = 1 + (LIMITS.looks - 1) * np.minimum(tracks["weight"] / (RATE * LIMITS.fade), 1)
    score = tracks["evidence"] * (looks / tracks["weight"])[:, None]
    odds = np.exp(score - score.max(axis=1, keepdims=True, initial=-np.inf))
    return odds / odds.sum(axis=1, keepdims=True)


def as_detections(tracks: np.ndarray) -> Detections:
    """Tracks as the rest of the program knows digits."""
    probabilities = posterior(tracks).astype(np.float32)
    digit, xyxy = tracks["digit"].copy(), np.empty((len(tracks), 4), np.int32)
    center, half = tracks["box"][:, :2], tracks["box"][:, 2:] / 2
    xyxy[:, :2], xyxy[:, 2:] = np.rint(center - half), np.rint(center + half)
    return Detections(xyxy, digit, probabilities[np.arange(len(digit)), digit], probabilities, tracks["number"].copy())


def others(n: int, taken: np.ndarray) -> np.ndarray:
    """The indices below n that are not among those taken."""
    free = np.ones(n, bool)
    free[taken] = False
    return np.flatnonzero(free)


def middle(values: np.ndarray) -> float:
    """The median, or of two middle values the larger; `np.median` takes ten times as long."""
    return float(np.sort(values).item(len(values) // 2))


_THIN = np.array([0.2, 0.0])  # heights added to the width and the height


def shape(boxes: np.ndarray) -> np.ndarray:
    """Logarithms of width and height; a thin digit's width is let off a little: `(n, 2)`."""
    return np.log(boxes[:, 2:] + boxes[:, 3:] * _THIN)


def alike(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which boxes could be the same digit by their size: `(n, m) bool`."""
    (aw, ah), (bw, bh) = shape(a).T, shape(b).T
    return (np.abs(aw[:, None] - bw) < LIMITS.resized) & (np.abs(ah[:, None] - bh) < LIMITS.resized)


def overlap(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Shared area as a share of the smaller box: `(n, m)`."""
    low = np.maximum((a[:, :2] - a[:, 2:] / 2)[:, None], b[:, :2] - b[:, 2:] / 2)
    high = np.minimum((a[:, :2] + a[:, 2:] / 2)[:, None], b[:, :2] + b[:, 2:] / 2)
    shared = np.maximum(high - low, 0).prod(axis=2)
    return shared / np.minimum(a[:, 2:].prod(axis=1)[:, None], b[:, 2:].prod(axis=1))


def in_place(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Which boxes of the first stand where one of the second does: `(n,) bool`."""
    off = np.abs(a[:, None, :2] - b[:, :2])
    return (off < 0.3 * np.maximum(a[:, None, 2:], b[:, 2:])).all(axis=2).any(axis=1)


def at_border(boxes: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    """Which boxes touch the frame's border: `(n,) bool`."""
    half, room = boxes[:, 2:] / 2, 1 + 0.02 * boxes[:, 3:]
    end = np.array(size if size is not None else (np.inf, np.inf))
    touching = (boxes[:, :2] - half < room) | (boxes[:, :2] + half > end - room)
    return touching[:, 0] | touching[:, 1]

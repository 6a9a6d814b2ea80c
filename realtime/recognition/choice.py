"""Of all bodies of a frame, several of which may be the same ink: those that are read, and those that stand apart."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from realtime.boxes import area, shared_areas
from realtime.ink.bodies import BY_CORES, BY_READER
from realtime.ink.candidates import Candidates


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        overlap: Share of the smaller of two boxes from which they are the same ink.
        fit: Weight of a body that its copy shows badly, where one that it shows well has 1.
    """

    overlap: float = 0.5
    fit: float = 0.5


LIMITS = Limits()


def chosen(candidates: Candidates, likely: np.ndarray, least: float) -> np.ndarray:
    """Rows that are digits, no two of them the same ink: a body or its parts, from the copy that knows it best.

    Args:
        candidates: all bodies.
        likely: `(n,)`, how likely each is the digit that it looks like.
        least: a digit is at least so likely.
    """
    called = (likely >= least) & (candidates.fit > 0)
    for whole in np.unique(candidates.whole[candidates.whole >= 0]):
        ways = [
            np.array([whole]),
            *(np.flatnonzero((candidates.whole == whole) & (candidates.way == way)) for way in (BY_CORES, BY_READER)),
        ]
        # Of a body and the ways to part it that one stands which reads most of the ink, and most surely.
        read = [_read(candidates, likely, its[called[its]]) for its in ways]
        for way, its in enumerate(ways):
            called[its] &= way == np.argmax(read)
    rows = np.flatnonzero(called)
    rows = rows[np.argsort(-_rank(candidates, likely)[rows], kind="stable")]
    return rows[_first(candidates.xyxy[rows], np.zeros((0, 4)))]


def apart(candidates: Candidates, likely: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Rows of the others that share no ink with those that are kept, nor with each other, the likeliest first."""
    others = np.setdiff1d(np.flatnonzero(candidates.fit > 0), kept)
    others = others[np.argsort(-_rank(candidates, likely)[others], kind="stable")]
    return others[_first(candidates.xyxy[others], candidates.xyxy[kept])]


def _read(candidates: Candidates, likely: np.ndarray, digits: np.ndarray) -> float:
    """How much of the ink of a body is read, by these digits of it, each as far as it is likely one."""
    return float(sum(likely[k] * cv2.countNonZero(candidates.crops[k]) for k in digits))


def _rank(candidates: Candidates, likely: np.ndarray) -> np.ndarray:
    return likely * (LIMITS.fit + (1 - LIMITS.fit) * candidates.fit)


def _first(boxes: np.ndarray, taken: np.ndarray) -> np.ndarray:
    """Of boxes `(n, 4)`, best first, those that share little with any better one, nor with one taken: indices."""
    every = np.concatenate([taken, boxes])
    size = np.maximum(area(every), 1)
    shared = shared_areas(every, every) > LIMITS.overlap * np.minimum.outer(size, size)
    kept = list(range(len(taken)))
    for i in range(len(taken), len(every)):
        if not shared[i, kept].any():
            kept.append(i)
    return np.array(kept[len(taken) :], np.int64) - len(taken)

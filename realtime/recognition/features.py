"""Features of bodies: what trees are given to decide which are digits."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.boxes import area, shared_areas
from realtime.detections import NOT_A_DIGIT
from realtime.ink.bodies import BY_READER
from realtime.ink.candidates import Candidates

ALONE = (
    "digit",  # log-odds of the likeliest digit
    "second",  # of the next one
    "none",  # and of none
    "label",  # which digit that is
    "trust",  # log-odds of the body's pixels
    "fit",  # how well the ink network knows digits of this size
    "size",  # longer side in the copy that it was found in, as a logarithm
    "edge",  # its ink reaches the frame's edge
    "way",  # whether it is whole, a part around a core, or a part by the line reader
    "read",  # log-odds, by the line reader, of the digit that it is named
    "broad",  # width over height, as a logarithm
    "inside",  # darkness of no digit in its box, over its own, as a logarithm
    "close",  # close around it
    "beside",  # and in the line that it stands in
    "dark",  # how dark its ink is
    "filled",  # share of its box that is ink
)
"""Features of a body by itself."""

TOGETHER = (
    "many",  # how many digits there are, as a logarithm
    "row",  # how many beside it
    "near",  # how many near it, as a logarithm
    "doubtful",  # how many bodies near it are none
    "tall",  # its height beside the usual one, as a logarithm
    "paler",  # its darkness beside the usual one, as a logarithm
    "share",  # how many of all bodies are digits
    "agreed",  # how likely what other copies of the frame show in its place is the same digit
    "within",  # how likely a larger body that it lies in is a digit
    "around",  # how likely a smaller body that lies in it is one
)
"""Features of a body among its neighbours, once it is known how likely each is a digit."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        row: Heights aside, and up or down, within which a digit stands beside another.
        near: Heights within which two bodies are neighbours.
        same: Shared area over the area of both from which two bodies are the same thing.
        within: Share of its area in another body, and multiple of its area that the other has, from which one
            lies within.
        pale: Darkness, of 255, below which all ink counts as equally dark.
    """

    row: tuple[float, float] = (3.0, 0.6)
    near: float = 4.0
    same: float = 0.5
    within: tuple[float, float] = (0.8, 1.5)
    pale: float = 6.0


LIMITS = Limits()


def features_alone(candidates: Candidates, probabilities: NDArray[np.float32], shape: tuple[int, ...]) -> np.ndarray:
    """What is known of each body by itself: `(n, len(ALONE)) float64`."""
    n = len(candidates.crops)
    if n == 0:
        return np.zeros((0, len(ALONE)))
    label = probabilities[:, :NOT_A_DIGIT].argmax(axis=1)
    digits = np.sort(probabilities[:, :NOT_A_DIGIT], axis=1)
    size = np.maximum(candidates.xyxy[:, 2:] - candidates.xyxy[:, :2], 1)
    near = 2 * max(1.0, max(shape[:2]) / max(candidates.gray.shape))
    edge = (candidates.xyxy[:, :2] <= near).any(axis=1) | (candidates.xyxy[:, 2:] >= np.array(shape[1::-1]) - near).any(
        axis=1
    )
    around = np.log(candidates.around + 0.02)
    inked = np.array([cv2.countNonZero(crop) for crop in candidates.crops], np.float64)
    dark = np.array([cv2.sumElems(crop)[0] for crop in candidates.crops]) / np.maximum(inked, 1)
    columns = {
        "digit": log_odds(digits[:, -1]),
        "second": log_odds(digits[:, -2]),
        "none": log_odds(probabilities[:, NOT_A_DIGIT]),
        "label": label,
        "trust": log_odds(candidates.trust),
        "fit": candidates.fit,
        "size": np.log(np.maximum(candidates.size, 1)),
        "edge": edge,
        "way": candidates.way,
        "read": np.where(
            candidates.way == BY_READER, log_odds(np.take_along_axis(candidates.read, label[:, None], 1)[:, 0]), 0
        ),
        "broad": np.log(size[:, 0] / size[:, 1]),
        "inside": around[:, 0],
        "close": around[:, 1],
        "beside": around[:, 2],
        "dark": dark,
        "filled": inked / np.maximum([crop.size for crop in candidates.crops], 1),
    }
    return np.stack([np.asarray(columns[name], np.float64) for name in ALONE], axis=1)


def features_together(xyxy: np.ndarray, features: np.ndarray, odds: np.ndarray) -> np.ndarray:
    """What the other bodies of the frame tell of each: `(n, len(TOGETHER)) float64`.

    Args:
        xyxy: `(n, 4)` boxes in pixels of the frame.
        features: `(n, len(ALONE))`, as of `features_alone`.
        odds: `(n,)`, log-odds that each is a digit, by itself.
    """
    box = xyxy.astype(np.float64)
    label, dark = features[:, ALONE.index("label")], np.maximum(features[:, ALONE.index("dark")], LIMITS.pale)
    likely = probability(odds)
    order = np.argsort(-likely, kind="stable")
    common, size = shared_areas(box, box), area(box)
    shared = common / np.maximum(np.add.outer(size, size) - common, 1)
    first = np.empty(len(box), bool)  # of those that are the same thing the likeliest stands for it
    same = shared[np.ix_(order, order)] > LIMITS.same
    first[order] = ~(np.tril(same, -1)).any(axis=1)
    counts = likely * first
    height = np.maximum(box[:, 3] - box[:, 1], 0.6 * (box[:, 2] - box[:, 0]))
    height = np.maximum(height, 1)
    center = (box[:, :2] + box[:, 2:]) / 2
    aside, along = np.abs(center[:, None] - center).transpose(2, 0, 1) / height[:, None]
    other = shared < 0.1
    np.fill_diagonal(other, False)
    usual, usually = _weighted_median(height, counts), _weighted_median(dark, counts)
    near = other & (np.hypot(aside, along) < LIMITS.near)
    total = counts.sum()
    within = (common > LIMITS.within[0] * size[:, None]) & (size > LIMITS.within[1] * size[:, None])
    agreed = np.where((shared > LIMITS.same) & (label[:, None] == label) & ~np.eye(len(box), dtype=bool), likely, 0)
    columns = {
        "many": np.full(len(box), np.log1p(total)),
        "row": (other & (aside < LIMITS.row[0]) & (along < LIMITS.row[1])) @ counts,
        "near": np.log1p(near @ counts),
        "doubtful": np.log1p(near @ (first * (1 - likely))),
        "tall": np.log(height / usual),
        "paler": np.log(dark / usually),
        "share": np.full(len(box), total / max(1, first.sum())),
        "agreed": agreed.max(axis=1),
        "within": (within * likely).max(axis=1),
        "around": (within.T * likely).max(axis=1),
    }
    return np.stack([columns[name] for name in TOGETHER], axis=1)


def _weighted_median(value: np.ndarray, weight: np.ndarray) -> float:
    order = np.argsort(value)
    passed = np.cumsum(weight[order])
    return float(value[order[np.searchsorted(passed, passed[-1] / 2)]])


def log_odds(share: np.ndarray) -> np.ndarray:
    """Log-odds of probabilities, of any shape."""
    share = np.clip(share.astype(np.float64), 1e-3, 1 - 1e-3)
    return np.log(share / (1 - share))


def probability(odds: np.ndarray) -> np.ndarray:
    """Probabilities of log-odds, of any shape."""
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))

"""Maps -> bodies: the regions that the network calls one digit each, and the ink that belongs to each of them."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.ink.network import Maps


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        ink: Level, of 255, of the ink map from which a pixel is ink.
        body: Level, of 255, of the body map from which a pixel is body. It is low: cores part what it joins.
        core: Level, of 255, of the core map from which a pixel is core.
        smallest: Pixels of the maps. A smaller region is noise.
        reach: Distance up to which ink belongs to a body: pixels of the maps, plus sides of the body.
        edge: Share of the strongest ink from which a pixel lies within the box.
        hanging: Distance, in sides of the body, up to which ink belongs to it that is connected to it and to
            other bodies.
    """

    ink: int = 90
    body: int = 64
    core: int = 128
    smallest: int = 4
    reach: tuple[float, float] = (2.0, 0.2)
    edge: float = 0.25
    hanging: float = 0.5


LIMITS = Limits()

WHOLE, BY_CORES, BY_READER, STROKE = range(4)
"""How a body was found: by itself; as a part of one, around a core of its own; where the line reader parts it; as a
connected stroke of the thresholded frame."""


@dataclass(frozen=True, eq=False)
class Bodies:
    """The bodies of one picture; row `i` of every array speaks of the same one.

    Attributes:
        xyxy: `(n, 4) int32`, boxes around their ink in pixels of the picture.
        crops: `(h, w) uint8` each: how much darker than paper their own ink is, 0 where it is not theirs.
        trust: `(n,) float32`, 0 to 1: mean probability of the body's pixels.
        whole: `(n,) int64`: of a part the row of the body that it is a part of; -1 for what is no part.
    """

    xyxy: np.ndarray
    crops: list[np.ndarray]
    trust: np.ndarray
    whole: np.ndarray

    def __len__(self) -> int:
        return len(self.crops)


def find(maps: Maps, gray: NDArray[np.uint8], smallest: int = 0) -> Bodies:
    """The bodies of a picture, and the parts of those that have more than one core.

    Args:
        maps: what the network says of it.
        gray: `(h, w) uint8`, its light taken out.
        smallest: longer side of a body in pixels of the maps, at least.
    """
    region, sides = _regions(maps.body, LIMITS.body, smallest)
    ink = cv2.compare(maps.ink, LIMITS.ink, cv2.CMP_GE)
    owner = _owners(region, sides, ink)
    pen = _pen(maps, gray)
    boxes, crops, kept = _cut(owner, pen)
    trust = _mean(maps.body, region, len(sides) + 1)[kept]
    wholes = Bodies(boxes, crops, trust, np.full(len(kept), -1, np.int64))
    parts = _parts(maps, region, owner, kept, len(sides))
    if parts is None:
        return wholes
    cores, of = parts
    part_boxes, part_crops, part_kept = _cut(cores, pen)
    row = np.full(len(sides) + 1, -1, np.int64)
    row[kept] = np.arange(len(kept))
    return Bodies(
        np.concatenate([boxes, part_boxes]),
        crops + part_crops,
        np.concatenate([trust, _mean(maps.body, cores, len(of))[part_kept]]),
        np.concatenate([wholes.whole, row[of[part_kept]]]),
    )


def _regions(probability: np.ndarray, least: int, smallest: int) -> tuple[np.ndarray, np.ndarray]:
    """Connected pixels of at least that probability.

    Returns:
        `(h, w) int32`, 0 outside, regions counted from 1; and the longer side of each region: `(n,)`.
    """
    mask = cv2.compare(probability, least, cv2.CMP_GE)
    n, region, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].max(axis=1)
    large = (stats[:, cv2.CC_STAT_AREA] >= LIMITS.smallest) & (sides >= smallest)
    large[0] = False
    if large.sum() < n - 1:
        region = np.take(np.where(large, np.cumsum(large), 0).astype(np.int32), region)
    return region, sides[large]


def _owners(region: np.ndarray, sides: np.ndarray, ink: NDArray[np.uint8]) -> np.ndarray:
    """Which region each pixel of ink belongs to: `(h, w) int32`, 0 for none.

    Ink belongs to the nearest body within its reach; where it hangs together with one body alone, all of it does.
    """
    n = len(sides)
    if n == 0:
        return np.zeros_like(region)
    inside = cv2.compare(region, 0, cv2.CMP_GT)
    far, nearest = _nearest(region, inside)
    _, group = cv2.connectedComponents(cv2.bitwise_or(inside, ink), connectivity=8)
    group, nearest, far = group.ravel(), nearest.ravel(), far.ravel()
    within = np.flatnonzero(inside)
    pairs = np.unique(group[within] * np.int64(n + 1) + region.ravel()[within])
    of_group, its = pairs // (n + 1), pairs % (n + 1)
    members = np.bincount(of_group, minlength=int(group.max()) + 1)
    alone = np.zeros(len(members), np.int32)
    alone[of_group] = its
    alone[members != 1] = 0
    side = np.concatenate([[0], sides])
    inked = np.flatnonzero(ink)
    mine, together = nearest[inked], group[inked]
    hangs = members[together] > 0
    reach = np.where(
        hangs,
        np.maximum(LIMITS.hanging * side, LIMITS.reach[0])[mine],
        (LIMITS.reach[0] + LIMITS.reach[1] * side)[mine],
    )
    only = alone[together]
    owner = np.zeros(region.shape, np.int32)
    owner.ravel()[inked] = np.where(only > 0, only, np.where(far[inked] <= reach, mine, 0))
    return owner


def _boxes(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The labels that there are, ascending, and the xyxy boxes `(m, 4)` around their pixels."""
    at = np.flatnonzero(label > 0)
    if len(at) == 0:
        return np.zeros(0, np.int64), np.zeros((0, 4), np.int64)
    its = label.ravel()[at]
    order = np.argsort(its, kind="stable")
    its, (ys, xs) = its[order], np.divmod(at[order], label.shape[1])
    starts = np.flatnonzero(np.diff(its, prepend=-1))
    low = [np.minimum.reduceat(each, starts) for each in (xs, ys)]
    high = [np.maximum.reduceat(each, starts) + 1 for each in (xs, ys)]
    return its[starts], np.stack([*low, *high], axis=1)


def _nearest(region: np.ndarray, inside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How far each pixel is from the nearest region, and which one that is."""
    far, at = cv2.distanceTransformWithLabels(
        cv2.bitwise_not(inside), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    name = np.zeros(int(at.max()) + 1, np.int32)
    within = np.flatnonzero(inside > 0)
    name[at.ravel()[within]] = region.ravel()[within]
    return far, np.take(name, at)


def _pen(maps: Maps, gray: NDArray[np.uint8]) -> np.ndarray:
    """How much darker than paper each pixel is that the network calls ink: `(h, w) uint8`, of the picture's size."""
    h, w = gray.shape
    soft = cv2.resize(maps.ink, (2 * maps.ink.shape[1], 2 * maps.ink.shape[0]), interpolation=cv2.INTER_LINEAR)
    soft = cv2.convertScaleAbs(soft[:h, :w], alpha=255 / LIMITS.ink)
    return cv2.multiply(cv2.bitwise_not(gray), soft, scale=1 / 255)


def _cut(owner: np.ndarray, pen: np.ndarray) -> tuple[np.ndarray, list[np.ndarray], np.ndarray]:
    """Boxes `(m, 4) int32` and crops of all owners that have ink, and their labels."""
    labels, boxes = _boxes(owner)
    h, w = pen.shape
    boxes = np.minimum(2 * boxes, [w, h, w, h])
    large = cv2.resize(
        owner.astype(np.float32), (2 * owner.shape[1], 2 * owner.shape[0]), interpolation=cv2.INTER_NEAREST
    )
    crops, tight = [], np.zeros((len(labels), 4), np.int32)
    for i, (label, (x0, y0, x1, y1)) in enumerate(zip(labels.tolist(), boxes.tolist(), strict=True)):
        its = cv2.compare(large[y0:y1, x0:x1], label, cv2.CMP_EQ)
        crop = cv2.bitwise_and(pen[y0:y1, x0:x1], its)
        x, y, w, h = cv2.boundingRect(
            cv2.threshold(crop, LIMITS.edge * cv2.minMaxLoc(crop)[1], 255, cv2.THRESH_BINARY)[1]
        )
        crops.append(crop[y : y + h, x : x + w])
        tight[i] = x0 + x, y0 + y, x0 + x + w, y0 + y + h
    some = np.array([crop.size > 0 for crop in crops], bool)
    return tight[some], [crop for crop in crops if crop.size], labels[some]


def _mean(value: np.ndarray, label: np.ndarray, n: int) -> np.ndarray:
    """The mean value within each label, 0 to 1: `(n,) float32`."""
    at = np.flatnonzero(label > 0)
    its = label.ravel()[at]
    count = np.bincount(its, minlength=n)
    total = np.bincount(its, value.ravel()[at], minlength=n)
    return (total / np.maximum(count, 1) / 255).astype(np.float32)


def _parts(
    maps: Maps, region: np.ndarray, owner: np.ndarray, kept: np.ndarray, bodies: int
) -> tuple[np.ndarray, np.ndarray] | None:
    """The ink of those of so many bodies that have several cores, each pixel given to the nearest core.

    Returns:
        `(h, w) int32`, the core that each pixel of ink belongs to, from 1, and the body of each core `(m + 1,)`.
        None where each body has one core.
    """
    core, sides = _regions(cv2.min(maps.core, maps.body), LIMITS.core, 0)
    m = len(sides)
    if m < 2:
        return None
    at = np.flatnonzero(core > 0)
    of = np.zeros(m + 1, np.int64)
    of[core.ravel()[at]] = region.ravel()[at]
    cores = np.bincount(of, minlength=bodies + 1)
    cores[0] = 0
    several = cores > 1
    if not several[kept].any():
        return None
    seeds = np.take(np.where(several[of], np.arange(m + 1), 0).astype(np.int32), core)
    _, nearest = _nearest(seeds, cv2.compare(seeds, 0, cv2.CMP_GT))
    at = np.flatnonzero(np.take(several, owner))
    its = nearest.ravel()[at]
    mine = np.zeros_like(owner)
    mine.ravel()[at] = np.where(of[its] == owner.ravel()[at], its, 0)
    return mine, of

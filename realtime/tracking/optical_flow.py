"""Sparse optical flow: where the boxes of an earlier frame are now, in a few milliseconds."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        small: Pixels of the longer side of the picture on which the flow is found, about.
        points: Corners of strokes that are followed.
        apart: Pixels of the small picture between two corners.
        clear: Strength of a corner, beside the strongest, at least.
        window: Pixels around a corner that must be found again: width and height.
        levels: Halvings of the picture by which a far jump is found.
        fewest: Corners that must agree on where the ink went.
        agree: Share of the corners of the last frame that must agree.
        off: Pixels of the small picture by which a corner may be off.
        bent: Pixels by which it may be off before the tilt of the sheet is known.
        stiff: Squared pixels of leverage by which a map is held to one that turns and scales alone.
        near: Heights of a box within which corners tell how it moves otherwise than the sheet.
    """

    small: int = 400
    points: int = 160
    apart: int = 3
    clear: float = 0.05
    window: tuple[int, int] = (15, 15)
    levels: int = 3
    fewest: int = 5
    agree: float = 0.4
    off: float = 1.5
    bent: float = 3.0
    stiff: float = 100.0
    near: float = 1.5


LIMITS = Limits()

_STILL = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # the map of what has not moved


class OpticalFlow:
    """Follows the ink under some boxes from frame to frame.

    Show it every frame with `advance`; tell it with `mark` that the frame just shown is being read, and with `restart`
    what was found in the frame that was marked last, when that is known.

    Attributes:
        way: `(2, 3) float64`, the map from pixels of the frame that was marked when `restart` was called to those
            of the newest frame: turned, shifted, scaled and tilted. Where the ink cannot be followed it stays as it
            was.
        lost: whether there was ink that is not to be found in the newest frame.
    """

    def __init__(self) -> None:
        self.way = _STILL
        self.lost = False
        self._gray: np.ndarray | None = None  # the newest frame, small
        self._cell = 1
        self._begun = np.zeros((0, 2), np.float32)  # corners where `way` begins, in pixels of the small picture
        self._now = self._begun  # and where they were found last,
        self._sight: np.ndarray | None = None  # which was in this frame
        self._marked: tuple[np.ndarray, np.ndarray] | None = None  # a frame, and the way that led to it

    def advance(self, image: NDArray[np.uint8]) -> None:
        """The next frame, `(H, W, 3) uint8` BGR."""
        gray, self._cell = _shrunk(image)
        before, self._gray = self._gray, gray
        if before is None or before.shape != gray.shape:
            self._begun = self._now = np.zeros((0, 2), np.float32)
            self._marked = self._sight = None
        elif self._sight is not None:
            self._lead(self._now)

    def mark(self) -> None:
        """The newest frame is being read."""
        assert self._gray is not None
        self._marked = self._gray, self.way

    def restart(self, boxes: np.ndarray) -> None:
        """From now on, `way` begins at the marked frame, where `boxes (n, 4)`, xyxy, were found in pixels of it."""
        was, self.way = self.way, _STILL
        self.lost = False
        if self._marked is None:
            return
        self._sight, before = self._marked
        self._begun = self._now = _corners(self._sight, boxes / self._cell)
        if self._sight is not self._gray:
            self.way = _after(was, before)  # where it cannot be told anew
            self._lead(self._on(self.way, self._begun))

    def __call__(self, boxes: np.ndarray) -> np.ndarray:
        """Where `boxes (n, 4)`, xyxy in pixels of the frame that `way` begins at, are in the newest one, as int32."""
        size = np.sqrt(np.abs(np.linalg.det(self.way[:, :2])))
        center = (boxes[:, :2] + boxes[:, 2:]) / 2
        half = size * (boxes[:, 2:] - boxes[:, :2]) / 2
        center = center @ self.way[:, :2].T + self.way[:, 2] + self._own(center, boxes[:, 3] - boxes[:, 1])
        return np.rint(np.concatenate([center - half, center + half], axis=1)).astype(np.int32)

    def _own(self, center: np.ndarray, height: np.ndarray) -> np.ndarray:
        """How boxes go otherwise than the sheet as a whole, which may bend, by the corners near them: `(n, 2)`."""
        rest = (self._now - self._on(self.way, self._begun)) * self._cell
        apart = (center[:, None] - self._begun * self._cell) / (LIMITS.near * np.maximum(height, 1))[:, None, None]
        near = np.exp(-0.5 * (apart**2).sum(axis=2))
        return near @ rest / (1 + near.sum(axis=1, keepdims=True))

    def _on(self, way: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Points of the small picture, led on a way between whole pictures."""
        return (points @ way[:, :2].T + way[:, 2] / self._cell).astype(np.float32)

    def _lead(self, guess: np.ndarray) -> None:
        """Find the corners in the newest frame, about where they are guessed to be, and the way they went."""
        assert self._sight is not None and self._gray is not None
        if len(self._now) < LIMITS.fewest:
            return
        now, found = _flow(self._sight, self._gray, self._now, guess)
        begun, now = self._begun[found], now[found]
        way: np.ndarray | None = None
        agree = np.zeros(0, bool)
        if len(now) >= LIMITS.fewest:
            way, agree = _fit(begun, now)
        self.lost = way is None or agree.sum() < max(LIMITS.fewest, LIMITS.agree * len(found))
        if way is not None and not self.lost:
            self._begun, self._now, self._sight = begun[agree], now[agree], self._gray
            self.way = way * [1, 1, self._cell]


def _shrunk(image: NDArray[np.uint8]) -> tuple[np.ndarray, int]:
    h, w = image.shape[:2]
    cell = max(1, round(max(h, w) / LIMITS.small))
    columns, rows = max(1, w // cell), max(1, h // cell)
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[: rows * cell, : columns * cell]
    return cv2.resize(gray, (columns, rows), interpolation=cv2.INTER_AREA), cell


def _corners(gray: NDArray[np.uint8], boxes: np.ndarray) -> np.ndarray:
    """Places on the strokes within some boxes that can be found again, `(k, 2) float32`."""
    mask = np.zeros_like(gray)
    for x0, y0, x1, y1 in np.rint(boxes).astype(int).tolist():
        cv2.rectangle(mask, (x0, y0), (x1, y1), 255, cv2.FILLED)
    corners = cv2.goodFeaturesToTrack(gray, LIMITS.points, LIMITS.clear, LIMITS.apart, mask=mask)
    return np.zeros((0, 2), np.float32) if corners is None else corners[:, 0]


def _flow(
    before: np.ndarray, after: np.ndarray, points: np.ndarray, guess: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where points went, `(k, 2) float32`, and which were found."""
    moved, found, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        points,
        guess.copy(),
        winSize=LIMITS.window,
        maxLevel=LIMITS.levels,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return moved, found[:, 0] > 0


def _fit(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """The map `(2, 3)` that brings most points to where they went, and which do `(k,) bool`; None where none does."""
    way, inliers = cv2.estimateAffinePartial2D(before, after, ransacReprojThreshold=LIMITS.bent, maxIters=200)
    if way is None:
        return None, np.zeros(len(before), bool)
    near = inliers[:, 0] > 0
    rest = after - before @ way[:, :2].T - way[:, 2]
    center, mean = before[near].mean(axis=0), rest[near].mean(axis=0)
    lever = before[near] - center
    more = np.linalg.solve(lever.T @ lever + LIMITS.stiff * np.eye(2), lever.T @ (rest[near] - mean)).T
    way = way + np.column_stack([more, mean - more @ center])
    off = after - before @ way[:, :2].T - way[:, 2]
    return way, np.hypot(off[:, 0], off[:, 1]) < LIMITS.off


def _after(way: np.ndarray, before: np.ndarray) -> np.ndarray:
    """What is left of a way when it has been gone as far as another one."""
    inverse = cv2.invertAffineTransform(before)
    return np.concatenate([way[:, :2] @ inverse[:, :2], (way[:, :2] @ inverse[:, 2] + way[:, 2])[:, None]], axis=1)

"""Sparse optical flow: where the boxes of an earlier frame are now, in a few milliseconds."""

from __future__ import annotations

import cv2
import numpy as np

_SMALL = 400  # the flow is found on a picture whose longer side is about this many pixels
_POINTS = 160  # corners of strokes that are followed
_APART = 3  # pixels of the small picture between two of them
_CLEAR = 0.05  # a corner is at least so strong beside the strongest
_WINDOW = (15, 15)  # pixels around a corner that must be found again
_LEVELS = 3  # halvings of the picture by which a far jump is found
_FEWEST = 5  # corners that must agree on where the ink went
_AGREE = 0.4  # and the share of those that were there a frame ago
_OFF = 1.5  # pixels of the small picture that a corner may be off,
_BENT = 3.0  # and before it is known how the sheet tilts
_STIFF = 100.0  # squared pixels of leverage by which a map is held to one that turns and scales alone
_NEAR = 1.5  # heights of a box within which corners tell how it goes otherwise than the sheet
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

    def advance(self, image: np.ndarray) -> None:
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
        apart = (center[:, None] - self._begun * self._cell) / (_NEAR * np.maximum(height, 1))[:, None, None]
        near = np.exp(-0.5 * (apart**2).sum(axis=2))
        return near @ rest / (1 + near.sum(axis=1, keepdims=True))

    def _on(self, way: np.ndarray, points: np.ndarray) -> np.ndarray:
        """Points of the small picture, led on a way between whole pictures."""
        return (points @ way[:, :2].T + way[:, 2] / self._cell).astype(np.float32)

    def _lead(self, guess: np.ndarray) -> None:
        """Find the corners in the newest frame, about where they are guessed to be, and the way they went."""
        assert self._sight is not None and self._gray is not None
        if len(self._now) < _FEWEST:
            return
        now, found = _flow(self._sight, self._gray, self._now, guess)
        begun, now = self._begun[found], now[found]
        way: np.ndarray | None = None
        agree = np.zeros(0, bool)
        if len(now) >= _FEWEST:
            way, agree = _fit(begun, now)
        self.lost = way is None or agree.sum() < max(_FEWEST, _AGREE * len(found))
        if way is not None and not self.lost:
            self._begun, self._now, self._sight = begun[agree], now[agree], self._gray
            self.way = way * [1, 1, self._cell]


def _shrunk(image: np.ndarray) -> tuple[np.ndarray, int]:
    h, w = image.shape[:2]
    cell = max(1, round(max(h, w) / _SMALL))
    columns, rows = max(1, w // cell), max(1, h // cell)
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[: rows * cell, : columns * cell]
    return cv2.resize(gray, (columns, rows), interpolation=cv2.INTER_AREA), cell


def _corners(gray: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Places on the strokes within some boxes that can be found again, `(k, 2) float32`."""
    mask = np.zeros_like(gray)
    for x0, y0, x1, y1 in np.rint(boxes).astype(int).tolist():
        cv2.rectangle(mask, (x0, y0), (x1, y1), 255, cv2.FILLED)
    corners = cv2.goodFeaturesToTrack(gray, _POINTS, _CLEAR, _APART, mask=mask)
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
        winSize=_WINDOW,
        maxLevel=_LEVELS,
        criteria=(cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 10, 0.03),
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    return moved, found[:, 0] > 0


def _fit(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """The map `(2, 3)` that brings most points to where they went, and which do `(k,) bool`; None where none does."""
    way, inliers = cv2.estimateAffinePartial2D(before, after, ransacReprojThreshold=_BENT, maxIters=200)
    if way is None:
        return None, np.zeros(len(before), bool)
    near = inliers[:, 0] > 0
    rest = after - before @ way[:, :2].T - way[:, 2]
    center, mean = before[near].mean(axis=0), rest[near].mean(axis=0)
    lever = before[near] - center
    more = np.linalg.solve(lever.T @ lever + _STIFF * np.eye(2), lever.T @ (rest[near] - mean)).T
    way = way + np.column_stack([more, mean - more @ center])
    off = after - before @ way[:, :2].T - way[:, 2]
    return way, np.hypot(off[:, 0], off[:, 1]) < _OFF


def _after(way: np.ndarray, before: np.ndarray) -> np.ndarray:
    """What is left of a way when it has been gone as far as another one."""
    inverse = cv2.invertAffineTransform(before)
    return np.concatenate([way[:, :2] @ inverse[:, :2], (way[:, :2] @ inverse[:, 2] + way[:, 2])[:, None]], axis=1)

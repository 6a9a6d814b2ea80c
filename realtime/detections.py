"""Detections: what was read in one frame, as parallel arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from realtime.boxes import centered_in, clipped

DIGITS = 10
"""The digits 0 to 9."""

CLASSES = 11
"""The digits 0 to 9, and one class for everything else."""

NOT_A_DIGIT = 10
"""Index of the class "not a digit"."""

NO_TRACK = -1
"""Track number of a digit that no tracker has seen yet."""


@dataclass(frozen=True, eq=False)
class Detections:
    """The digits read in one frame; row `i` of every array speaks of the same digit.

    Attributes:
        xyxy: `(n, 4) int32` boxes in pixels of the frame: left, top, right, bottom; right and bottom are excluded.
        digit: `(n,) int64`, 0 to 9.
        confidence: `(n,) float32`, 0 to 1: the probability of that digit.
        probabilities: `(n, 11) float32`, one row a digit, summing to 1; column 10 is "not a digit".
        track: `(n,) int64`, the number of the track, `NO_TRACK` where there is none. May be left out.

    Raises:
        ValueError: if the arrays do not fit each other.

    Example:
        >>> sure = detections[detections.confidence > 0.9]
    """

    xyxy: np.ndarray
    digit: np.ndarray
    confidence: np.ndarray
    probabilities: np.ndarray
    track: np.ndarray = field(default=None)  # type: ignore[arg-type]

    def __post_init__(self) -> None:
        n = len(self.digit)
        if self.track is None:
            object.__setattr__(self, "track", np.full(n, NO_TRACK, np.int64))
        shapes = {"xyxy": (n, 4), "digit": (n,), "confidence": (n,), "probabilities": (n, CLASSES), "track": (n,)}
        for name, shape in shapes.items():
            got = np.shape(getattr(self, name))
            if got != shape:
                raise ValueError(f"{name} must have shape {shape}, got {got}")

    @classmethod
    def empty(cls) -> Detections:
        """No digit at all."""
        return cls(
            np.zeros((0, 4), np.int32),
            np.zeros(0, np.int64),
            np.zeros(0, np.float32),
            np.zeros((0, CLASSES), np.float32),
        )

    @classmethod
    def from_probabilities(cls, xyxy: np.ndarray, probabilities: NDArray[np.float32]) -> Detections:
        """Detections whose digit is the likeliest of 0 to 9 in each row of `probabilities (n, 11)`."""
        probabilities = np.asarray(probabilities, np.float32).reshape(-1, CLASSES)
        digit = probabilities[:, :NOT_A_DIGIT].argmax(axis=1)
        confidence = probabilities[np.arange(len(digit)), digit]
        return cls(np.asarray(xyxy, np.int32).reshape(-1, 4), digit, confidence, probabilities)

    def __len__(self) -> int:
        return len(self.digit)

    def __getitem__(self, index: np.ndarray | slice | list[int]) -> Detections:
        """The rows that a boolean mask, a slice or an array of indices picks."""
        return Detections(
            self.xyxy[index], self.digit[index], self.confidence[index], self.probabilities[index], self.track[index]
        )

    def __iter__(self) -> Iterator[tuple[np.ndarray, int, float]]:
        """One `(xyxy, digit, confidence)` a digit."""
        for box, digit, confidence in zip(self.xyxy, self.digit, self.confidence, strict=True):
            yield box, int(digit), float(confidence)

    def inside(self, size: tuple[int, int]) -> Detections:
        """The digits whose centre lies within a frame of this width and height, their boxes clipped to it."""
        kept = self[centered_in(self.xyxy, size)]
        return replace(kept, xyxy=clipped(kept.xyxy, size))

    @property
    def height(self) -> np.ndarray:
        """`(n,) int32` heights of the boxes in pixels."""
        return self.xyxy[:, 3] - self.xyxy[:, 1]

    @property
    def width(self) -> np.ndarray:
        """`(n,) int32` widths of the boxes in pixels."""
        return self.xyxy[:, 2] - self.xyxy[:, 0]

"""A grey picture of what differs in colour alone: red ink on paper that is as bright and green."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        longest: Pixels of the longer side of the copy from which the direction is found.
        least: Standard deviation of the colours in that direction, of 255, below which all is of one colour.
        gain: Factor from colour to grey: colours differ by less than black and white do.
    """

    longest: int = 256
    least: float = 8.0
    gain: float = 2.0


LIMITS = Limits()


def chroma(frame: NDArray[np.uint8]) -> np.ndarray | None:
    """The colours of a picture along the direction in which they differ most.

    That is the first principal component of the channels a and b of the colour space CIELAB.

    Args:
        frame: `(H, W, 3) uint8` BGR.

    Returns:
        `(H, W) uint8`; None where all is of one colour.
    """
    scale = min(1.0, LIMITS.longest / max(frame.shape[:2]))
    small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    colours = cv2.cvtColor(small, cv2.COLOR_BGR2LAB)[..., 1:].reshape(-1, 2).astype(np.float32)
    mean, directions, variances = cv2.PCACompute2(colours, None)
    if variances[0, 0] < LIMITS.least**2:
        return None
    weights = LIMITS.gain * np.concatenate([[0], directions[0]])[None]
    offset = 128 - float(weights[0, 1:] @ mean[0])
    return cv2.transform(cv2.cvtColor(frame, cv2.COLOR_BGR2LAB), np.append(weights, [[offset]], axis=1))

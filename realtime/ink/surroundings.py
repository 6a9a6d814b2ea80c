"""What is dark around a body and no digit's ink: letters of a word, the other stroke of an x, a ruling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.ink import bodies
from realtime.ink.network import Maps

WINDOWS = ((0.0, 0.0), (0.3, 0.3), (3.0, 0.5))
"""How far aside, and up and down, each window reaches around a body's box, in its longer side."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        paper: Darkness, of 255, below which a pixel is paper.
    """

    paper: int = 24


LIMITS = Limits()


def unclaimed(maps: Maps, gray: NDArray[np.uint8], xyxy: np.ndarray, crops: Sequence[np.ndarray]) -> np.ndarray:
    """How much darkness there is in windows around bodies that the network does not call a digit's ink.

    Args:
        maps: what the network says of a picture.
        gray: `(h, w) uint8`, the picture, its light taken out.
        xyxy: `(n, 4)`, boxes around the ink of the bodies, in pixels of the picture.
        crops: how dark their ink is.

    Returns:
        `(n, len(WINDOWS)) float32`: darkness in each of `WINDOWS` over that of the body's own ink.
    """
    h, w = maps.ink.shape
    dark = cv2.resize(cv2.bitwise_not(gray), (w, h), interpolation=cv2.INTER_AREA)
    dark = cv2.subtract(dark, (LIMITS.paper, 0, 0, 0))
    others = cv2.subtract(bodies.LIMITS.ink, cv2.min(maps.ink, bodies.LIMITS.ink))
    total = cv2.integral(cv2.multiply(dark, others, scale=1 / bodies.LIMITS.ink))
    own = np.array([cv2.sumElems(crop)[0] for crop in crops]) / 4 + 1
    box = xyxy.astype(np.float64) / 2
    side = (box[:, 2:] - box[:, :2]).max(axis=1, keepdims=True, initial=0)
    found = np.empty((len(box), len(WINDOWS)), np.float32)
    for k, (aside, along) in enumerate(WINDOWS):
        reach = side * [[-aside, -along, aside, along]]
        x0, y0, x1, y1 = np.clip(np.rint(box + reach), 0, [w, h, w, h]).astype(np.intp).T
        found[:, k] = (total[y1, x1] - total[y0, x1] - total[y1, x0] + total[y0, x0]) / own
    return found

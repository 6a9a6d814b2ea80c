"""Simple drawn pages for the tests of the recogniser: shapes whose place is known to the pixel."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.ink.candidates import Candidates
from realtime.ink.network import MAPS
from realtime.ink.proposals import propose

PAPER, PEN = 210, 60


def paper(size: tuple[int, int] = (640, 480), shade: int = PAPER, noise: float = 2.0, seed: int = 0) -> np.ndarray:
    """An empty page, `(height, width, 3) uint8`, with a camera's noise on it; size is (width, height)."""
    w, h = size
    grain = np.random.default_rng(seed).normal(0, noise, (h, w, 1))
    return np.clip(shade + grain, 0, 255).astype(np.uint8).repeat(3, axis=2)


def ring(frame: np.ndarray, xyxy: tuple[int, int, int, int], pen: int = PEN, width: int = 4) -> np.ndarray:
    """Draw a 0 whose ink fills the box, right and bottom excluded; returns the frame."""
    x0, y0, x1, y1 = xyxy
    inset = width // 2
    center, axes = ((x0 + x1) // 2, (y0 + y1) // 2), ((x1 - x0) // 2 - inset, (y1 - y0) // 2 - inset)
    cv2.ellipse(frame, center, axes, 0, 0, 360, (pen, pen, pen), width, cv2.LINE_AA)
    return frame


def shaded(frame: np.ndarray, across: float = 0.5, vignette: float = 0.3) -> np.ndarray:
    """The same page in uneven light: darker to the right by `across`, and towards the corners by `vignette`."""
    h, w = frame.shape[:2]
    y, x = np.mgrid[:h, :w]
    radius = ((x / w - 0.5) ** 2 + (y / h - 0.5) ** 2) * 2
    light = (1 - across * x / w) * (1 - vignette * radius)
    return np.clip(frame * light[..., None], 0, 255).astype(np.uint8)


def seen_alone(frame: np.ndarray) -> Candidates:
    """What the recogniser sees in a frame where its ink network says nothing: light taken out, and lone strokes."""
    return propose(lambda contrast: np.zeros((contrast.shape[0] // 2, contrast.shape[1] // 2, MAPS), np.uint8), frame)


def ink_of(frame: np.ndarray) -> np.ndarray:
    """How much darker than paper each pixel of a frame is, as the recogniser has it in `Trace.ink`."""
    return cv2.bitwise_not(seen_alone(frame).gray)


def overlap(a: tuple[int, ...] | np.ndarray, b: tuple[int, ...] | np.ndarray) -> float:
    """Area that two xyxy boxes share over the area that they cover."""
    w = min(a[2], b[2]) - max(a[0], b[0])
    h = min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return float(w * h / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - w * h))

"""Images for the tests of training, drawn by our own pen."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.glyphs.normalize import normalize
from training.render.handwriting import digit_image


def pen_digits(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`n` digits of our own pen as `(n, 28, 28) uint8`, normalised, and what they are."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 10
    images = normalize([digit_image(rng, int(digit), 40) for digit in labels])
    return np.rint(images * 255).astype(np.uint8), labels


def crosses(n: int, seed: int) -> np.ndarray:
    """`n` crosses, `(n, 28, 28) uint8`."""
    rng = np.random.default_rng(seed)
    images = np.zeros((n, 28, 28), np.uint8)
    for image in images:
        ends = rng.integers(4, 9, 4).tolist()
        cv2.line(image, (ends[0], ends[1]), (27 - ends[1], 27 - ends[0]), 255, 2, cv2.LINE_AA)
        cv2.line(image, (ends[2], 27 - ends[3]), (27 - ends[3], ends[2]), 255, 2, cv2.LINE_AA)
    return images

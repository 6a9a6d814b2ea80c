"""What rows are written with, drawn by our own pen."""

from __future__ import annotations

import numpy as np
import pytest

from training.data.sources import TRAIN, Source
from training.render.handwriting import Hand, digit_image
from training.render.line.shapes import Shapes, gather


@pytest.fixture(scope="session")
def shapes() -> Shapes:
    """Digits of our own pen, and no other signs."""
    rng = np.random.default_rng(0)
    hand = Hand(rng)
    images = np.zeros((100, 28, 28), np.uint8)
    for k, image in enumerate(images):
        digit = digit_image(rng, k % 10, 20, hand=hand)[:26, :26]
        h, w = digit.shape
        image[(28 - h) // 2 :, (28 - w) // 2 :][:h, :w] = digit
    labels = np.arange(100) % 10
    return gather([Source("ours", images, labels, np.full(100, TRAIN, np.uint8))], [], seed=0, most=20)

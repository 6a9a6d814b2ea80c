from __future__ import annotations

import numpy as np
import pytest
from drawn import pen_digits

from training.data.augment import augment


def test_shape_range_and_legibility_are_kept() -> None:
    images, _ = pen_digits(400, 3)
    redrawn = augment(images, np.random.default_rng(0))
    assert redrawn.shape == images.shape
    assert redrawn.dtype == np.uint8
    # Ink is still there, about as much of it, inside the field and near its middle.
    assert redrawn.max(axis=(1, 2)).min() > 60
    ratio = redrawn.mean(axis=(1, 2)) / images.mean(axis=(1, 2))
    assert np.median(ratio) == pytest.approx(1, abs=0.15)
    assert ratio.min() > 0.2
    edge = np.concatenate([redrawn[:, 0], redrawn[:, -1], redrawn[:, :, 0], redrawn[:, :, -1]], axis=1)
    assert edge.mean() < 3
    along = np.arange(28)
    middle = (redrawn.sum(axis=1) @ along) / redrawn.sum(axis=(1, 2))
    assert np.abs(middle - 13.5).max() < 5


def test_every_image_is_changed_and_no_two_alike() -> None:
    images = np.repeat(pen_digits(1, 4)[0], 50, axis=0)
    redrawn = augment(images, np.random.default_rng(0))
    assert len({image.tobytes() for image in [*redrawn, images[0]]}) == 51


def test_the_generator_decides_everything() -> None:
    images, _ = pen_digits(300, 5)
    before = images.copy()
    first, again, other = (augment(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    np.testing.assert_array_equal(images, before)


def test_strength_goes_from_nothing_to_more() -> None:
    images, _ = pen_digits(200, 6)
    change = [
        np.abs(augment(images, np.random.default_rng(0), strength).astype(int) - images).mean()
        for strength in (0, 0.5, 1, 1.5)
    ]
    assert change[0] == 0
    assert change == sorted(change)
    assert change[1] > 1


def test_no_images_and_an_empty_image() -> None:
    rng = np.random.default_rng(0)
    assert augment(np.zeros((0, 28, 28), np.uint8), rng).shape == (0, 28, 28)
    assert augment(np.zeros((3, 28, 28), np.uint8), rng).max() == 0

"""Data files like those that people train with, but tiny and drawn by our own pen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn import crosses, pen_digits


@pytest.fixture(scope="session")
def mnist_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in MNIST's layout with 600 digits to learn from, 5,000 to look at (a few, again and again), 50 to test."""
    path = tmp_path_factory.mktemp("data") / "mnist.npz"
    images, labels = pen_digits(700, 0)
    few = np.arange(5000) % 50 + 600
    order = np.concatenate([np.arange(600), few])
    np.savez(path, x_train=images[order], y_train=labels[order], x_test=images[650:], y_test=labels[650:])
    return path


@pytest.fixture(scope="session")
def digits_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 digits, each two thirds of them of one source."""
    path = tmp_path_factory.mktemp("data") / "digits.npz"
    images, labels = pen_digits(300, 1)
    np.savez(path, images=images, labels=labels, source=np.where(np.arange(300) % 3, "ours", "theirs"))
    return path


@pytest.fixture(scope="session")
def nondigits_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 crosses."""
    path = tmp_path_factory.mktemp("data") / "nondigits.npz"
    np.savez(path, images=crosses(200, 2), names=np.full(200, "x"))
    return path

"""Data files like those that people train with, but tiny and drawn by our own pen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from drawn import crosses, pen_digits

from training.data import sources


@pytest.fixture(scope="session")
def mnist_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in MNIST's layout with 600 digits to learn from, 50 to look at meanwhile and 50 to test."""
    path = tmp_path_factory.mktemp("data") / "mnist.npz"
    images, labels = pen_digits(700, 0)
    np.savez(path, x_train=images[:650], y_train=labels[:650], x_test=images[650:], y_test=labels[650:])
    return path


@pytest.fixture(autouse=True)
def few_to_look_at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of that file the last 50 are looked at, not the last 5,000, which would take most of the time of each epoch."""
    if "mnist_file" in request.fixturenames:
        monkeypatch.setattr(sources, "MNIST_VALIDATION", 50)


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

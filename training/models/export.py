"""A trained network -> the files that are shipped: `digits.tflite`, `digits.keras` and their card `digits.json`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from training.data.sources import DataError
from training.models.card import write

NAME = "digits"

_PACKAGES = ("tensorflow", "keras", "numpy", "opencv-python", "ai-edge-litert")


def to_tflite(model: keras.Model, *, int8: bool = True) -> bytes:
    """The network as a `.tflite`: weights of 8 bits, activations quantised as they come (dynamic range), or floats."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    tf.get_logger().setLevel("ERROR")  # the converter talks
    with contextlib.redirect_stdout(io.StringIO()):  # in many ways
        return converter.convert()


def weights_digest(model: keras.Model) -> str:
    """The SHA-256 of all weights: the same seed, data and versions give the same one on one machine."""
    digest = hashlib.sha256()
    for weights in model.get_weights():
        digest.update(weights.tobytes())
    return digest.hexdigest()


def read_model(path: Path) -> keras.Model:
    """A `.keras` file.

    Raises:
        DataError: there is none, or it cannot be loaded.
    """
    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {path}: {str(error).splitlines()[0]}") from error


def write_model(model: keras.Model, folder: Path, content: bytes | None = None) -> Path:
    """Write `digits.keras` and `digits.tflite`, each whole or not at all; returns the path of the latter.

    An older card is removed: a card that speaks of another file would keep the new one from loading.

    Args:
        model: float32, with softmax.
        folder: made where it is missing.
        content: of the `.tflite`, where `to_tflite` has made it already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.tflite"
    content = content or to_tflite(model)
    unfinished = folder / f"unfinished-{NAME}.keras"
    model.save(unfinished)
    path.with_suffix(".json").unlink(missing_ok=True)
    os.replace(unfinished, path.with_suffix(".keras"))
    replace_file(path, content)
    return path


def write_card(path: Path, more: dict[str, Any]) -> None:
    """Write the card of the `.tflite` at `path`, what it takes and gives and `more`, and the page made from it."""
    content = path.read_bytes()
    card = {
        "name": NAME,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "input": {
            "shape": ["n", 28, 28],
            "dtype": "float32",
            "range": [0, 1],
            "meaning": "ink 1, paper 0, as realtime.glyphs.normalize makes it",
        },
        "output": {"shape": ["n", 11], "dtype": "float32", "meaning": "probabilities of the classes, summing to 1"},
        "classes": [*map(str, range(10)), "not a digit"],
        **more,
    }
    write(path.with_suffix(".json"), card)


def versions() -> dict[str, str]:
    """Versions of what made the model, as far as it is installed."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    unfinished = path.with_name("unfinished-" + path.name)
    unfinished.write_bytes(content)
    os.replace(unfinished, path)

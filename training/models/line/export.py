"""A trained line reader -> `line.tflite` and its card `line.json`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from realtime.recognition.line_picture import HEIGHT, STRIDE
from training.models.export import replace_file, versions
from training.models.line.rows import WIDEST, Rows

NAME = "line"

_SHOWN = 300  # rows that the converter looks at to choose the scale of every layer


def to_tflite(model: keras.Model, rows: Rows, *, int8: bool = True) -> bytes:
    """The network as a `.tflite` of floats, or of 8 bits throughout; its input and outputs are floats in both."""
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if int8:
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: _shown(rows)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    tf.get_logger().setLevel("ERROR")
    with contextlib.redirect_stdout(io.StringIO()):
        return converter.convert()


def write(content: bytes, folder: Path, more: dict[str, Any]) -> Path:
    """Write the model and its card, each whole or not at all; returns the path of the model.

    Args:
        content: of the `.tflite`.
        folder: made where it is missing.
        more: for the card: parameters, data, training, what was measured.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.tflite"
    card = {
        "name": NAME,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "input": {
            "shape": [1, HEIGHT, "w", 1],
            "dtype": "float32",
            "range": [0, 1],
            "meaning": "a row of writing, ink 1, paper 0, as realtime.recognition.line_picture makes it; "
            f"w is a multiple of {STRIDE}",
        },
        "outputs": [
            {
                "shape": [1, f"w / {STRIDE}", 11],
                "dtype": "float32",
                "meaning": "logits: which digit has its middle in the column; the last one is none",
            },
            {
                "shape": [1, f"w / {STRIDE}", 4],
                "dtype": "float32",
                "meaning": "how far left, up, right and down its ink reaches, in heights of the row",
            },
        ],
        "classes": [*map(str, range(10)), "no digit has its middle here"],
        **more,
        "versions": versions(),
    }
    path.with_suffix(".json").unlink(missing_ok=True)
    replace_file(path, content)
    replace_file(path.with_suffix(".json"), (json.dumps(card, indent=2) + "\n").encode())
    return path


def _shown(rows: Rows) -> Iterator[list[np.ndarray]]:
    for picture in rows.pictures[:_SHOWN]:
        whole = np.zeros((1, HEIGHT, WIDEST, 1), np.float32)
        whole[0, :, : picture.shape[1], 0] = picture * np.float32(1 / 255)
        yield [whole]

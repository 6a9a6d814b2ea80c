"""The trained ink network -> `ink.tflite` in full int8, `ink.keras` to go on from, and the card `ink.json`."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from realtime.ink.network import MAPS, ROOM, STRIDE
from training.models.export import replace_file, versions
from training.models.ink.network import contrasts, shipped
from training.models.ink.shards import Crops

NAME = "ink"

_REPRESENTATIVE = 120  # crops by which the ranges of the activations are taken


def to_tflite(network: keras.Model, crops: Crops) -> bytes:
    """The network as a `.tflite` in which all is int8, contrasts and maps `uint8`.

    Args:
        network: as trained.
        crops: some that show what the network meets.
    """
    converter = tf.lite.TFLiteConverter.from_keras_model(shipped(network))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: _representative(crops)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = converter.inference_output_type = tf.uint8
    tf.get_logger().setLevel("ERROR")  # the converter talks
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns that it was not told the range, which it takes from the crops
        return converter.convert()


def _representative(crops: Crops) -> Iterator[list[np.ndarray]]:
    # The ends of the scale first: the input is packed so that 0 and 255 are the least and the highest contrast.
    yield [np.linspace(-2, 2, crops.seen[0].size, dtype=np.float32).reshape(1, *crops.seen[0].shape, 1)]
    for seen in crops.seen[:_REPRESENTATIVE]:
        yield [contrasts(seen)[None, ..., None]]


def write(network: keras.Model, crops: Crops, folder: Path, more: dict[str, Any]) -> Path:
    """Write the files of the network, each whole or not at all; returns the path of the `.tflite`.

    Args:
        network: as trained.
        crops: see `to_tflite`.
        folder: made where it is missing.
        more: what the card says besides of what the network takes and gives.
    """
    content = to_tflite(network, crops)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{NAME}.tflite"
    unfinished = folder / f"unfinished-{NAME}.keras"
    twin = shipped(network)
    twin.save(unfinished)
    path.with_suffix(".json").unlink(missing_ok=True)  # a card of another file would keep the new one from loading
    os.replace(unfinished, path.with_suffix(".keras"))
    replace_file(path, content)
    card = {
        "name": NAME,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": twin.count_params(),
        "input": {
            "shape": [1, "h", "w", 1],
            "dtype": "uint8",
            "meaning": (
                f"contrast of a grey picture, its light removed, as realtime.ink.illumination makes it; {ROOM} pixels "
                f"of room around it, sides multiples of {STRIDE}"
            ),
        },
        "output": {
            "shape": [1, "h / 2", "w / 2", MAPS],
            "dtype": "uint8",
            "meaning": "256 times the probability that a pixel is ink of a digit, in a digit's body, in its core",
        },
        **more,
        "versions": versions(),
    }
    replace_file(path.with_suffix(".json"), (json.dumps(card, indent=2) + "\n").encode())
    return path

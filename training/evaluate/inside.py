"""What goes on inside of a network: its layers, its first filters, and what each layer makes of one picture."""

from __future__ import annotations

import keras
import numpy as np


def layers(model: keras.Model) -> str:
    """The layers as a table: kind, the shape of what comes out, parameters."""
    lines = [f"{'layer':26s}{'gives':>16s}{'parameters':>12s}"]
    for layer in model.layers:
        shape = " x ".join(str(side) for side in layer.output.shape[1:])
        lines.append(f"{type(layer).__name__:26s}{shape:>16s}{layer.count_params():12d}")
    lines.append(f"{'in all':42s}{model.count_params():12d}")
    return "\n".join(lines)


def first_filters(model: keras.Model) -> np.ndarray:
    """The kernels of the first convolution: `(channels, height, width) float32`."""
    first = next(layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D))
    return np.moveaxis(np.asarray(first.kernel), -1, 0)[..., 0]


def feature_maps(model: keras.Model, image: np.ndarray) -> list[np.ndarray]:
    """What each ReLU gives for an image `(28, 28) float32`: one `(channels, h, w) float32` a ReLU, in order."""
    relus = [layer.output for layer in model.layers if isinstance(layer, keras.layers.ReLU)]
    maps = keras.Model(model.input, relus)(image[None])
    return [np.moveaxis(np.asarray(each)[0], -1, 0) for each in maps]

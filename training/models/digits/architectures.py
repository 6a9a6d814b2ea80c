"""The networks to choose from: the classic one, the two that are shipped, and one with room for more.

They take and give the same and are trained the same way, so that `python -m training compare` compares nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import keras
from keras import layers

from realtime.detections import CLASSES
from realtime.glyphs.normalize import SIDE
from training.models.digits.network import build
from training.settings import GLANCE, SHIPPED

_DROPPED = 0.3  # of the large network's last features, while learning


def lenet5(*, softmax: bool = True, dtype: str = "float32") -> keras.Model:
    """LeNet-5 of 1998: 5x5 convolutions, average pooling, tanh, three dense layers; 61,000 parameters.

    Only the output differs from the paper: one logit a class in place of distances to drawn templates. See
    `training.models.digits.network.build` for the arguments.
    """
    policy = keras.dtype_policies.get(dtype)
    images = keras.Input((SIDE, SIDE), name="images")
    x = layers.Reshape((SIDE, SIDE, 1), dtype=policy)(images)
    x = layers.Conv2D(6, 5, padding="same", activation="tanh", dtype=policy)(x)  # the paper's field has 32 pixels
    x = layers.AveragePooling2D(2, dtype=policy)(x)
    x = layers.Conv2D(16, 5, activation="tanh", dtype=policy)(x)
    x = layers.AveragePooling2D(2, dtype=policy)(x)
    x = layers.Flatten(dtype=policy)(x)
    x = layers.Dense(120, activation="tanh", dtype=policy)(x)
    x = layers.Dense(84, activation="tanh", dtype=policy)(x)
    return _model(images, x, softmax)


def glance(*, softmax: bool = True, dtype: str = "float32") -> keras.Model:
    """Strides instead of pooling, and few channels: 48,000 parameters, and a sixteenth of the shipped network's work.

    See `training.models.digits.network.build` for the arguments.
    """
    policy = keras.dtype_policies.get(dtype)

    def convolution(x: keras.KerasTensor, channels: int, side: int, stride: int) -> keras.KerasTensor:
        x = layers.Conv2D(channels, side, strides=stride, padding="same", use_bias=False, dtype=policy)(x)
        x = layers.BatchNormalization(momentum=0.95, dtype=policy)(x)
        return layers.ReLU(dtype=policy)(x)

    images = keras.Input((SIDE, SIDE), name="images")
    x = layers.Reshape((SIDE, SIDE, 1), dtype=policy)(images)
    x = convolution(x, 16, 5, 2)
    x = convolution(x, 32, 3, 2)
    x = convolution(x, 48, 3, 1)
    x = layers.Flatten(dtype=policy)(layers.MaxPooling2D(2, dtype=policy)(x))
    x = layers.Dense(64, activation="relu", dtype=policy)(x)
    return _model(images, x, softmax)


def large(*, softmax: bool = True, dtype: str = "float32") -> keras.Model:
    """Two convolutions at full size, then residual pairs at half and at a quarter; 474,000 parameters.

    Three times the work of the shipped network. See `training.models.digits.network.build` for the arguments.
    """
    policy = keras.dtype_policies.get(dtype)

    def convolution(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, dtype=policy)(x)
        return layers.BatchNormalization(momentum=0.95, dtype=policy)(x)

    def relu(x: keras.KerasTensor) -> keras.KerasTensor:
        return layers.ReLU(dtype=policy)(x)

    def stage(x: keras.KerasTensor, channels: int) -> keras.KerasTensor:
        x = relu(convolution(layers.MaxPooling2D(2, dtype=policy)(x), channels))
        added = convolution(relu(convolution(x, channels)), channels)
        return relu(layers.Add(dtype=policy)([x, added]))

    images = keras.Input((SIDE, SIDE), name="images")
    x = layers.Reshape((SIDE, SIDE, 1), dtype=policy)(images)
    x = relu(convolution(relu(convolution(x, 32)), 32))
    x = stage(stage(x, 64), 128)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dropout(_DROPPED, dtype=policy)(x)
    return _model(images, x, softmax)


def create(arch: str, width: int, *, softmax: bool = True, dtype: str = "float32") -> keras.Model:
    """A network of one of `training.settings.ARCHITECTURES` with fresh weights.

    Args:
        arch: its name.
        width: channels of the shipped network's first layer; the other networks have one width.
        softmax, dtype: see `training.models.digits.network.build`.
    """
    make: dict[str, Callable[..., keras.Model]] = {
        "lenet5": lenet5,
        GLANCE: glance,
        SHIPPED: partial(build, width),
        "large": large,
    }
    return make[arch](softmax=softmax, dtype=dtype)


def _model(images: keras.KerasTensor, x: keras.KerasTensor, softmax: bool) -> keras.Model:
    x = layers.Dense(CLASSES, dtype="float32")(x)
    if softmax:
        x = layers.Softmax(dtype="float32", name="probabilities")(x)
    return keras.Model(images, x, name="digits")

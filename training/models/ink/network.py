"""The ink network: a small U-Net of separable convolutions, from a contrast to ink, body and core at half its size."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from realtime.ink.illumination import LIMIT
from realtime.ink.network import MAPS

WIDTHS = (12, 24, 40, 72, 112)
"""Channels at strides 2, 4, 8, 16 and 32."""

_DEEP = (2, 2, 3)  # blocks at strides 8, 16 and 32
_CELL = 2  # the last layer says so many maps' pixels a side in one of its own
_MOMENTUM = 0.98


@keras.saving.register_keras_serializable("ink")
class Twice(layers.Layer):
    """A picture of twice the size, as bilinear interpolation makes it.

    Each pixel is repeated and the steps are smoothed: unlike with a resize, whose size would be a number that is
    computed, all shapes follow from that of the input when the file is loaded.
    """

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """`(n, h, w, c)` -> `(n, 2 h, 2 w, c)`."""
        line = np.array([0.25, 0.5, 0.25])
        kernel = np.tile(np.outer(line, line)[:, :, None, None], (1, 1, x.shape[-1], 1))
        repeated = tf.nn.depth_to_space(tf.concat([x] * 4, axis=-1), 2)
        return tf.nn.depthwise_conv2d(repeated, tf.constant(kernel, x.dtype), [1, 1, 1, 1], "SAME")

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Of the output, by that of the input."""
        n, h, w, c = shape
        return n, None if h is None else 2 * h, None if w is None else 2 * w, c


@keras.saving.register_keras_serializable("ink")
class Spread(layers.Layer):
    """The maps, of the numbers that the last layer has for each of their cells."""

    def call(self, x: tf.Tensor) -> tf.Tensor:
        """`(n, h, w, 4 c)` -> `(n, 2 h, 2 w, c)`."""
        return tf.nn.depth_to_space(x, _CELL)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Of the output, by that of the input."""
        n, h, w, c = shape
        return n, None if h is None else 2 * h, None if w is None else 2 * w, (c or 0) // 4


def create(n: int | None = None) -> keras.Model:
    """A new network: `(n, h, w, 1)` contrasts from -2 to 2 -> `(n, h / 4, w / 4, 4 MAPS)` log-odds, sides multiples
    of 32.

    Args:
        n: pictures at a time, where that is fixed.
    """
    given = keras.Input((None, None, 1), batch_size=n)
    x = _plain(given, WIDTHS[0], 3, 2)
    skips = [_separable(_separable(x, WIDTHS[1], 2), WIDTHS[1])]
    for width, deep, side in zip(WIDTHS[2:], _DEEP, (3, 3, 5), strict=True):
        x = _separable(skips[-1], width, 2)
        for _ in range(deep):
            x = _separable(x, width, side=side)
        skips.append(x)
    x = skips.pop()
    for skip in reversed(skips):
        x = _separable(_joined(x, skip), skip.shape[-1])
    x = _separable(x, WIDTHS[1])
    return keras.Model(given, layers.Conv2D(_CELL * _CELL * MAPS, 1, dtype="float32")(x))


def shipped(network: keras.Model) -> keras.Model:
    """The network as it is shipped: one contrast -> `(1, h / 2, w / 2, MAPS)` probabilities, all in float32."""
    twin = create(1)
    twin.set_weights(network.get_weights())
    return keras.Model(twin.input, Spread()(layers.Activation("sigmoid", dtype="float32")(twin.output)))


def contrasts(packed: np.ndarray) -> np.ndarray:
    """Contrasts in 8 bits, as `realtime.ink.illumination` has them -> float32 from -2 to 2."""
    return packed.astype(np.float32) * np.float32(2 * LIMIT / 255) - np.float32(LIMIT)


def _plain(x: tf.Tensor, width: int, side: int = 1, stride: int = 1, *, active: bool = True) -> tf.Tensor:
    x = layers.Conv2D(width, side, stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=_MOMENTUM)(x)
    return layers.ReLU()(x) if active else x


def _separable(x: tf.Tensor, width: int, stride: int = 1, side: int = 3) -> tf.Tensor:
    """A convolution of each channel, then one across them; what came in is added where it fits."""
    y = layers.DepthwiseConv2D(side, stride, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(y))
    y = layers.Conv2D(width, 1, use_bias=False)(y)
    y = layers.BatchNormalization(momentum=_MOMENTUM)(y)
    if stride == 1 and x.shape[-1] == width:
        y = layers.Add()([x, y])
    return layers.ReLU()(y)


def _joined(x: tf.Tensor, skip: tf.Tensor) -> tf.Tensor:
    """What is known at half the size, added to what is known at this one."""
    return layers.ReLU()(layers.Add()([Twice()(_plain(x, skip.shape[-1], active=False)), skip]))

"""The network: convolutions, pooling, a dense output. Small enough to read fifty glyphs in about a millisecond."""

from __future__ import annotations

import keras
from keras import layers

from realtime.detections import CLASSES
from realtime.glyphs.normalize import SIDE


def build(width: int = 24, *, softmax: bool = True, dtype: str = "float32") -> keras.Model:
    """A network with fresh weights.

    One convolution at full size, two at half, two at a quarter of the size, the average of each channel, and a dense
    output. Batch norm and ReLU come after pooling, where there is a quarter of the work left for them.

    Args:
        width: channels of the first layer, a multiple of 8; the others grow with it.
        softmax: probabilities, as shipped; without it logits, as the loss wants them.
        dtype: "float32", or "mixed_bfloat16" to train faster on processors that can.

    Returns:
        A model from `(n, 28, 28)`, ink 1 and paper 0, to `(n, 11) float32`.
    """
    policy = keras.dtype_policies.get(dtype)

    def convolution(x: keras.KerasTensor, channels: int, pool: bool = False) -> keras.KerasTensor:
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, dtype=policy)(x)
        if pool:
            x = layers.MaxPooling2D(2, dtype=policy)(x)
        x = layers.BatchNormalization(momentum=0.95, dtype=policy)(x)
        return layers.ReLU(dtype=policy)(x)

    images = keras.Input((SIDE, SIDE), name="images")
    x = layers.Reshape((SIDE, SIDE, 1), dtype=policy)(images)
    x = convolution(x, width, pool=True)
    x = convolution(x, width * 4 // 3)
    x = convolution(x, width * 8 // 3, pool=True)
    x = convolution(x, width * 4)
    x = convolution(x, width * 16 // 3)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    x = layers.Dense(CLASSES, dtype="float32")(x)
    if softmax:
        x = layers.Softmax(dtype="float32", name="probabilities")(x)
    return keras.Model(images, x, name="digits")

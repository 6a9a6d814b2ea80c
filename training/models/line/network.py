"""The network: a row 48 px high -> every four columns what digit has its middle there, and how far its ink reaches."""

from __future__ import annotations

import keras
from keras import layers

from realtime.detections import CLASSES
from realtime.recognition.line_picture import HEIGHT

CHANNELS = (16, 32, 64, 128)
"""Of the picture at a half, a quarter and an eighth of its height, and of the row without height."""

_MOMENTUM = 0.98  # of the batch statistics: a run has few steps


def build(channels: tuple[int, int, int, int] = CHANNELS) -> keras.Model:
    """The network, with weights by chance.

    Plain convolutions: separable ones have fewer weights and multiplications, and take twice as long to learn on a
    processor. Strokes run on to the left and right: a few wide layers look along the row when its height is gone.

    Returns:
        A model that maps `(n, 48, w, 1)`, ink 1, paper 0, `w` a multiple of 4, to logits `(n, w / 4, 11)`, 10 being
        "no digit has its middle here", and `(n, w / 4, 4)`: how far left, up, right and down the ink of that digit
        reaches from the middle of the column at half the height, in heights of the row.
    """
    first, second, third, row = channels
    image = layers.Input((HEIGHT, None, 1), name="row")
    x = _conv(image, first, 5, 2)
    x = _conv(x, second, 3, 2)
    x = _residual(x, (3, 3))
    x = _conv(x, third, 3, (2, 1))
    x = _residual(x, (3, 3))
    x = layers.Conv2D(row, (HEIGHT // 8, 1), use_bias=False)(x)
    x = layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))
    for width in (5, 3, 3):
        x = _residual(x, (1, width))
    x = layers.Dropout(0.1)(x)
    digits = layers.Conv2D(CLASSES, 1, dtype="float32")(x)
    boxes = layers.Conv2D(4, 1, dtype="float32")(x)
    digits = layers.Reshape((-1, CLASSES), name="digits", dtype="float32")(digits)
    boxes = layers.Reshape((-1, 4), name="boxes", dtype="float32")(boxes)
    return keras.Model(image, [digits, boxes], name="line")


def _conv(x: keras.KerasTensor, channels: int, size: int, stride: int | tuple[int, int]) -> keras.KerasTensor:
    x = layers.Conv2D(channels, size, stride, padding="same", use_bias=False)(x)
    return layers.ReLU()(layers.BatchNormalization(momentum=_MOMENTUM)(x))


def _residual(x: keras.KerasTensor, size: tuple[int, int]) -> keras.KerasTensor:
    y = layers.Conv2D(x.shape[-1], size, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization(momentum=_MOMENTUM)(y)
    return layers.ReLU()(layers.Add()([x, y]))

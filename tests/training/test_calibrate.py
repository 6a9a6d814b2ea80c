import keras
import numpy as np

from training.data.sources import VALIDATION, Source
from training.models.digits.calibrate import calibrate


def model_with_logits(scale: float) -> keras.Model:
    """Tells 0 from 1 by the brightness of the first pixel, `scale` times as sure of it as it ought to be."""
    images = keras.Input((28, 28))
    x = keras.layers.Flatten()(images)
    dense = keras.layers.Dense(11)
    model = keras.Model(images, keras.layers.Softmax()(dense(x)))
    kernel = np.zeros((784, 11), np.float32)
    bias = np.full(11, -30 * scale, np.float32)
    kernel[0, 0], kernel[0, 1] = -4 * scale, 4 * scale
    bias[0], bias[1] = 2 * scale, -2 * scale
    dense.set_weights([kernel, bias])
    return model


def source(n: int) -> Source:
    """Labels drawn by the probabilities that the model has at scale 1."""
    rng = np.random.default_rng(0)
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, 0, 0] = rng.integers(0, 256, n)
    odds = 8 * (images[:, 0, 0] / 255 - 0.5)
    labels = (rng.random(n) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    return Source("drawn", images, labels, np.full(n, VALIDATION, np.uint8))


def test_too_sure_a_network_is_toned_down_and_too_modest_a_one_raised() -> None:
    assert 0.85 < 2 * calibrate(model_with_logits(2.0), [source(3000)]) < 1.15
    assert 0.85 < 0.5 * calibrate(model_with_logits(0.5), [source(3000)]) < 1.15


def test_the_model_is_changed_but_not_its_choices() -> None:
    model, drawn = model_with_logits(2.0), source(500)
    images = drawn.images.astype(np.float32) / 255
    before = model.predict(images, verbose=0)
    calibrate(model, [drawn])
    after = model.predict(images, verbose=0)
    assert after.max(axis=1).mean() < before.max(axis=1).mean()
    assert np.array_equal(after.argmax(axis=1), before.argmax(axis=1))


def test_without_anything_to_look_at_nothing_changes() -> None:
    assert calibrate(model_with_logits(1.0), []) == 1.0

"""The network learns one person's hand, and keeps what it knows.

A part of the person's digits is redrawn in many ways and learnt, mixed with three times as many images of other hands
and of what is no digit. Of these the right answer is asked for, and as much the answer of the network as it was: so it
changes where the person's digits want it to, and hardly anywhere else. Of the way to the weights that come of it, it
goes a part: most of the hand is learnt by then, and little is forgotten.

Only the last two convolutions and the output learn. A hand differs in how its strokes make up a digit, not in what a
stroke is; without the layers below the work is less than half.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from realtime.detections import CLASSES
from realtime.glyphs.normalize import normalize
from training.data.augment import augment
from training.data.sources import TRAIN, Source
from training.models.digits.train import OneCycle
from training.render import negatives
from training.render.handwriting import digit_image
from training.settings import Settings

STEPS = 60  # of learning
_OWN, _REPLAY = 16, 48  # images a step
_RATE = 1e-3  # the highest of the cycle
_LEARNING = 2  # convolutions, the last ones
_WAY = 0.6  # from the weights before to those learnt: nearly all of the hand, and half of the forgetting
SHAPES = 1_000  # that are no digit
OTHER_HANDS = 1_000  # digits by our own pen: as many writers as digits


def replay(mnist: Source, more: list[Source], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """What the network knows, to be gone over again: images `(n, 28, 28) uint8` and labels `(n,) int64`, 0 to 10.

    Args:
        mnist: its training part is learnt from; other hands and shapes are drawn.
        more: further sources.
        seed: for the drawing.
    """
    rng = np.random.default_rng(seed)
    meant = np.arange(OTHER_HANDS) % 10
    hands = np.rint(255 * normalize([digit_image(rng, int(digit)) for digit in meant])).astype(np.uint8)
    shapes = negatives.source(SHAPES, mnist, seed)
    parts = [*(source.take(TRAIN) for source in [mnist, *more]), (shapes.images, shapes.labels), (hands, meant)]
    images, labels = (np.concatenate(each) for each in zip(*parts, strict=True))
    return images, labels


def personalize(
    model: keras.Model, own: list[Source], known: tuple[np.ndarray, np.ndarray], seed: int = 1
) -> keras.Model:
    """Teach a copy of the network a hand.

    Args:
        model: as shipped: float32, with softmax; it is left as it is.
        own: the person's digits, and what they said is none; the training parts are learnt.
        known: from `replay`.
        seed: decides all chance; the same seed and data give the same weights on one machine.

    Returns:
        The personal network, float32, with softmax.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
    rng = np.random.default_rng(seed)
    images, labels = (np.concatenate(parts) for parts in zip(*(source.take(TRAIN) for source in own), strict=True))
    personal = keras.models.clone_model(model)
    personal.set_weights(model.get_weights())
    _hold_lower(personal)
    learning = keras.Model(personal.input, personal.layers[-2].output)  # logits: the softmax is the last layer
    optimizer = keras.optimizers.AdamW(OneCycle(_RATE, STEPS), weight_decay=0)
    optimizer.build(learning.trainable_variables)
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)

    # Batch norm goes on with the averages it has: those of one hand alone would upset the others.
    @tf.function(jit_compile=False)
    def step(batch: tf.Tensor, answers: tf.Tensor) -> None:
        pixels = tf.cast(batch, tf.float32) / 255
        right = tf.one_hot(answers, CLASSES)
        before = model(pixels[_OWN:], training=False)
        wanted = tf.concat([right[:_OWN], (right[_OWN:] + before) / 2], axis=0)
        with tf.GradientTape() as tape:
            value = loss(wanted, learning(pixels, training=False))
        gradients = tape.gradient(value, learning.trainable_variables)
        optimizer.apply(gradients, learning.trainable_variables)

    for _ in tqdm(range(STEPS), "learning your hand", leave=False, unit="batch", disable=None):
        mine, others = _evenly(labels, rng), rng.integers(len(known[0]), size=_REPLAY)
        batch = augment(np.concatenate([images[mine], known[0][others]]), rng, Settings.augmentation)
        step(tf.constant(batch), tf.constant(np.concatenate([labels[mine], known[1][others]])))
    blend = zip(model.get_weights(), personal.get_weights(), strict=True)
    personal.set_weights([(1 - _WAY) * before + _WAY * after for before, after in blend])
    return personal


def _hold_lower(network: keras.Model) -> None:
    """Let a network, or each member of a committee, learn from its last convolutions on."""
    for member in network.layers:
        if isinstance(member, keras.Model):
            _hold_lower(member)
    convolutions = [i for i, layer in enumerate(network.layers) if isinstance(layer, keras.layers.Conv2D)]
    if len(convolutions) > _LEARNING:
        for layer in network.layers[: convolutions[-_LEARNING]]:
            layer.trainable = False


def _evenly(labels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Indices of `_OWN` images, each digit that there is, and what is none, as likely as any other."""
    weight = 1 / np.bincount(labels)[labels]
    return rng.choice(len(labels), _OWN, p=weight / weight.sum())

"""Two networks as one: the weighted mean of their logits. They err on different glyphs, so the mean errs on fewer."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

from realtime.glyphs.normalize import SIDE
from training.data.sources import Source
from training.models.digits.calibrate import likelihood_loss, validation

FIRST, SECOND = "first", "second"

_SHARES = np.linspace(0, 1, 21)
_MOST = 8000  # images of each source


def join(first: keras.Model, second: keras.Model, share: float) -> keras.Model:
    """The committee of two networks.

    Args:
        first: as shipped, with softmax; of a committee its first member.
        second: the same, but no committee.
        share: weight of the second, 0 to 1.

    Returns:
        A network like them, whose members are layers named `FIRST` and `SECOND`.
    """
    images = keras.Input((SIDE, SIDE), name="images")
    logits = [
        layers.Rescaling(weight, name=f"share_of_{name}")(_member(network, name)(images))
        for network, name, weight in ((first, FIRST, 1 - share), (second, SECOND, share))
    ]
    probabilities = layers.Softmax(dtype="float32", name="probabilities")(layers.Add()(logits))
    return keras.Model(images, probabilities, name="digits")


def best_share(first: keras.Model, second: keras.Model, sources: list[Source]) -> float:
    """The share of the second under which the validation parts are likeliest, each source counting alike."""
    members = _member(first, FIRST), _member(second, SECOND)
    losses = []
    for ink, labels in validation(sources, _MOST):
        one, other = (member.predict(ink, batch_size=1000, verbose=0) for member in members)
        losses.append([likelihood_loss((1 - share) * one + share * other, labels) for share in _SHARES])
    return float(_SHARES[np.mean(losses, axis=0).argmin()]) if losses else 0.5


def _member(network: keras.Model, name: str) -> keras.Model:
    """The logits of a network, or of the first member of a committee, as a network of that name."""
    if any(layer.name == FIRST for layer in network.layers):
        inner = network.get_layer(FIRST)
        return keras.Model(inner.input, inner.output, name=name)
    return keras.Model(network.input, network.layers[-2].output, name=name)

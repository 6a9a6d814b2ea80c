"""Confidence that means what it says: of the digits shown with 90 %, nine in ten are to be right.

Training shows the network harder images than it will meet, so its raw probabilities trust themselves too little on
clean digits. One number mends that: all logits are multiplied by the factor under which the validation parts are
likeliest (temperature scaling, Guo et al. 2017). What is the likeliest class stays the likeliest.
"""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np

from training.data.sources import VALIDATION, Source

_FACTORS = np.geomspace(0.5, 3, 60)
_MOST = 4000  # images of each source


def calibrate(model: keras.Model, sources: list[Source]) -> float:
    """Scale the output layer so that probabilities fit the validation parts, each source counting alike.

    Args:
        model: ends with a dense layer and a softmax; changed in place.
        sources: their validation parts are looked at; sources without one are left out.

    Returns:
        The factor on the logits; 1 where there is nothing to look at.
    """
    outputs = []
    for ink, labels in validation(sources, _MOST):
        probabilities = model.predict(ink, batch_size=1000, verbose=0)
        # As good as logits: they differ by a constant a row.
        outputs.append((np.log(np.maximum(probabilities, 1e-12)), labels))
    if not outputs:
        return 1.0
    losses = [np.mean([likelihood_loss(factor * logits, labels) for logits, labels in outputs]) for factor in _FACTORS]
    factor = float(_FACTORS[int(np.argmin(losses))])
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)][-1]
    dense.set_weights([weights * np.float32(factor) for weights in dense.get_weights()])
    return factor


def validation(sources: list[Source], most: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of each source that has a validation part, at most so many images `(n, 28, 28) float32`, ink 1, and labels."""
    for source in sources:
        images, labels = source.take(VALIDATION)
        if len(labels):
            yield images[:most].astype(np.float32) / 255, labels[:most]


def likelihood_loss(logits: np.ndarray, labels: np.ndarray) -> float:
    """Mean negative log-likelihood of labels `(n,)` under logits `(n, 11)`."""
    logits = logits - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(labels)), labels]))

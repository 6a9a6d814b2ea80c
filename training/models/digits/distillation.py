"""Teachers: networks that have learnt before, whose answers a new one learns as well as the labels.

Several networks that read a glyph together read better than each of them, as they err on different ones, but cost as
much as all of them. One network that learns what they would say keeps most of that and costs as much as one
("distilling", Hinton and others, 2015): "half a 3, half no digit" tells it more than a label does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from realtime.detections import CLASSES
from realtime.recognition.classifier import Classifier

SOFTENED = 2.0  # their logits are divided by this, or they would be as sure as labels nearly everywhere

_LEAST = 1e-6  # of a probability: a teacher alone cannot rule out a class
_BATCH = 4096


class Teachers:
    """Networks that are asked together.

    Args:
        paths: their `.tflite` files.

    Raises:
        ModelError: see `realtime.recognition.classifier.Classifier`.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._classifiers = [Classifier(path) for path in paths]
        self.sha256 = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """What they say: the geometric mean of their probabilities, softened.

        Args:
            images: `(n, 28, 28) uint8`, ink 255.

        Returns:
            `(n, 11) float32`, rows summing to 1.
        """
        logits = np.zeros((len(images), CLASSES), np.float32)
        for start in range(0, len(images), _BATCH):  # as floats they are four times as large
            rows = slice(start, start + _BATCH)
            ink = images[rows].astype(np.float32) / 255
            logits[rows] = np.mean([np.log(np.maximum(ask(ink), _LEAST)) for ask in self._classifiers], axis=0)
        softened = np.exp((logits - logits.max(axis=1, keepdims=True)) / SOFTENED)
        return softened / softened.sum(axis=1, keepdims=True)


def targets(images: np.ndarray, labels: np.ndarray, teachers: Teachers | None, trust: float) -> np.ndarray:
    """What a network should answer: the label, or `trust` of what the teachers say and the rest of the label.

    Returns:
        `(n, 11) float32`, rows summing to 1.
    """
    wanted = np.eye(CLASSES, dtype=np.float32)[labels]
    return wanted if teachers is None else trust * teachers(images) + (1 - trust) * wanted

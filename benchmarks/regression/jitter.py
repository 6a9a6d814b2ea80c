"""A recogniser disturbed as another processor would disturb it, to see by how much figures move for no reason."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace

_LOGITS = 0.1  # standard deviation: int8 and float kernels differ by about as much
_PIXELS = 0.05  # share of the values of a picture that are one off: as much as decoders of JPEG differ


class Jittered(Recognizer):
    """Reads each frame with a few pixels one off, and with noise on what the network says.

    Args:
        classifier: as of a `Recognizer`.
        seed: another seed gives other noise; the same one the same, whatever else is read.
    """

    def __init__(self, classifier: Callable[[np.ndarray], np.ndarray], seed: int) -> None:
        super().__init__(classifier)
        self._exact, self._seed = classifier, seed
        self._classifier = self._noisy

    def trace(self, frame: np.ndarray) -> Trace:
        """See `Recognizer.trace`."""
        rng = self._rng(frame)
        chance = rng.integers(0, round(2 / _PIXELS), frame.shape, np.int8)
        step = (chance == 0).astype(np.int16) - (chance == 1)
        return super().trace(np.clip(frame + step, 0, 255).astype(np.uint8))

    def _noisy(self, images: np.ndarray) -> np.ndarray:
        p = np.maximum(self._exact(images), 1e-9)
        noisy = p * np.exp(self._rng(images).normal(0, _LOGITS, p.shape))
        return (noisy / noisy.sum(axis=1, keepdims=True)).astype(np.float32)

    def _rng(self, content: np.ndarray) -> np.random.Generator:
        return np.random.default_rng([self._seed, zlib.crc32(content.tobytes())])


def jittered(seed: int, recognizer: Recognizer) -> AbstractContextManager[Recognizer]:
    """The recogniser, disturbed."""
    return nullcontext(Jittered(recognizer._classifier, seed))

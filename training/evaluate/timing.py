"""How long a model takes for a number of glyphs."""

from __future__ import annotations

import time

import numpy as np

from realtime.glyphs.normalize import SIDE
from realtime.recognition.classifier import Classifier

GLYPHS = (1, 8, 32, 128)
"""How many glyphs at once the times are told for; a sheet has some 30."""

_REPEATS = 15


def milliseconds(classifier: Classifier, n: int) -> float:
    """The time of one call for `n` glyphs, in milliseconds, the engine warm: the least, for others only add to it."""
    images = np.random.default_rng(0).random((n, SIDE, SIDE), np.float32)
    classifier(images)
    times = []
    for _ in range(_REPEATS):
        start = time.perf_counter()
        classifier(images)
        times.append(time.perf_counter() - start)
    return 1000 * min(times)

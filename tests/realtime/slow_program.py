"""The program of `fake_program`, with a network that takes its time over every frame."""

from __future__ import annotations

import sys
import time

import numpy as np
from fake_program import FakeClassifier

from realtime import cli
from realtime.live import worker

SECONDS = 1.0
"""For which a frame is read."""


class SlowClassifier(FakeClassifier):
    """Sleeps before it answers."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        time.sleep(SECONDS)
        return super().__call__(images)


if __name__ == "__main__":
    worker.Classifier = SlowClassifier  # type: ignore[misc, assignment]
    sys.exit(cli.main())

"""The program of `fake_program`, with a network that answers when a test lets it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from fake_program import FakeClassifier, begin

from realtime import cli
from realtime.live import worker

HELD = "held"
"""A file in the current folder; while it is there no frame is read to the end."""


class SlowClassifier(FakeClassifier):
    """Waits before it answers."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        while Path(HELD).exists():
            time.sleep(0.02)
        return super().__call__(images)


if __name__ == "__main__":
    worker.Classifier = SlowClassifier  # type: ignore[misc, assignment]
    begin()
    sys.exit(cli.main())

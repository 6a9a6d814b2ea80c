"""The program of `fake_program`, with a network that can be held up: no frame is read while a file `hold` is there."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import witness
from fake_program import FakeClassifier

from realtime import cli
from realtime.live import worker

HOLD, HELD = "hold", "held"
"""Files in the program's folder: made by the test to hold the network up, and by the program when it is."""


class HeldClassifier(FakeClassifier):
    """Waits while it must, then answers."""

    def __call__(self, images: np.ndarray) -> np.ndarray:
        while Path(HOLD).exists():
            Path(HELD).touch()
            time.sleep(0.02)
        return super().__call__(images)


if __name__ == "__main__":
    worker.Classifier = HeldClassifier  # type: ignore[misc, assignment]
    if path := os.environ.get(witness.VARIABLE):
        witness.write_down(path)
    sys.exit(cli.main())

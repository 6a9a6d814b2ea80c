"""Learning curves while they grow: in the terminal as a row of bars, and in TensorBoard."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import tensorflow as tf

_BARS = "▁▂▃▄▅▆▇█"
_LONGEST = 40


def sparkline(values: Sequence[float]) -> str:
    """The last values as bars, the highest of all full and the lowest of all a line: `[3, 2, 1]` is `█▅▁`."""
    low, high = min(values), max(values)
    scale = (len(_BARS) - 1) / (high - low) if high > low else 0
    return "".join(_BARS[round((value - low) * scale)] for value in values[-_LONGEST:])


class Curves:
    """Writes each epoch's figures where `tensorboard --logdir` finds them; a context manager.

    Args:
        folder: of the run. What a stopped run wrote there stays and is gone on with.
    """

    def __init__(self, folder: Path) -> None:
        self._writer = tf.summary.create_file_writer(str(folder))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def add(self, figures: dict[str, float]) -> None:
        """Note the figures of an epoch; the one named "epoch" says which it is."""
        with self._writer.as_default(step=int(figures["epoch"])):
            for name, value in figures.items():
                if name != "epoch":
                    tf.summary.scalar(name if name in ("loss", "learning_rate", "seconds") else f"right/{name}", value)
        self._writer.flush()

"""Whether a body is a digit: what both networks say of it and what is around it, weighed together.

Boosted decision trees do so twice: first for each body alone, then with what is thus known of those around it.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from realtime.ink.candidates import Candidates
from realtime.networks.model_file import FOLDER, ModelError, read_model
from realtime.recognition.features import ALONE, TOGETHER, features_alone, features_together, probability
from realtime.recognition.trees import add_up, check

FILE = FOLDER / "decide.npz"


@dataclass(frozen=True, eq=False)
class Trees:
    """Decision trees of one depth, as `realtime.recognition.trees` stores them.

    Attributes:
        sign: `(t, nodes) int64`, the column that a node asks about,
        bound: `(t, nodes) float32`, and whether that is more than this.
        value: `(t, nodes + 1) float32`, the leaves: what each tree adds to the log-odds.
        bias: log-odds before any tree.
    """

    sign: np.ndarray
    bound: np.ndarray
    value: np.ndarray
    bias: float

    def __call__(self, features: np.ndarray) -> np.ndarray:
        """Log-odds `(n,)` by features `(n, columns)`."""
        return add_up(self.sign, self.bound, self.value, features) + self.bias


@dataclass(frozen=True, eq=False)
class Decision:
    """How likely each body of a frame is the digit that it looks like.

    Attributes:
        alone: log-odds by `ALONE`.
        together: log-odds by `ALONE`, what `alone` makes of them, and `TOGETHER`.
        digest: SHA-256 of the file that they are of.
    """

    alone: Callable[[np.ndarray], np.ndarray]
    together: Callable[[np.ndarray], np.ndarray]
    digest: str = ""

    def __call__(
        self, candidates: Candidates, probabilities: NDArray[np.float32], shape: tuple[int, ...]
    ) -> np.ndarray:
        """How likely each body is the digit that it looks like: `(n,) float32`, 0 to 1.

        Args:
            candidates: the bodies.
            probabilities: `(n, 11)`, what the naming network says of them.
            shape: (height, width, ...) of the frame.
        """
        features = features_alone(candidates, probabilities, shape)
        if len(features) == 0:
            return np.zeros(0, np.float32)
        odds = self.alone(features)
        both = np.concatenate([features, odds[:, None], features_together(candidates.xyxy, features, odds)], axis=1)
        return probability(self.together(both)).astype(np.float32)


@cache
def shipped() -> Decision:
    """The decision that goes with the shipped networks.

    Raises:
        ModelError: the file is missing, damaged, not the one of its card, or grown for other features.
    """
    content, _ = read_model(FILE)
    try:
        with np.load(io.BytesIO(content)) as stored:
            if tuple(stored["alone"]) + tuple(stored["together"]) != ALONE + TOGETHER:
                raise ModelError(f"{FILE} was grown for other features: python -m training decide")
            alone, together = (
                Trees(
                    stored[f"{stage} sign"].astype(np.int64),
                    stored[f"{stage} bound"],
                    stored[f"{stage} value"],
                    float(stored[f"{stage} bias"]),
                )
                for stage in ("first", "second")
            )
        if not np.isfinite([alone.bias, together.bias]).all():
            raise ValueError("odds that are no numbers")
        check(alone.sign, alone.bound, alone.value, len(ALONE))
        check(together.sign, together.bound, together.value, len(ALONE) + 1 + len(TOGETHER))
    except ModelError:
        raise
    except Exception as error:  # whatever a damaged file makes NumPy raise
        raise ModelError(f"{FILE} does not hold decision trees: {' '.join(str(error).split())}") from error
    return Decision(alone, together, hashlib.sha256(content).hexdigest())

"""The model file -> probabilities of the digits 0 to 9 and of "not a digit". No TensorFlow, where it can be helped.

Most glyphs are plain: a glance tells what they are. So a network of a sixteenth of the work looks at all of them, and
the large one at those of which the small one is not sure.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE
from realtime.networks.interpreter import interpreter
from realtime.networks.model_file import FOLDER, ModelError, read_model
from realtime.recognition.trial import try_out
from realtime.system.native_stderr import native_stderr_off

DEFAULT_MODEL = FOLDER / "digits.tflite"

_BATCH = 16  # glyphs at a time: what the layers hand on then stays in the processor's cache


class Classifier:
    """A network of `.tflite` files, loaded once and called once a frame.

    Args:
        path: the model; the shipped one where it is left out. A card of the same name (`.json`) beside it must state
            the file's SHA-256; a model without a card is tried in a process of its own first.
        threads: processor threads the network may use.
        glance: whether the small network that the card names, if it names one, may answer where it is sure.

    Attributes:
        path: of the model.
        digest: SHA-256 of all that its answers depend on: the model, and its glance.

    Raises:
        ModelError: no such file, a damaged file, or a model with other inputs or outputs.
    """

    def __init__(self, path: str | Path | None = None, threads: int = 1, *, glance: bool = True) -> None:
        self.path = Path(path) if path is not None else DEFAULT_MODEL
        content, card = read_model(self.path)
        if not card:
            try_out(self.path, content)
        self._network = Network(self.path, content, threads)
        self._glance: Network | None = None
        digest = hashlib.sha256(content)
        if glance and "glance" in card:
            file, small, self._sure = _glance_of(card, self.path)
            if small is not None:
                self._glance = Network(file, small, threads)
                digest.update(small + str(self._sure).encode())
        self.digest = digest.hexdigest()

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Class probabilities of glyphs.

        Args:
            images: `(n, 28, 28) float32` as `realtime.glyphs.normalize` makes them; n may be 0.

        Returns:
            `(n, 11) float32`, rows summing to 1; column 10 is "not a digit".
        """
        if self._glance is None:
            return self._network(images)
        said = self._glance(images)
        doubtful = ~is_sure(said, self._sure)
        said[doubtful] = self._network(images[doubtful])
        return said


def is_sure(said: np.ndarray, bounds: Sequence[float]) -> np.ndarray:
    """Which rows of `(n, 11)` probabilities reach the bound for a digit, or the other one for "not a digit"."""
    digit, none = bounds
    return (said[:, :NOT_A_DIGIT].max(axis=1) >= digit) | (said[:, NOT_A_DIGIT] >= none)


class Network:
    """One `.tflite` file, ready to be asked."""

    def __init__(self, path: Path, content: bytes, threads: int) -> None:
        try:
            self._engine = interpreter()(model_content=content, num_threads=threads)
            with native_stderr_off():  # where it says which of its engines it has chosen
                self._engine.allocate_tensors()
            (self._input,), (self._output,) = self._engine.get_input_details(), self._engine.get_output_details()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path} is not a model that can be loaded: {_first_line(error)}") from error
        shapes = tuple(self._input["shape"][1:]), tuple(self._output["shape"][1:])
        if shapes != ((SIDE, SIDE), (CLASSES,)):
            raise ModelError(
                f"{path} is another kind of model: it maps {shapes[0]} to {shapes[1]}, not (28, 28) to (11,)"
            )
        self._n: int | None = None
        try:
            for n in (_BATCH, 2, 1):  # some that are damaged can be run with one glyph alone
                said = self._invoke(np.zeros((n, SIDE, SIDE), np.float32))
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{path} is a model that cannot be run: {_first_line(error)}") from error
        if said.dtype != np.float32 or not np.isfinite(said).all():
            raise ModelError(f"{path} is another kind of model: what it says are no probabilities")

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """The probabilities of each class, `(n, 11) float32`, of crops `(n, 28, 28) float32`."""
        batches = [images[start : start + _BATCH] for start in range(0, len(images), _BATCH)]
        return np.concatenate([self._invoke(batch) for batch in batches] or [np.zeros((0, CLASSES), np.float32)])

    def _invoke(self, images: np.ndarray) -> np.ndarray:
        n = len(images)
        if n != self._n:
            self._engine.resize_tensor_input(self._input["index"], (n, SIDE, SIDE))
            self._engine.allocate_tensors()
            self._n = n
        self._engine.set_tensor(self._input["index"], np.ascontiguousarray(images, np.float32))
        self._engine.invoke()
        return self._engine.get_tensor(self._output["index"])


def _glance_of(card: dict[str, Any], model: Path) -> tuple[Path, bytes | None, list[float]]:
    """The small network that a card names, and the probabilities from which its answers stand.

    Where the file is not there it is done without: the large one says the same, but takes longer.
    """
    try:
        its = card["glance"]
        path, expected, sure = model.parent / its["file"], its["sha256"], [float(bound) for bound in its["sure"]]
        if len(sure) != 2:
            raise ValueError
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"the card of {model} does not say how to use its glance: file, sha256, sure") from error
    if not os.path.exists(path):  # which takes any name
        return path, None, sure
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {path}, which the card of {model.name} names: {error.strerror}") from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise ModelError(f"{path} is not the network that the card of {model.name} names: its SHA-256 differs")
    return path, content, sure


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

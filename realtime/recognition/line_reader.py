"""A row of writing -> its digits, touching or apart, each with its probabilities and its box. No TensorFlow."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from realtime.classifier import interpreter
from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.model_file import FOLDER, ModelError, read_model
from realtime.quiet import native_stderr_off
from realtime.recognition.line_picture import HEIGHT, STRIDE, picture_of

DEFAULT_MODEL = FOLDER / "line.tflite"

WIDEST = 16 * HEIGHT
"""Columns of the widest picture that is read; a longer row is not."""

_STEP = 32  # widths are brought to multiples of this: the network is laid out anew for each width


@dataclass(frozen=True, eq=False)
class LineReading:
    """The digits of a row, from left to right; row `i` of every array speaks of the same digit.

    Attributes:
        digit: `(n,) int64`, 0 to 9.
        probabilities: `(n, 11) float32`, rows summing to 1; column 10 is "not a digit".
        xyxy: `(n, 4) float32` boxes in pixels of the row given: left, top, right, bottom.
    """

    digit: np.ndarray
    probabilities: np.ndarray
    xyxy: np.ndarray

    @property
    def text(self) -> str:
        """The digits as text; empty where the row holds none."""
        return "".join(map(str, self.digit))

    @property
    def confidence(self) -> np.ndarray:
        """`(n,) float32`, the probability of each digit."""
        return self.probabilities[np.arange(len(self.digit)), self.digit]


class LineReader:
    """A network of a `.tflite` file that reads whole rows.

    Args:
        path: the model; the shipped one where it is left out. A card of the same name (`.json`) beside it must state
            the file's SHA-256.
        threads: processor threads the network may use.

    Attributes:
        path: of the model.
        digest: SHA-256 of the model.

    Raises:
        ModelError: no such file, a damaged file, or a model with other inputs or outputs.
    """

    def __init__(self, path: str | Path | None = None, threads: int = 1) -> None:
        self.path = Path(path) if path is not None else DEFAULT_MODEL
        content, _ = read_model(self.path)
        self.digest = hashlib.sha256(content).hexdigest()
        try:
            self._engine = interpreter()(model_content=content, num_threads=threads)
            with native_stderr_off():
                self._engine.allocate_tensors()
            (self._input,) = self._engine.get_input_details()
            outputs = {int(detail["shape"][-1]): detail for detail in self._engine.get_output_details()}
            self._digits, self._boxes = outputs[CLASSES], outputs[4]
        except (ValueError, RuntimeError, KeyError) as error:
            raise ModelError(f"{self.path} is not a line reader that can be loaded") from error
        if int(self._input["shape"][1]) != HEIGHT:
            raise ModelError(f"{self.path} reads rows of another height than {HEIGHT}")
        self._width: int | None = None

    def __call__(self, rows: Sequence[np.ndarray]) -> list[LineReading]:
        """Read rows.

        Args:
            rows: each `(h, w) uint8` with some margin around the digits, paper 0 and ink bright, as
                `line_picture.ink_of` gives it, or a frame's light removal and a cut. A row wider than sixteen times
                its height is not read.

        Returns:
            One reading for each row.
        """
        return [self._read(row) for row in rows]

    def logits(self, picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the network says of a picture `(HEIGHT, w) uint8` from `line_picture.picture_of`.

        Returns:
            Logits of the classes `(w / STRIDE, 11) float32`, and how far left, up, right and down the ink of a digit
            reaches, `(w / STRIDE, 4) float32`, in heights of the row.
        """
        columns = picture.shape[1] // STRIDE
        width = picture.shape[1] + -picture.shape[1] % _STEP
        if width != self._width:
            self._engine.resize_tensor_input(self._input["index"], (1, HEIGHT, width, 1))
            self._engine.allocate_tensors()
            self._width = width
        whole = np.zeros((1, HEIGHT, width, 1), np.float32)
        whole[0, :, : picture.shape[1], 0] = picture * np.float32(1 / 255)
        self._engine.set_tensor(self._input["index"], whole)
        self._engine.invoke()
        digits, boxes = (self._engine.get_tensor(part["index"])[0, :columns] for part in (self._digits, self._boxes))
        return digits, boxes

    def _read(self, row: np.ndarray) -> LineReading:
        if min(row.shape) < 2 or row.shape[1] * HEIGHT > WIDEST * row.shape[0]:
            return _reading(np.zeros((0, CLASSES), np.float32), np.zeros((0, 4), np.float32))
        picture = picture_of(row)
        digits, reach = self.logits(picture)
        runs, probabilities = decode(digits)
        boxes = np.zeros((len(runs), 4), np.float32)
        for k, (start, end) in enumerate(runs):
            column = start + int(digits[start:end, :NOT_A_DIGIT].max(axis=1).argmax())
            middle = np.float32([(column + 0.5) * STRIDE, HEIGHT / 2])
            boxes[k] = np.concatenate([middle - reach[column, :2] * HEIGHT, middle + reach[column, 2:] * HEIGHT])
        h, w = row.shape
        limits = np.float32([w, h, w, h])
        return _reading(probabilities, np.clip(boxes * (h / HEIGHT), 0, limits))


def decode(digits: np.ndarray) -> tuple[list[tuple[int, int]], np.ndarray]:
    """Put columns together that speak of the same digit.

    Where the middle of a digit falls between two columns, each of them says with half of its trust that it is there:
    columns next to each other are asked together whether any of them sees it.

    Args:
        digits: `(columns, 11)` logits.

    Returns:
        The first and last column (excluded) of each digit, and its probabilities `(n, 11) float32`.
    """
    odds = np.exp(digits - digits.max(axis=1, keepdims=True))
    odds /= odds.sum(axis=1, keepdims=True)
    best = odds.argmax(axis=1)
    runs, start = [], 0
    for k in range(1, len(best) + 1):
        if k == len(best) or best[k] != best[start]:
            if best[start] != NOT_A_DIGIT:
                runs.append((start, k))
            start = k
    probabilities = np.empty((len(runs), CLASSES), np.float32)
    for row, (first, last) in zip(probabilities, runs, strict=True):
        seen = 1 - np.prod(1 - odds[first:last, :NOT_A_DIGIT], axis=0)
        row[:NOT_A_DIGIT], row[NOT_A_DIGIT] = seen, np.prod(odds[first:last, NOT_A_DIGIT])
        row /= row.sum()
    return runs, probabilities


def _reading(probabilities: np.ndarray, boxes: np.ndarray) -> LineReading:
    return LineReading(probabilities[:, :NOT_A_DIGIT].argmax(axis=1), probabilities, boxes)

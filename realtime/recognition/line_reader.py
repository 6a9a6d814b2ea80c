"""A row of writing -> its digits, touching or apart, each with its probabilities and its box. No TensorFlow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.networks.engines import Engines
from realtime.networks.model_file import FOLDER, ModelError
from realtime.numbers import ctc
from realtime.numbers.form import Form
from realtime.numbers.search import likeliest, marginals
from realtime.recognition.line_picture import HEIGHT, STRIDE, picture_of

DEFAULT_MODEL = FOLDER / "line.tflite"

WIDEST = 16 * HEIGHT
"""Columns of the widest picture that is read; a longer row is not."""


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        step: Pixels to a multiple of which widths are brought: for each the network is laid out once.
        plain: Probability of a text at first sight from which it is not looked at again.
        lean: Heights by which a row is sheared for another look.
        texts: Texts of a form that each look votes for.
        possible: Probability from which a row is searched for texts of a form: the search is long where none is likely.
        closer: Share of the row's height that the second look leaves away, above and below.
    """

    step: int = 64
    plain: float = 0.9
    lean: float = 0.15
    texts: int = 8
    possible: float = 1e-4
    closer: float = 0.13


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class LineReading:
    """The digits of a row, from left to right; row `i` of every array speaks of the same digit.

    Attributes:
        digit: `(n,) int64`, 0 to 9.
        probabilities: `(n, 11) float32`, rows summing to 1; column 10 is "not a digit".
        xyxy: `(n, 4) float32` boxes in pixels of the row given: left, top, right, bottom.
        confidence: the probability of the text as a whole, also of an empty one.
    """

    digit: np.ndarray
    probabilities: np.ndarray
    xyxy: np.ndarray
    confidence: float

    @property
    def text(self) -> str:
        """The digits as text; empty where the row holds none."""
        return "".join(map(str, self.digit))


@dataclass(frozen=True, eq=False)
class Expected:
    """What is known of a row before it is read.

    Attributes:
        form: what the row says as a whole is of this form.
        said: texts of that form with their probabilities, by those who read the row otherwise.
    """

    form: Form
    said: dict[str, float]


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
        self._engines = Engines(self.path, threads, WIDEST // LIMITS.step)
        self.digest = self._engines.digest
        try:
            engine = self._engines((1, HEIGHT, LIMITS.step, 1))
            (self._input,) = engine.get_input_details()
            if self._input["shape_signature"].tolist()[1] != HEIGHT:
                raise ModelError(f"{self.path} reads no rows of {HEIGHT} pixels")
            outputs = {int(detail["shape"][-1]): detail for detail in engine.get_output_details()}
            self._digits, self._boxes = outputs[CLASSES], outputs[4]
        except (ValueError, RuntimeError, KeyError) as error:
            raise ModelError(f"{self.path} is not a line reader that can be loaded") from error

    def __call__(self, rows: Sequence[np.ndarray]) -> list[LineReading]:
        """Read rows.

        Args:
            rows: each `(h, w) uint8`, digits of one line with a fifth of their height around them, paper 0 and ink
                bright, as `line_picture.ink_of` gives it, or a frame's light removal and a cut. A row wider than
                sixteen times its height is not read.

        Returns:
            One reading for each row.
        """
        return [self.read(row) for row in rows]

    def read(self, row: np.ndarray, thorough: bool = True, expected: Expected | None = None) -> LineReading:
        """Read one row.

        Args:
            row: see `__call__`.
            thorough: whether a doubtful row is looked at again: closer, and leaning to the left and to the right. What
                all looks say is added up.
            expected: the form of the row. Then the likeliest text of that form is decided over the columns of all
                looks; what others say of the row counts as much as all looks together. The digits' probabilities are
                those given the form. The row is empty where no text of the form can be seen.
        """
        h, w = row.shape
        if min(h, w) < 2 or w * HEIGHT > WIDEST * h:
            return _nothing()
        look = self._look(row, 0)
        text, runs, confidence = ctc.plain(look.odds)
        said = None
        if confidence < LIMITS.plain or (expected is not None and not expected.form.fits(text)):
            looks = [look]
            margin = int(LIMITS.closer * h)
            closer = margin and w * HEIGHT <= WIDEST * (h - 2 * margin)
            leaning = []
            if closer and thorough:
                looks.append(self._look(row[margin : h - margin], margin))
                inner = row[margin // 2 : h - margin // 2]
                leaning = [self._look(_leaning(inner, lean), 0) for lean in (-LIMITS.lean, LIMITS.lean)]
            votes = [_texts(look.odds, expected) for look in looks + leaning]
            texts: Counter[str] = Counter()
            for vote in votes:
                texts.update(vote)
            if expected is not None:
                texts.update({text: len(votes) * odds for text, odds in expected.said.items()})
            if not texts:
                return _nothing()
            text, confidence = max(texts.items(), key=lambda item: item[1])
            confidence /= len(votes)
            look = max(zip(votes, looks, strict=False), key=lambda pair: pair[0].get(text, 0.0))[1]
            runs = ctc.align(look.odds, text)
            if expected is not None:
                said = marginals(texts.most_common())
        digit = np.array([int(sign) for sign in text], np.int64)
        seen = np.array([_seen(look.odds[a:b]) for a, b in runs], np.float32).reshape(-1, CLASSES)
        probabilities = seen if said is None else said
        return LineReading(digit, probabilities, look.boxes(runs, digit, (h, w)), confidence)

    def logits(self, picture: NDArray[np.uint8]) -> tuple[np.ndarray, np.ndarray]:
        """What the network says of a picture `(HEIGHT, w) uint8` from `line_picture.picture_of`.

        Returns:
            Logits of the classes `(w / STRIDE, 11) float32`, and how far left, up, right and down the ink of a digit
            reaches, `(w / STRIDE, 4) float32`, in heights of the row.
        """
        columns = picture.shape[1] // STRIDE
        width = picture.shape[1] + -picture.shape[1] % LIMITS.step
        engine = self._engines((1, HEIGHT, width, 1))
        whole = np.zeros((1, HEIGHT, width, 1), np.float32)
        whole[0, :, : picture.shape[1], 0] = picture * np.float32(1 / 255)
        engine.set_tensor(self._input["index"], whole)
        engine.invoke()
        digits, boxes = (engine.get_tensor(part["index"])[0, :columns] for part in (self._digits, self._boxes))
        return digits, boxes

    def _look(self, row: np.ndarray, top: int) -> _Look:
        digits, reach = self.logits(picture_of(row))
        return _Look(ctc.odds_of(digits), reach, top, row.shape[0] / HEIGHT)


@dataclass(frozen=True, eq=False)
class _Look:
    """What the network said of a row, or of its inner part.

    Attributes:
        odds: `(columns, 11)` probabilities.
        reach: `(columns, 4)` from the middle of a column to the sides of a box, in heights of what was looked at.
        top: pixels of the row that were left away above.
        scale: pixels of the row to one of the network's picture.
    """

    odds: np.ndarray
    reach: np.ndarray
    top: int
    scale: float

    def boxes(self, runs: list[ctc.Run], digits: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        """The box of each digit, `(n, 4) float32`, within a row of that height and width."""
        boxes = np.zeros((len(runs), 4), np.float32)
        for box, (start, end), digit in zip(boxes, runs, digits, strict=True):
            column = start + int(self.odds[start:end, digit].argmax())
            middle = np.array([(column + 0.5) * STRIDE, HEIGHT / 2], np.float32)
            box[:2], box[2:] = middle - self.reach[column, :2] * HEIGHT, middle + self.reach[column, 2:] * HEIGHT
        boxes *= self.scale
        boxes[:, 1::2] += self.top
        return np.clip(boxes, 0, np.array([size[1], size[0]] * 2, np.float32))


def _texts(odds: np.ndarray, expected: Expected | None) -> dict[str, float]:
    """The likeliest texts of some columns, of the form where one is expected, with their probabilities."""
    if expected is None:
        return ctc.texts(odds)
    return dict(likeliest(odds, expected.form.automaton, LIMITS.texts, LIMITS.possible).texts)


def _nothing() -> LineReading:
    return LineReading(np.zeros(0, np.int64), np.zeros((0, CLASSES), np.float32), np.zeros((0, 4)), 0.0)


def _leaning(row: np.ndarray, lean: float) -> np.ndarray:
    """A row sheared: its top is moved to the left by `lean` heights, half of that its middle."""
    h, w = row.shape
    return cv2.warpAffine(row, np.array([[1, lean, -lean * h / 2], [0, 1, 0]]), (w, h))


def _seen(odds: np.ndarray) -> np.ndarray:
    """Probabilities `(11,)` of one digit by all columns that speak of it, `(k, 11)`.

    Where its middle falls between two columns, each of them says with half of its trust that it is there: together
    they are asked whether any of them sees it.
    """
    seen = 1 - np.prod(1 - odds, axis=0)
    seen[NOT_A_DIGIT] = np.prod(odds[:, NOT_A_DIGIT])
    return seen / seen.sum()

"""Measures a shipped model on images that it has not learnt from.

It runs the `.tflite` that the live loop runs, with the same engine, and counts "not a digit" for a digit as an error.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from realtime.detections import NOT_A_DIGIT
from training.data import TEST, File, Source

FLOOR = 0.5
"""The confidence below which the live loop calls nothing a digit, unless it is told otherwise."""

_BINS = 15

Reader = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Scored:
    """A source with the probabilities `(n, 11)` that a model gave its images."""

    name: str
    labels: np.ndarray
    probabilities: np.ndarray

    @property
    def of_digits(self) -> bool:
        """Whether there is a digit in it at all."""
        return bool((self.labels != NOT_A_DIGIT).any())

    @property
    def confidence(self) -> np.ndarray:
        """`(n,)` probability of the likeliest digit."""
        return self.probabilities[:, :NOT_A_DIGIT].max(axis=1)

    @property
    def predicted(self) -> np.ndarray:
        """`(n,)` likeliest class, 0 to 10."""
        return self.probabilities.argmax(axis=1)


def score(classifier: Reader, files: list[File], learnt: set[str]) -> list[Scored]:
    """Let a model read what it has not learnt from.

    Args:
        classifier: the model: `(n, 28, 28) float32` to `(n, 11)` probabilities.
        files: what to read: of MNIST the test part, of others that the model learnt from the part kept out of that.
        learnt: the `sha256` of the files the model learnt from, as in its card.

    Returns:
        One result for each source that has anything to read.
    """
    results = []
    for file in files:
        for source in file.sources:
            images, labels = source.take(TEST) if _kept_out(file, source, learnt) else (source.images, source.labels)
            if len(labels):
                results.append(Scored(source.name, labels, _read(classifier, images)))
    return results


def trained_on(model: Path) -> set[str]:
    """The `sha256` of the data files that the model's card names, none without a card."""
    try:
        card = json.loads(model.with_suffix(".json").read_text())
        return {file["sha256"] for file in card["training"]["data"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def digit_report(result: Scored) -> str:
    """Accuracy, calibration, precision, recall and F1 for each digit, and the confusion matrix, as text."""
    digits = list(range(10))
    precision, recall, f1, support = precision_recall_fscore_support(
        result.labels, result.predicted, labels=digits, zero_division=0
    )
    lines = [
        f"{result.name}: {len(result.labels)} digits, accuracy {_percent(_accuracy(result))}, "
        f"expected calibration error {_percent(calibration_error(result))}",
        "",
        "digit  precision   recall       F1  images",
    ]
    for row in zip(digits, precision, recall, f1, support, strict=True):
        lines.append("{:5d}  {:9.4f}  {:7.4f}  {:7.4f}  {:6.0f}".format(*row))
    lines += ["", "what was meant (rows), what was read (columns, 'no' is not a digit)", ""]
    lines.append("      " + "".join(f"{name:>6}" for name in [*digits, "no"]))
    for digit, row in zip(digits, confusion_matrix(result.labels, result.predicted, labels=range(11)), strict=False):
        lines.append(f"{digit:6d}" + "".join(f"{count:6d}" if count else "     ." for count in row))
    return "\n".join(lines)


def rejection_report(results: list[Scored]) -> str:
    """How many non-digits pass for digits, at the bound that 99 % of the digits pass and at the live loop's floor."""
    bound = accepting_bound(results)
    lines = [f"accepted as a digit         at {bound:.3f} (99 % of digits)   at {FLOOR}    images"]
    for result in results:
        shares = [_percent(accepted(result, limit)) for limit in (bound, FLOOR)]
        lines.append(f"{result.name:26s}  {shares[0]:>22s}  {shares[1]:>8s}  {len(result.labels):8d}")
    return "\n".join(lines)


def summary(results: list[Scored]) -> dict[str, Any]:
    """The figures of the reports that belong into the model's card, in percent."""
    figures: dict[str, Any] = {}
    digits = [result for result in results if result.of_digits]
    for result in digits:
        figures[result.name] = {
            "images": len(result.labels),
            "accuracy": _rounded(_accuracy(result)),
            "calibration_error": _rounded(calibration_error(result)),
        }
    nondigits = [result for result in results if not result.of_digits]
    if digits and nondigits:
        bound = accepting_bound(results)
        figures["nondigits_accepted"] = {
            f"at {limit:.3f}": {result.name: _rounded(accepted(result, limit)) for result in nondigits}
            for limit in (bound, FLOOR)
        }
    return figures


def calibration_error(result: Scored) -> float:
    """Expected calibration error: how far the shown confidence is from the share that is right, over equal bins."""
    digit = result.probabilities[:, :NOT_A_DIGIT].argmax(axis=1)
    right = digit == result.labels
    bins = np.minimum((result.confidence * _BINS).astype(int), _BINS - 1)
    gaps = [abs(right[bins == i].sum() - result.confidence[bins == i].sum()) for i in range(_BINS)]
    return float(sum(gaps) / len(right))


def accepting_bound(results: list[Scored]) -> float:
    """The confidence that 99 % of all digits in `results` reach."""
    return float(np.quantile(np.concatenate([_accepting(result) for result in results if result.of_digits]), 0.01))


def accepted(result: Scored, bound: float) -> float:
    """The share of `result` that is called a digit, whichever: likelier than "not a digit", and at least `bound`."""
    return float((_accepting(result) >= max(bound, 1e-9)).mean())


def _accepting(result: Scored) -> np.ndarray:
    """The confidence, 0 where "not a digit" is likelier than any digit."""
    return np.where(result.predicted == NOT_A_DIGIT, 0, result.confidence)


def _read(classifier: Reader, images: np.ndarray) -> np.ndarray:
    batches = np.array_split(images, -(-len(images) // 500))
    return np.concatenate([classifier(batch.astype(np.float32) / 255) for batch in batches])


def _kept_out(file: File, source: Source, learnt: set[str]) -> bool:
    return source.name == "mnist" or file.sha256 in learnt


def _accuracy(result: Scored) -> float:
    return float(accuracy_score(result.labels, result.predicted))


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _rounded(share: float) -> float:
    return round(100 * share, 3)

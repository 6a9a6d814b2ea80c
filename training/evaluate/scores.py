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
from training.data.sources import TEST, File, Source

FLOOR = 0.5
"""The confidence below which the live loop calls nothing a digit, unless it is told otherwise."""

_BINS = 15

Reader = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class Scored:
    """A source with the probabilities `(n, 11)` that a model gave its images `(n, 28, 28) uint8`."""

    name: str
    labels: np.ndarray
    probabilities: np.ndarray
    images: np.ndarray

    @property
    def of_digits(self) -> bool:
        """Whether there is a digit in it at all."""
        return bool((self.labels != NOT_A_DIGIT).any())

    @property
    def confidence(self) -> np.ndarray:
        """`(n,)` probability of the likeliest digit."""
        return self.probabilities[:, :NOT_A_DIGIT].max(axis=1)

    @property
    def likeliest_digit(self) -> np.ndarray:
        """`(n,)` likeliest digit, 0 to 9."""
        return self.probabilities[:, :NOT_A_DIGIT].argmax(axis=1)

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
                results.append(Scored(source.name, labels, read(classifier, images), images))
    return results


def trained_on(model: Path) -> set[str]:
    """The `sha256` of the data files that the model's card names, none without a card."""
    return {file["sha256"] for file in data_of(model)}


def data_of(model: Path) -> list[dict[str, Any]]:
    """What the model's card says of the data files it learnt from, nothing without a card."""
    try:
        data = json.loads(model.with_suffix(".json").read_text())["training"]["data"]
        return [file for file in data if file["sha256"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def digit_report(result: Scored) -> str:
    """Accuracy, calibration, precision, recall and F1 for each digit, and the confusion matrix, as text."""
    lines = [
        f"{result.name}: {len(result.labels)} digits, accuracy {_percent(accuracy(result))}, "
        f"expected calibration error {_percent(calibration_error(result))}",
        f"were it known that each is a digit: {_percent(accuracy_of_ten(result))}",
        "",
        "digit  precision   recall       F1  images",
    ]
    for row in by_digit(result):
        lines.append("{digit:5d}  {precision:9.4f}  {recall:7.4f}  {f1:7.4f}  {images:6d}".format(**row))
    lines += ["", "what was meant (rows), what was read (columns, 'no' is not a digit)", ""]
    lines.append("      " + "".join(f"{name:>6}" for name in [*range(10), "no"]))
    for digit, row in enumerate(confusion(result)):
        lines.append(f"{digit:6d}" + "".join(f"{count:6d}" if count else "     ." for count in row))
    return "\n".join(lines)


def by_digit(result: Scored) -> list[dict[str, Any]]:
    """Precision, recall, F1 (0 to 1) and the number of images of each digit, 0 to 9."""
    digits = list(range(10))
    precision, recall, f1, support = precision_recall_fscore_support(
        result.labels, result.predicted, labels=digits, zero_division=0
    )
    return [
        {"digit": i, "precision": float(p), "recall": float(r), "f1": float(f), "images": int(n)}
        for i, p, r, f, n in zip(digits, precision, recall, f1, support, strict=True)
    ]


def confusion(result: Scored) -> np.ndarray:
    """`(10, 11) int64`: how many images of each digit (row) were read as each class (column, 10 is "not a digit")."""
    return confusion_matrix(result.labels, result.predicted, labels=range(11))[:NOT_A_DIGIT]


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
            "accuracy": _rounded(accuracy(result)),
            "accuracy_of_ten": _rounded(accuracy_of_ten(result)),
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
    gaps = [abs(row["right"] - row["confidence"]) * row["images"] for row in reliability(result)]
    return float(sum(gaps) / len(result.labels))


def reliability(result: Scored) -> list[dict[str, Any]]:
    """Mean confidence, share right (0 to 1) and number of images of each of 15 equal bins that has any."""
    right = result.likeliest_digit == result.labels
    bins = np.minimum((result.confidence * _BINS).astype(int), _BINS - 1)
    return [
        {
            "confidence": float(result.confidence[mine].mean()),
            "right": float(right[mine].mean()),
            "images": int(mine.sum()),
        }
        for mine in (bins == i for i in range(_BINS))
        if mine.any()
    ]


def rejection(result: Scored, most: float = 0.1, steps: int = 40) -> list[dict[str, float]]:
    """Accuracy of what is left when a share of 0 to `most` is rejected, the least sure first."""
    order = np.argsort(-_accepting(result), kind="stable")
    right = (result.predicted == result.labels)[order]
    shares = np.linspace(0, most, steps + 1)
    kept = np.maximum(1, np.rint((1 - shares) * len(right))).astype(int)
    counts = right.cumsum()
    return [
        {"rejected": float(share), "accuracy": float(counts[n - 1] / n)} for share, n in zip(shares, kept, strict=True)
    ]


def accepting_bound(results: list[Scored]) -> float:
    """The confidence that 99 % of all digits in `results` reach."""
    return float(np.quantile(np.concatenate([_accepting(result) for result in results if result.of_digits]), 0.01))


def accepted(result: Scored, bound: float) -> float:
    """The share of `result` that is called a digit, whichever: likelier than "not a digit", and at least `bound`."""
    return float((_accepting(result) >= max(bound, 1e-9)).mean())


def _accepting(result: Scored) -> np.ndarray:
    """The confidence, 0 where "not a digit" is likelier than any digit."""
    return np.where(result.predicted == NOT_A_DIGIT, 0, result.confidence)


def read(classifier: Reader, images: np.ndarray) -> np.ndarray:
    """The probabilities `(n, 11)` that a model gives images `(n, 28, 28) uint8`."""
    batches = np.array_split(images, -(-len(images) // 500))
    return np.concatenate([classifier(batch.astype(np.float32) / 255) for batch in batches])


def _kept_out(file: File, source: Source, learnt: set[str]) -> bool:
    return source.name == "mnist" or file.sha256 in learnt


def accuracy(result: Scored) -> float:
    """The share read rightly, 0 to 1; "not a digit" for a digit is an error."""
    return float(accuracy_score(result.labels, result.predicted))


def accuracy_of_ten(result: Scored) -> float:
    """The share read rightly, 0 to 1, if "not a digit" is no answer: what a network of ten classes is measured by."""
    return float(accuracy_score(result.labels, result.likeliest_digit))


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _rounded(share: float) -> float:
    return round(100 * share, 3)

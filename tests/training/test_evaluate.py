from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.data.sources import TEST, TRAIN, File, Source
from training.evaluate.scores import (
    Scored,
    accepted,
    accepting_bound,
    accuracy,
    accuracy_of_ten,
    calibration_error,
    digit_report,
    rejection,
    rejection_report,
    score,
    summary,
    trained_on,
)


def answers(*answers: tuple[int, float]) -> np.ndarray:
    """Rows of probabilities: the class that is named has that probability, the others share the rest."""
    rows = np.empty((len(answers), 11), np.float32)
    for row, (answer, probability) in zip(rows, answers, strict=True):
        row[:] = (1 - probability) / 10
        row[answer] = probability
    return rows


def scored(name: str, labels: np.ndarray, probabilities: np.ndarray) -> Scored:
    return Scored(name, labels, probabilities, np.zeros((len(labels), 28, 28), np.uint8))


DIGITS = scored(
    "some",
    np.array([0, 1, 1, 7, 7]),
    answers((0, 0.9), (1, 0.9), (7, 0.6), (7, 0.9), (10, 0.7)),
)
OTHERS = scored("not some", np.full(4, 10), answers((10, 0.9), (3, 0.95), (4, 0.4), (10, 0.6)))


def test_the_report_of_digits_counts_not_a_digit_as_an_error() -> None:
    lines = digit_report(DIGITS).splitlines()
    assert lines[0].startswith("some: 5 digits, accuracy 60.00 %, expected calibration error ")
    table = {line.split()[0]: line.split()[1:] for line in lines[4:14]}
    assert table["0"] == ["1.0000", "1.0000", "1.0000", "1"]
    assert table["1"] == ["1.0000", "0.5000", "0.6667", "2"]
    assert table["7"] == ["0.5000", "0.5000", "0.5000", "2"]
    assert table["9"] == ["0.0000", "0.0000", "0.0000", "0"]
    matrix = {line.split()[0]: line.split()[1:] for line in lines[-10:]}
    assert matrix["1"] == [*".1.....1..."]
    assert matrix["7"] == [*".......1..1"]
    assert matrix["5"] == [*"..........."]


def test_the_accuracy_of_ten_passes_over_not_a_digit() -> None:
    probabilities = answers((10, 0.6), (10, 0.6), (3, 0.9))
    probabilities[:2, 4] += 0.1
    result = scored("some", np.array([4, 5, 3]), probabilities)
    assert accuracy(result) == pytest.approx(1 / 3) and accuracy_of_ten(result) == pytest.approx(2 / 3)
    assert digit_report(result).splitlines()[1] == "were it known that each is a digit: 66.67 %"


def test_calibration_error() -> None:
    # In the bin of 0.9 three of three are right: a gap of 0.1; at 0.6 and at 0.03 none is.
    expected = (3 * 0.1 + 0.6 + 0.03) / 5
    assert calibration_error(DIGITS) == pytest.approx(expected, abs=1e-6)
    sure = scored("sure", np.array([1, 2]), answers((1, 1.0), (2, 1.0)))
    assert calibration_error(sure) == 0


def test_rejecting_the_least_sure_leaves_the_right_ones() -> None:
    curve = rejection(DIGITS, most=0.4, steps=2)
    assert curve == [
        {"rejected": 0.0, "accuracy": pytest.approx(3 / 5)},
        {"rejected": 0.2, "accuracy": pytest.approx(3 / 4)},  # "not a digit" is the first to go
        {"rejected": 0.4, "accuracy": pytest.approx(1)},
    ]


def test_what_is_accepted() -> None:
    assert accepted(OTHERS, 0.5) == 0.25
    assert accepted(OTHERS, 0.3) == 0.5
    assert accepted(OTHERS, 0) == 0.5  # where "not a digit" is likeliest nothing is accepted, however low the bound
    many = scored("many", np.zeros(1000, int), answers(*((0, 0.5 + i / 2000) for i in range(1000))))
    assert accepting_bound([many, OTHERS]) == pytest.approx(0.505, abs=0.001)
    assert accepted(many, accepting_bound([many, OTHERS])) == pytest.approx(0.99)


def test_the_report_of_what_passes_has_a_line_for_each_source() -> None:
    lines = rejection_report([DIGITS, OTHERS]).splitlines()
    assert [line.split("  ")[0] for line in lines[1:]] == ["some", "not some"]
    assert lines[2].split()[-3:] == ["25.00", "%", "4"]


def test_the_summary_is_plain_data() -> None:
    figures = json.loads(json.dumps(summary([DIGITS, OTHERS])))
    assert figures["some"]["accuracy"] == figures["some"]["accuracy_of_ten"] == 60
    assert figures["nondigits_accepted"]["at 0.500"] == {"not some": 25.0}


def test_only_what_was_not_learnt_from_is_scored(tmp_path: Path) -> None:
    images = np.zeros((4, 28, 28), np.uint8)
    part = np.array([TRAIN, TEST, TRAIN, TEST], np.uint8)
    labels = np.arange(4)
    mnist, learnt, new = (File(name, name, [Source(name, images, labels, part)]) for name in ("mnist", "old", "new"))
    (tmp_path / "m.json").write_text(json.dumps({"training": {"data": [{"sha256": "old"}]}}))

    def always_three(batch: np.ndarray) -> np.ndarray:
        return answers(*[(3, 0.9)] * len(batch))

    results = score(always_three, [mnist, learnt, new], trained_on(tmp_path / "m.tflite"))
    assert {result.name: result.labels.tolist() for result in results} == {
        "mnist": [1, 3],
        "old": [1, 3],
        "new": [0, 1, 2, 3],
    }
    assert trained_on(tmp_path / "no-card.tflite") == set()

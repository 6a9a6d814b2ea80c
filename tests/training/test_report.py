"""The report: figures, pictures and page."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from drawn import crosses, pen_digits

from realtime.recognition.classifier import DEFAULT_MODEL, Classifier
from training.evaluate import report
from training.evaluate.report import robustness, worst_mistakes, write_report
from training.evaluate.robustness import CONDITIONS, blurred, noisy, penned, turned
from training.evaluate.scores import Scored, read


@pytest.fixture(scope="module")
def results() -> list[Scored]:
    """200 digits of our pen, five of them labelled wrongly, and 20 crosses, read by the shipped model."""
    digits, labels = pen_digits(200, 21)
    labels = labels.copy()
    labels[:5] = (labels[:5] + 1) % 10
    others = crosses(20, 3)
    classifier = Classifier()
    return [
        Scored("pen", labels, read(classifier, digits), digits),
        Scored("not pen", np.full(20, 10), read(classifier, others), others),
    ]


@pytest.fixture(scope="module")
def folder(results: list[Scored], tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "milliseconds", lambda _, n: n / 10)
        return write_report(tmp_path_factory.mktemp("report") / "new", DEFAULT_MODEL, results).parent


def test_the_figures_are_there_and_right(folder: Path, results: list[Scored]) -> None:
    figures = json.loads((folder / "report.json").read_text())
    pen = figures["sets"]["pen"]
    matrix = np.array(pen["confusion"])
    assert matrix.shape == (10, 11)
    assert matrix.sum() == pen["images"] == 200
    assert pen["accuracy"] == pytest.approx(np.trace(matrix) / 200)
    three = pen["by_digit"][3]
    assert three["recall"] == pytest.approx(matrix[3, 3] / matrix[3].sum())
    assert three["precision"] == pytest.approx(matrix[3, 3] / matrix[:, 3].sum())
    assert sum(row["images"] for row in pen["reliability"]) == 200
    assert pen["rejection"][0]["accuracy"] == pytest.approx(pen["accuracy"])
    int8, floats = figures["files"]
    assert int8["bytes"] == DEFAULT_MODEL.stat().st_size < floats["bytes"]
    assert abs(int8["accuracy"] - floats["accuracy"]) < 0.02
    assert int8["milliseconds"] == floats["milliseconds"] == {"1": 0.1, "8": 0.8, "32": 3.2, "128": 12.8}
    assert figures["nondigits"]["not pen"]["images"] == 20
    conditions = figures["robustness"]["conditions"]
    assert len(conditions) == len(CONDITIONS)
    for its in conditions.values():
        undisturbed = its["accuracy"][its["levels"].index(0)]
        assert undisturbed > 0.9
        assert min(its["accuracy"]) < undisturbed


def test_the_page_stands_alone(folder: Path, results: list[Scored]) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="(?!data:)', page), "something would have to be loaded"
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    # Confusion, reliability, rejection, mistakes, robustness in all, and one digit under each condition.
    assert len(pictures) == 5 + len(CONDITIONS)
    for picture in pictures:
        drawn = ElementTree.fromstring(base64.b64decode(picture))
        assert drawn.tag.endswith("svg")
        below = drawn.find(".//*[@id='patch_1']/*")
        assert below is not None and "fill: none" in below.get("style", ""), "in the dark a background would be black"
    figures = json.loads((folder / "report.json").read_text())
    assert f"{100 * figures['sets']['pen']['accuracy']:.2f} % right" in page


def test_the_surest_mistakes_come_first(results: list[Scored]) -> None:
    worst = worst_mistakes(results[0], most=4)
    assert [sure for *_, sure in worst] == sorted((sure for *_, sure in worst), reverse=True)
    image, meant, was_read, sure = worst[0]
    at = next(i for i in range(200) if np.array_equal(results[0].images[i], image))
    assert (meant, was_read) == (results[0].labels[at], results[0].predicted[at])
    assert meant != was_read and sure > 0.5


def test_each_condition_does_what_it_says() -> None:
    digits, _ = pen_digits(20, 5)
    assert penned(digits, 2).mean() > 1.1 * penned(digits, 0).mean()
    assert penned(digits, -1).mean() < 0.95 * penned(digits, 0).mean()
    edges = [float(np.abs(np.diff(images.astype(int), axis=2)).mean()) for images in (digits, blurred(digits, 2))]
    assert edges[1] < 0.7 * edges[0]
    np.testing.assert_array_equal(noisy(digits, 0.2), noisy(digits, 0.2))
    assert (noisy(digits, 0.3) != noisy(digits, 0)).any()
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 13:15, 4:24] = 255
    upright = turned(bar, 90)[0]
    assert upright[:, 12:16].sum() > 0.9 * upright.sum()
    assert np.ptp(np.flatnonzero(upright.any(axis=1))) > 15


def test_a_classifier_that_knows_nothing_is_told() -> None:
    digits, labels = pen_digits(30, 6)
    zeros = np.eye(11, dtype=np.float32)[:1]
    figures = robustness(
        lambda images: np.repeat(zeros, len(images), axis=0), Scored("pen", labels, zeros.repeat(30, axis=0), digits)
    )
    assert {share for its in figures["conditions"].values() for share in its["accuracy"]} == {0.1}

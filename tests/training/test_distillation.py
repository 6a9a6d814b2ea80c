from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn import pen_digits

from realtime.recognition.classifier import DEFAULT_MODEL, Classifier
from training.__main__ import main
from training.data.sources import TRAIN, VALIDATION, Source
from training.models.digits.distillation import SOFTENED, Teachers, targets
from training.models.digits.train import fingerprint, train
from training.settings import Settings

TEACHERS = sorted((DEFAULT_MODEL.parent / "teachers").glob("*.tflite"))


def test_teachers_say_the_mean_of_their_logits_softened() -> None:
    images, _ = pen_digits(40, 3)
    said = [Classifier(path)(images.astype(np.float32) / 255) for path in TEACHERS[:2]]
    answers = Teachers(TEACHERS[:2])(images)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    # The odds of two classes, where none is next to nothing: the root of the product of the teachers' odds, softened.
    first, second = np.argsort(-answers, axis=1)[:, :2].T
    rows = np.arange(len(images))
    clear = np.min([probabilities[rows, second] for probabilities in said], axis=0) > 1e-5
    assert clear.sum() >= 5
    odds = np.prod([probabilities[rows, first] / probabilities[rows, second] for probabilities in said], axis=0)
    wanted = odds ** (1 / len(said) / SOFTENED)
    np.testing.assert_allclose((answers[rows, first] / answers[rows, second])[clear], wanted[clear], rtol=1e-3)


def test_what_is_learnt_is_the_label_or_partly_what_the_teachers_say() -> None:
    images, labels = pen_digits(20, 3)
    teachers = Teachers(TEACHERS)
    np.testing.assert_array_equal(targets(images, labels, None, 0.7), np.eye(11)[labels])
    np.testing.assert_allclose(targets(images, labels, teachers, 1), teachers(images), atol=1e-6)
    half = targets(images, labels, teachers, 0.5)
    np.testing.assert_allclose(half, (teachers(images) + np.eye(11)[labels]) / 2, atol=1e-6)


def test_the_teachers_of_the_shipped_network_read_together_what_they_teach() -> None:
    images, labels = pen_digits(200, 5)
    assert len(TEACHERS) == 3
    assert (Teachers(TEACHERS)(images).argmax(axis=1) == labels).mean() > 0.95


def test_a_network_learns_from_its_teachers_against_the_labels(tmp_path: Path) -> None:
    digits, labels = pen_digits(640, 10)
    part = np.repeat([TRAIN, VALIDATION], [512, 128]).astype(np.uint8)
    wrong = Source("mnist", digits, (labels + 1) % 10, part)
    settings = Settings(width=8, epochs=4, batch_size=32, learning_rate=0.01, trust=1.0, augmentation=0.3)
    learnt = train(settings, [wrong], tmp_path, teachers=Teachers(TEACHERS), log=lambda _: None)
    said = learnt(digits[part == VALIDATION].astype(np.float32) / 255).numpy()[:, :10].argmax(axis=1)
    assert (said == labels[part == VALIDATION]).mean() > 0.6
    assert (said == wrong.labels[part == VALIDATION]).mean() < 0.2


def test_a_run_with_other_teachers_is_another_run() -> None:
    digits, labels = pen_digits(20, 3)
    sources = [Source("mnist", digits, labels, np.zeros(20, np.uint8))]
    runs = {
        fingerprint(settings, sources, teachers)
        for settings in (Settings(), replace(Settings(), trust=0.5))
        for teachers in (None, Teachers(TEACHERS), Teachers(TEACHERS[:1]))
    }
    assert len(runs) == 6


@pytest.mark.parametrize(("option", "said"), [("1.5", "from 0 to 1"), ("-1", "from 0 to 1")])
def test_trust_is_a_share(option: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["train", "--trust", option])
    assert left.value.code == 2
    assert said in capsys.readouterr().err

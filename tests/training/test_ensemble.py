from __future__ import annotations

import json
from pathlib import Path

import keras
import numpy as np
import pytest
from drawn import pen_digits

from realtime.recognition.classifier import DEFAULT_MODEL
from training.__main__ import main
from training.data.sources import TRAIN, VALIDATION, Source
from training.models.digits.ensemble import FIRST, best_share, join
from training.models.digits.network import build

SHIPPED = DEFAULT_MODEL.with_suffix(".keras")


def logits(network: keras.Model, images: np.ndarray) -> np.ndarray:
    return keras.Model(network.input, network.layers[-2].output).predict(images, verbose=0)


def images_of(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    digits, labels = pen_digits(n, seed)
    return digits.astype(np.float32) / 255, labels


def test_a_committee_answers_with_the_weighted_mean_of_logits() -> None:
    keras.utils.set_random_seed(3)
    one, other = build(8), build(16)
    images, _ = images_of(6, 1)
    both = join(one, other, 0.7)
    mean = 0.3 * logits(one, images) + 0.7 * logits(other, images)
    np.testing.assert_allclose(logits(both, images), mean, atol=1e-4)
    np.testing.assert_allclose(both.predict(images, verbose=0).sum(axis=1), 1, atol=1e-5)
    assert both.count_params() == one.count_params() + other.count_params()


def test_joined_again_the_first_stays_and_the_second_is_another() -> None:
    keras.utils.set_random_seed(4)
    one, other, third = build(8), build(8), build(8)
    images, _ = images_of(6, 2)
    again = join(join(one, other, 0.4), third, 0.5)
    mean = 0.5 * logits(one, images) + 0.5 * logits(third, images)
    np.testing.assert_allclose(logits(again, images), mean, atol=1e-4)


def test_the_share_is_that_of_the_likelier_one() -> None:
    keras.utils.set_random_seed(5)
    shipped, ignorant = keras.models.load_model(SHIPPED), build(8)
    digits, labels = pen_digits(200, 6)
    source = Source("mnist", digits, labels, np.full(200, VALIDATION, np.uint8))
    assert best_share(ignorant, keras.Model(shipped.input, shipped.output), [source]) > 0.8
    assert best_share(shipped, ignorant, [source]) < 0.4
    unseen = Source("mnist", digits, labels, np.full(200, TRAIN, np.uint8))
    assert best_share(shipped, ignorant, [unseen]) == 0.5


def test_the_shipped_network_is_a_committee_of_which_the_first_teaches_too() -> None:
    names = [layer.name for layer in keras.models.load_model(SHIPPED).layers]
    assert FIRST in names


def test_the_command_joins_and_says_so_on_the_card(
    mnist_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    student, both = tmp_path / "digits.keras", tmp_path / "both"
    build(8).save(student)
    shipped = json.loads(SHIPPED.with_suffix(".json").read_text())
    del shipped["training"]["joined"]
    student.with_suffix(".json").write_text(json.dumps(shipped))
    assert main(["join", str(SHIPPED), str(student), "--mnist", str(mnist_file), "--output", str(both)]) == 0
    assert "of the two" in capsys.readouterr().out
    card = json.loads((both / "digits.json").read_text())
    assert card["training"]["joined"]["command"] == (
        "python -m training join digits.keras digits.keras --mnist mnist.npz"
    )
    assert card["training"]["command"].startswith("python -m training train --mnist mnist.npz")
    assert card["parameters"] == keras.models.load_model(both / "digits.keras").count_params()
    assert "then joined" in (both / "digits.md").read_text(encoding="utf-8")


def test_what_cannot_be_joined_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["join", str(SHIPPED), str(tmp_path / "none.keras")]) == 1
    assert capsys.readouterr().err.startswith("error: cannot read ")

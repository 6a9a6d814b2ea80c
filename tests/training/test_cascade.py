from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from drawn import crosses, pen_digits

from realtime.glyphs.normalize import normalize
from realtime.recognition.classifier import DEFAULT_MODEL, Classifier, is_sure
from training.__main__ import main
from training.data.sources import VALIDATION, Source
from training.models.digits import cascade


class Said:
    """A network that says of image i what stands in row i."""

    def __init__(self, *rows: tuple[int, float]) -> None:
        self.rows = np.zeros((len(rows), 11), np.float32)
        for row, (digit, probability) in zip(self.rows, rows, strict=True):
            row[:] = (1 - probability) / 10
            row[digit] = probability

    def __call__(self, images: np.ndarray) -> np.ndarray:
        return self.rows[: len(images)]


def test_it_answers_from_where_both_read_alike() -> None:
    source = Source("mnist", np.zeros((4, 28, 28), np.uint8), np.zeros(4, np.int64), np.full(4, VALIDATION, np.uint8))
    network = Said((1, 0.9), (2, 0.9), (10, 0.9), (4, 0.9))
    small = Said((1, 0.9999), (7, 0.975), (10, 0.85), (4, 0.3))
    sure, shares = cascade.how_sure(small, network, [source], log=lambda _: None)  # type: ignore[arg-type]
    assert 0.975 < sure[0] <= 0.9999, "a digit was read as another one"
    assert sure[1] <= 0.85
    assert shares == {"mnist": 0.5}


def test_the_command_writes_it_beside_the_model_and_names_it_on_the_card(
    mnist_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cascade, "SETTINGS", replace(cascade.SETTINGS, epochs=2, batch_size=32))
    monkeypatch.setattr(cascade, "MOST_IMAGES", 100)
    model = Path(shutil.copy(DEFAULT_MODEL, tmp_path))
    shutil.copy(DEFAULT_MODEL.with_suffix(".json"), tmp_path)
    data = ["--mnist", str(mnist_file), "--synthetic", "0", "--rows", "0"]
    assert main(["glance", "--model", str(model), *data]) == 0
    assert "it answers" in capsys.readouterr().out
    its = json.loads(model.with_suffix(".json").read_text())["glance"]
    assert its["file"] == "glance.tflite" and its["bytes"] == (tmp_path / "glance.tflite").stat().st_size
    assert its["command"].startswith("python -m training glance --model digits.tflite --mnist mnist.npz")
    assert "glance.tflite" in model.with_suffix(".md").read_text()
    images = np.zeros((3, 28, 28), np.float32)
    assert Classifier(model)(images).shape == (3, 11)


def test_a_model_without_a_card_gets_none(mnist_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model = Path(shutil.copy(DEFAULT_MODEL, tmp_path))
    data = ["--mnist", str(mnist_file), "--synthetic", "0", "--rows", "0"]
    assert main(["glance", "--model", str(model), *data]) == 1
    assert capsys.readouterr().err.startswith("error: cannot read")
    assert not (tmp_path / "glance.tflite").exists()


def test_the_shipped_one_answers_most_digits_as_the_network_does(tmp_path: Path) -> None:
    digits, _ = pen_digits(200, 21)
    images = np.concatenate([digits.astype(np.float32) / 255, normalize(list(crosses(50, 3)))])
    without_card = shutil.copy(DEFAULT_MODEL.with_name("glance.tflite"), tmp_path)  # in `models/` it would need one
    network, small = Classifier(glance=False), Classifier(without_card)
    sure = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())["glance"]["sure"]
    answered = is_sure(small(images), sure)
    assert answered.mean() > 0.5
    together, alone = Classifier()(images), network(images)
    assert (together.argmax(axis=1) == alone.argmax(axis=1)).mean() > 0.99
    np.testing.assert_allclose(together[~answered], alone[~answered], atol=0.05)

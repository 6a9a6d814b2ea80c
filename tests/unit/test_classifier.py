import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from realtime.networks.interpreter import interpreter
from realtime.recognition.classifier import DEFAULT_MODEL, Classifier, ModelError


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return Classifier()


@pytest.mark.parametrize("n", [1, 3, 8, 50])
def test_rows_are_probabilities_whatever_their_number(classifier, n):
    images = np.random.default_rng(n).random((n, 28, 28), np.float32)
    rows = classifier(images)
    assert rows.shape == (n, 11)
    assert rows.dtype == np.float32
    assert rows.sum(axis=1) == pytest.approx(np.ones(n), abs=1e-3)


def test_an_answer_does_not_hang_on_what_was_asked_before(classifier):
    images = np.random.default_rng(0).random((50, 28, 28), np.float32)
    together = classifier(images)
    assert np.abs(classifier(images[:1]) - together[:1]).max() < 0.02
    assert np.array_equal(classifier(images), together)


def test_no_images_give_no_rows(classifier):
    assert classifier(np.zeros((0, 28, 28), np.float32)).shape == (0, 11)


def test_a_missing_model_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"cannot read the model .*none\.tflite: No such file"):
        Classifier(tmp_path / "none.tflite")


def test_a_damaged_model_is_refused(tmp_path):
    shutil.copy(DEFAULT_MODEL.with_suffix(".json"), tmp_path)
    path = tmp_path / DEFAULT_MODEL.name
    path.write_bytes(DEFAULT_MODEL.read_bytes()[:-1] + b"?")
    with pytest.raises(ModelError, match="SHA-256 differs"):
        Classifier(path)


def test_a_file_that_is_no_model_is_refused(tmp_path):
    path = tmp_path / "letter.tflite"
    path.write_text("Dear model, " * 50)
    with pytest.raises(ModelError, match="is not a model that can be loaded"):
        Classifier(path)


@pytest.mark.parametrize("card", ["", "{}", "[]", "not json"])
def test_a_card_without_a_checksum_is_refused(tmp_path, card):
    path = tmp_path / "own.tflite"
    shutil.copy(DEFAULT_MODEL, path)
    path.with_suffix(".json").write_text(card)
    with pytest.raises(ModelError, match="is not a model card"):
        Classifier(path)


def test_a_model_that_cannot_be_run_is_refused_when_it_is_loaded(tmp_path, monkeypatch):
    path = tmp_path / "mine.tflite"
    shutil.copy(DEFAULT_MODEL, path)

    def invoke(self) -> None:
        raise RuntimeError("unsupported zero-point value\nin channel 14")

    monkeypatch.setattr(interpreter(), "invoke", invoke)
    with pytest.raises(ModelError, match=r"mine\.tflite is a model that cannot be run: unsupported zero-point value$"):
        Classifier(path)


@pytest.mark.parametrize("share", [0, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_half_a_model_is_refused(share, tmp_path):
    content = DEFAULT_MODEL.read_bytes()
    (tmp_path / "half.tflite").write_bytes(content[: int(share * len(content))])
    with pytest.raises(ModelError, match=r"^\S*half\.tflite .*$"):
        Classifier(tmp_path / "half.tflite")


def test_a_model_without_a_card_is_taken_as_it_is(tmp_path):
    path = tmp_path / "own.tflite"
    shutil.copy(DEFAULT_MODEL, path)
    assert Classifier(path).path == path


GLANCE = DEFAULT_MODEL.with_name("glance.tflite")


def with_glance(folder: Path, **glance: object) -> Path:
    """A copy of the shipped model, with other words about its glance on the card."""
    path = Path(shutil.copy(DEFAULT_MODEL, folder / "own.tflite"))
    shutil.copy(GLANCE, folder)
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps(card | {"glance": card["glance"] | glance}))
    return path


def test_the_glance_answers_where_it_is_sure_and_the_network_elsewhere(tmp_path):
    images = np.random.default_rng(1).random((20, 28, 28), np.float32)
    small, network = Classifier(shutil.copy(GLANCE, tmp_path))(images), Classifier(glance=False)(images)
    assert np.array_equal(Classifier(with_glance(tmp_path, sure=[0, 0]))(images), small)
    assert np.array_equal(Classifier(with_glance(tmp_path, sure=[1.1, 1.1]))(images), network)
    assert Classifier(with_glance(tmp_path, sure=[0.9, 0.9]))(images[:0]).shape == (0, 11)


def test_without_its_glance_the_network_answers(tmp_path):
    images = np.random.default_rng(1).random((20, 28, 28), np.float32)
    alone = Classifier(with_glance(tmp_path, file="none.tflite"))
    assert np.array_equal(alone(images), Classifier(glance=False)(images))
    assert alone.digest == Classifier(glance=False).digest != Classifier().digest


def test_another_glance_is_refused(tmp_path):
    with pytest.raises(ModelError, match="SHA-256 differs"):
        Classifier(with_glance(tmp_path, sha256="0"))
    with pytest.raises(ModelError, match="does not say how to use its glance"):
        Classifier(with_glance(tmp_path, sure=0.9))


def test_no_engine_is_one_clear_line(monkeypatch):
    for name in ("ai_edge_litert.interpreter", "tensorflow.lite", "tensorflow"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match="pip install ai-edge-litert"):
        Classifier()


def test_the_card_states_the_input_that_normalize_makes():
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    assert card["input"]["shape"] == ["n", 28, 28]
    assert card["output"]["shape"] == ["n", 11]
    assert DEFAULT_MODEL.stat().st_size < 500_000

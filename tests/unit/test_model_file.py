from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from realtime import cli
from realtime.networks.model_file import FOLDER, ModelError, read_model
from realtime.recognition import decide, features


def write(folder: Path, content: bytes = b"a model", **card: object) -> Path:
    path = folder / "some.tflite"
    path.write_bytes(content)
    path.with_suffix(".json").write_text(json.dumps({"sha256": hashlib.sha256(b"a model").hexdigest(), **card}))
    return path


def test_a_model_and_its_card_are_read(tmp_path):
    content, card = read_model(write(tmp_path, input="any"))
    assert content == b"a model" and card["input"] == "any"


def test_of_a_model_of_ones_own_no_card_is_asked(tmp_path):
    path = write(tmp_path)
    path.with_suffix(".json").unlink()
    assert read_model(path) == (b"a model", {})


@pytest.mark.parametrize("card", ["", "[]", "{}", "null", '{"sha256": 1}', "\x00"])
def test_a_card_that_is_none_is_one_line(tmp_path, card):
    path = write(tmp_path)
    path.with_suffix(".json").write_text(card)
    with pytest.raises(ModelError) as error:
        read_model(path)
    assert "\n" not in str(error.value)


def test_a_foreign_model_is_refused(tmp_path):
    with pytest.raises(ModelError, match="SHA-256 differs"):
        read_model(write(tmp_path, b"another model"))


def test_every_shipped_model_is_that_of_its_card():
    models = [path for path in FOLDER.iterdir() if path.suffix in (".tflite", ".npz") and path.stem != "glance"]
    assert {path.name for path in models} >= {"digits.tflite", "ink.tflite", "line.tflite", "decide.npz"}
    for path in models:
        content, card = read_model(path)
        assert content == path.read_bytes() and card["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "cannot read the model"),
        (b"", "does not hold decision trees"),
        (b"PK\x03\x04 cut short", "does not hold decision trees"),
        (b"\x93NUMPY", "does not hold decision trees"),
    ],
)
def test_trees_that_are_missing_or_damaged_end_the_program_with_one_line(tmp_path, capsys, monkeypatch, content, told):
    file = tmp_path / "decide.npz"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setattr(decide, "FILE", file)
    monkeypatch.setattr(decide, "shipped", decide.shipped.__wrapped__)
    monkeypatch.setattr("realtime.recognition.recognizer.shipped", decide.shipped)
    assert cli.main(["samples/rows.jpg", "--no-window"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and told in error and error.count("\n") == 1


def test_trees_of_another_kind_are_refused(tmp_path, monkeypatch):
    np.savez(tmp_path / "decide.npz", sign=np.zeros((2, 3)))
    monkeypatch.setattr(decide, "FILE", tmp_path / "decide.npz")
    with pytest.raises(ModelError, match="does not hold decision trees"):
        decide.shipped.__wrapped__()


def test_trees_that_ask_for_other_features_are_refused(tmp_path, monkeypatch):
    np.savez(tmp_path / "decide.npz", alone=features.ALONE[:-1], together=features.TOGETHER)
    monkeypatch.setattr(decide, "FILE", tmp_path / "decide.npz")
    with pytest.raises(ModelError, match="grown for other features"):
        decide.shipped.__wrapped__()

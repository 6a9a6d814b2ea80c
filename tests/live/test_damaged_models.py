"""Models that are damaged, in whatever way and wherever they are named: one line, exit code 1, and no server."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from realtime import cli, collect
from realtime.batch import cli as batch
from realtime.ink import network
from realtime.networks.model_file import FOLDER, ModelError
from realtime.recognition import classifier, decide, features, line_reader, trial
from realtime.recognition.classifier import Classifier
from realtime.web import cli as web

PHOTO = str(FOLDER.parent / "samples" / "rows.jpg")
SHIPPED = ("digits.tflite", "digits.json", "glance.tflite", "ink.tflite", "line.tflite", "decide.npz", "decide.json")


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped models, from which every program loads them."""
    folder = tmp_path / "models"
    folder.mkdir()
    for file in FOLDER.iterdir():
        if file.suffix in (".tflite", ".json", ".npz"):
            shutil.copy(file, folder)
    monkeypatch.setattr("realtime.networks.model_file.FOLDER", folder)
    monkeypatch.setattr(classifier, "DEFAULT_MODEL", folder / "digits.tflite")
    monkeypatch.setattr(network, "DEFAULT_MODEL", folder / "ink.tflite")
    monkeypatch.setattr(line_reader, "DEFAULT_MODEL", folder / "line.tflite")
    monkeypatch.setattr(decide, "FILE", folder / "decide.npz")
    monkeypatch.setattr("realtime.recognition.recognizer.shipped", decide.shipped.__wrapped__)
    return folder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[list[str]], int]]:
    """Every program that reads digits, by its name."""
    monkeypatch.setattr(web, "make_server", lambda *_, **__: pytest.fail("the server started"))
    out = str(tmp_path / "out")
    return {
        "photo": lambda more: cli.main([PHOTO, "--no-window", *more]),
        "stream": lambda more: cli.main(["http://127.0.0.1:9/", "--no-window", *more]),
        "archive": lambda more: batch.main([PHOTO, "--out", out, *more]),
        "web": lambda more: web.main(["--no-browser", "--port", "0", *more]),
        "collect": lambda more: collect.main([PHOTO, "--folder", out, *more]),
    }


PROGRAMS = ("photo", "stream", "archive", "web", "collect")


def damage(path: Path, seed: int = 0) -> None:
    """Another byte somewhere."""
    content = bytearray(path.read_bytes())
    at = random.Random(seed).randrange(len(content))
    content[at] ^= 0x15
    path.write_bytes(content)


def is_one_line(error: str, name: str) -> bool:
    return error.startswith("error: ") and error.count("\n") == 1 and "unexpected" not in error and name in error


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_model_that_is_damaged(models, run, capsys, program, name):
    damage(models / name)
    if name.endswith(".json"):
        (models / name).write_text('{"sha256": ' + "[" * 100_000)
    assert run[program]([]) == 1
    assert is_one_line(capsys.readouterr().err, name)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_model_of_ones_own_that_ends_whoever_loads_it(run, tmp_path, capsys, monkeypatch, program):
    monkeypatch.setattr(trial, "PROBE", "import os, signal\nos.kill(os.getpid(), signal.SIGTERM)")
    monkeypatch.setattr(classifier, "interpreter", lambda: pytest.fail("it was loaded here"))
    path = tmp_path / "own.tflite"
    shutil.copy(FOLDER / "glance.tflite", path)
    assert run[program](["--model", str(path)]) == 1
    error = capsys.readouterr().err
    assert is_one_line(error, str(path)) and (sys.platform == "win32" or "ends the process with SIGTERM" in error)


def test_one_that_keeps_it_busy(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "PROBE", "while True: pass")
    monkeypatch.setattr(trial, "SECONDS", 0.2)
    with pytest.raises(ModelError, match="takes longer than 0 s"):
        trial.try_out(tmp_path / "own.tflite", b"")


def fuzzed(content: bytes, seed: int) -> bytes:
    """A model with a word or some bytes changed, mostly where its layers are described, or its end cut off."""
    chance, edited = random.Random(seed), bytearray(content)
    if seed % 8 == 0:
        return content[: chance.randrange(len(content))]
    for _ in range(chance.choice([1, 1, 3])):
        begin = chance.choice([0, len(content) - 9000, len(content) - 3000])
        at = chance.randrange(begin, min(begin + 9000, len(content)) - 4) & ~3
        word = edited[at + 8 : at + 12] if at + 12 <= len(edited) else b"\0\0\0\0"
        words = [b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\0", b"\3\0\0\0", bytes(word), chance.randbytes(4)]
        edited[at : at + 4] = chance.choice(words)
    return bytes(edited) if edited != content else content[:-9]


@pytest.mark.parametrize("seed", range(48))
def test_fuzzed_models_are_refused_or_can_be_used(tmp_path, seed):
    path = tmp_path / "own.tflite"
    path.write_bytes(fuzzed((FOLDER / "glance.tflite").read_bytes(), seed))
    try:
        said = Classifier(path)(np.random.default_rng(seed).random((18, 28, 28), np.float32))
        assert said.shape == (18, 11)
    except ModelError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)


@pytest.mark.parametrize("seed", range(100))
def test_fuzzed_trees_whose_card_is_theirs_are_refused_or_can_be_asked(models, seed):
    """A card may have been made for what was damaged before."""
    path = models / "decide.npz"
    with np.load(path) as stored:
        arrays = dict(stored)
    chance = np.random.default_rng(seed)
    name = sorted(arrays)[seed % len(arrays)]
    if seed % 2 or arrays[name].dtype.kind not in "fi":
        content = bytearray(path.read_bytes())
        for at in chance.integers(0, len(content), 3):
            content[at] = chance.integers(256)
        path.write_bytes(content)
    else:
        flat = arrays[name].astype(np.float64).ravel()
        flat[chance.integers(flat.size)] = chance.choice([-1, 1e6, np.nan, np.inf, 2**31])
        with np.errstate(invalid="ignore"):
            np.savez(path, **{**arrays, name: flat.reshape(arrays[name].shape).astype(arrays[name].dtype)})
    card = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    path.with_suffix(".json").write_text(json.dumps(card))
    try:
        decision = decide.shipped.__wrapped__()
    except ModelError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error)
        return
    told = chance.normal(size=(9, len(features.ALONE)))
    both = np.concatenate(
        [told, decision.alone(told)[:, None], chance.normal(size=(9, len(features.TOGETHER)))], axis=1
    )
    assert np.isfinite(decision.together(both)).all()


@pytest.mark.parametrize(
    "glance",
    [
        None,
        {"file": "\0", "sha256": "", "sure": [1, 1]},
        {"file": "", "sha256": "", "sure": [1, 1]},
        {"file": "g" * 300, "sha256": "", "sure": [1, 1]},
        {"file": "digits.tflite", "sha256": 5, "sure": [[], {}]},
        {"file": ["x"], "sha256": 5, "sure": [1, 1]},
    ],
)
def test_a_card_that_speaks_nonsense_of_its_glance(models, glance):
    card = json.loads((models / "digits.json").read_text()) | {"glance": glance}
    (models / "digits.json").write_text(json.dumps(card))
    try:
        assert Classifier()(np.zeros((1, 28, 28), np.float32)).shape == (1, 11)
    except ModelError as error:
        assert "\n" not in str(error)


def test_a_name_that_no_file_can_have(run, capsys):
    assert run["photo"](["--model", "m" * 300]) == 1
    assert is_one_line(capsys.readouterr().err, "mmm")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name there")
def test_a_pipe_is_no_model(tmp_path):
    os.mkfifo(tmp_path / "own.tflite")
    for path in (tmp_path / "own.tflite", tmp_path):
        with pytest.raises(ModelError, match="not a file"):
            Classifier(path)

"""A person's hand is learnt: with the shipped network, and a hand that it reads badly."""

from __future__ import annotations

import json
import re
from pathlib import Path

import keras
import numpy as np
import pytest

from realtime.detections import NOT_A_DIGIT
from realtime.recognition.classifier import DEFAULT_MODEL, Classifier
from realtime.sinks.own_digits import OwnDigitsError, read_digits
from training import writer
from training.__main__ import main
from training.data.own import read_own
from training.data.sources import TEST, TRAIN, DataError
from training.models.digits import personal, personalize
from training.models.digits.network import build


@pytest.fixture(scope="module")
def mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`learn`: 10 of each digit, `test`: 50 of each, of a writer of whom the shipped network reads less than 90 %."""
    folder = tmp_path_factory.mktemp("mine")
    assert writer.main([str(folder)]) == 0
    return folder


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of the learning."""
    for name, value in {"STEPS": 30, "OTHER_HANDS": 100, "SHAPES": 100}.items():
        monkeypatch.setattr(personalize, name, value)


def test_a_writer_is_one_hand_and_hard_to_read(mine: Path) -> None:
    classifier = Classifier()
    images, labels = read_digits(mine / "test")
    assert np.bincount(labels).tolist() == [50] * 10
    assert (classifier(images.astype(np.float32) / 255).argmax(axis=1) == labels).mean() < 0.93
    learnt, _ = read_digits(mine / "learn")
    assert len(learnt) == 100
    assert not {image.tobytes() for image in learnt} & {image.tobytes() for image in images}


def test_one_in_five_of_each_digit_is_kept_out(mine: Path, tmp_path: Path) -> None:
    (source,) = read_own(mine / "learn").sources
    for part, each in ((TRAIN, 8), (TEST, 2)):
        assert np.bincount(source.take(part)[1]).tolist() == [each] * 10
    (source,) = read_own(mine / "learn", mine / "test").sources
    assert [int((source.part == part).sum()) for part in (TRAIN, TEST)] == [100, 500]

    images, labels = writer.write(1, 1)
    few = tmp_path / "few"
    answers = np.eye(11)[labels]
    writer.save(few, images, labels, answers)
    with pytest.raises(DataError, match="twice at least"):
        read_own(few)
    writer.save(few, images[:3], labels[:3], answers[:3])
    (source,) = read_own(few).sources
    assert source.take(TEST)[1].tolist() == [0, 1, 2]


@pytest.mark.usefixtures("quick")
def test_the_command_makes_a_model_that_reads_the_hand(
    mine: Path, mnist_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["personalize", str(mine / "learn"), "--test", str(mine / "test"), "--mnist", str(mnist_file)]
    assert main([*command, "--output", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    before, after = map(float, re.findall(r"yours .* before +([\d.]+)%.* after +([\d.]+)%", out)[0])
    images, labels = read_digits(mine / "test")
    classifier = Classifier(tmp_path / "digits.tflite")  # checks the card's SHA-256
    share = (classifier(images.astype(np.float32) / 255).argmax(axis=1) == labels).mean()
    assert after == pytest.approx(100 * share, abs=0.01)
    assert after > before + 3, "it has learnt the hand"

    card = json.loads((tmp_path / "digits.json").read_text())
    shipped = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    assert card["training"]["data"][:-1] == shipped["training"]["data"]
    assert card["training"]["data"][-1]["images"] == {"yours": {"train": 100, "validation": 0, "test": 500}}
    assert card["measured"].keys() == {"yours", "mnist"}
    assert str(mine) not in json.dumps(card)


@pytest.mark.usefixtures("quick")
def test_what_is_no_digit_is_learnt_and_measured_apart(
    tmp_path: Path, mnist_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(personal, "LARGEST_LOSS", 10)  # whose rings are none loses some of the others' zeros
    images, labels = writer.write(1, 5)
    labels[labels == 0] = NOT_A_DIGIT  # somebody whose rings are none
    writer.save(tmp_path / "own", images, labels, np.eye(11)[labels])
    own = read_own(tmp_path / "own")
    assert [source.name for source in own.sources] == ["yours", "not yours"]
    for part, each in ((TRAIN, 4), (TEST, 1)):
        assert [len(source.take(part)[1]) for source in own.sources] == [9 * each, each]

    assert main(["personalize", str(tmp_path / "own"), "--mnist", str(mnist_file)]) == 0
    assert re.search(r"^not yours +1 images   before +[\d.]+%   after", capsys.readouterr().out, re.MULTILINE)
    before, after = Classifier()(images), Classifier(tmp_path / "own" / "digits.tflite")(images)
    assert after[labels == NOT_A_DIGIT, NOT_A_DIGIT].mean() > before[labels == NOT_A_DIGIT, NOT_A_DIGIT].mean() + 0.1
    card = json.loads((tmp_path / "own" / "digits.json").read_text())
    assert card["training"]["data"][-1]["images"].keys() == {"yours", "not yours"}


def test_a_model_that_has_forgotten_is_not_saved(
    mine: Path, mnist_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forget(model: keras.Model, *_: object) -> keras.Model:
        model.set_weights([np.zeros_like(weights) for weights in model.get_weights()])
        return model

    monkeypatch.setattr(personal, "replay", lambda *_: None)
    monkeypatch.setattr(personal, "personalize", forget)
    command = ["personalize", str(mine / "learn"), "--mnist", str(mnist_file), "--output", str(tmp_path / "new")]
    assert main(command) == 1
    assert re.search(r"^error: not saved: it reads mnist worse by [\d.]+ points", capsys.readouterr().err, re.MULTILINE)
    assert not (tmp_path / "new").exists()


def test_the_same_seed_learns_the_same(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personalize, "STEPS", 5)
    own = read_own(mine / "learn").sources
    model = build(8)
    start = [weights.copy() for weights in model.get_weights()]
    known = own[0].images, own[0].labels  # any images will do
    one, two = (personalize.personalize(model, own, known, seed=3).get_weights() for _ in range(2))
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first, second)
    for was, still in zip(start, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, still)
    assert (one[-1] != start[-1]).any()
    np.testing.assert_allclose(one[0], start[0], rtol=1e-6, err_msg="what a stroke is is not learnt anew")


def test_floats_that_are_missing_are_told(mine: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read .*digits\.keras"):
        personal.make(read_own(mine / "learn"), tmp_path / "digits.tflite", [], tmp_path)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(OwnDigitsError):
        read_own(tmp_path)

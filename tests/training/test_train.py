"""Real training, tiny: TensorFlow is imported here and nowhere else in the tests of training."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
from drawn import pen_digits
from tensorflow.python.summary.summary_iterator import summary_iterator

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from realtime.recognition.classifier import DEFAULT_MODEL, Classifier
from training.__main__ import main
from training.data.sources import TRAIN, VALIDATION, Source
from training.models.digits import train as training
from training.models.digits.architectures import create
from training.models.digits.curves import sparkline
from training.models.digits.network import build
from training.models.digits.train import Sampler, train
from training.models.export import weights_digest
from training.render import negatives
from training.settings import ARCHITECTURES, Settings

TINY = Settings(width=8, epochs=3, batch_size=32, learning_rate=0.01)


@pytest.fixture
def sources() -> list[Source]:
    digits, labels = pen_digits(320, 10)
    part = np.repeat([TRAIN, VALIDATION], [256, 64]).astype(np.uint8)
    mnist = Source("mnist", digits, labels, part)
    return [mnist, negatives.source(60, mnist, seed=0)]


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_the_network_gives_probabilities_and_its_width_is_an_option(dtype: str) -> None:
    network = build(16, dtype=dtype)
    probabilities = network(np.zeros((2, 28, 28), np.float32)).numpy()
    assert probabilities.shape == (2, 11)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert build(32).count_params() > 3 * network.count_params()


@pytest.mark.parametrize("arch", ARCHITECTURES)
def test_every_architecture_takes_and_gives_the_same(arch: str) -> None:
    network = create(arch, 8, dtype="mixed_bfloat16")
    probabilities = network(np.random.default_rng(0).random((3, 28, 28), np.float32)).numpy()
    assert probabilities.shape == (3, 11)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert create(arch, 8, softmax=False).layers[-1].units == 11


def test_lenet5_is_that_of_the_paper() -> None:
    # Of its table: C1 156, C3 1516 in the paper's sparse form and 2416 in full, C5 48120, F6 10164; and 11 outputs.
    assert create("lenet5", 8).count_params() == 156 + 2416 + 48120 + 10164 + 85 * 11
    assert create("large", 8).count_params() > 2 * create("digits", 24).count_params()


def test_the_learning_rate_goes_up_and_then_down() -> None:
    schedule = training.OneCycle(0.01, 100)
    rates = [float(schedule(step)) for step in range(101)]
    assert int(np.argmax(rates)) == 25
    assert max(rates) == pytest.approx(0.01)
    assert rates[0] < 0.001
    assert rates[-1] < 0.0001


def test_an_epoch_is_drawn_by_seed_and_number_alone(sources: list[Source]) -> None:
    images, labels = Sampler(TINY, sources).epoch(4)
    again = Sampler(TINY, sources)
    again.epoch(3)
    np.testing.assert_array_equal(again.epoch(4)[0], images)
    assert len(labels) == len(again) == 256 + (sources[1].part == TRAIN).sum()
    assert (again.epoch(5)[0] != images).any()


def test_rare_digits_are_drawn_twice_and_half_of_the_nondigits() -> None:
    digits, labels = pen_digits(40, 14)
    part = np.full(40, TRAIN, np.uint8)
    others = Source("others", digits, labels, part)
    letters = Source("letters", digits, np.full(40, NOT_A_DIGIT), part)
    drawn = Sampler(replace(TINY, augmentation=0), [others, letters]).epoch(0)[1]
    assert np.bincount(drawn, minlength=11).tolist() == [8] * 10 + [20]


def test_training_that_was_stopped_ends_like_training_that_was_not(sources: list[Source], tmp_path: Path) -> None:
    lines: list[str] = []
    whole = train(TINY, sources, tmp_path / "whole", lines.append)

    def stop(line: str) -> None:
        if line.startswith("epoch 2"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(TINY, sources, tmp_path / "stopped", stop)
    rest: list[str] = []
    resumed = train(TINY, sources, tmp_path / "stopped", rest.append)

    assert rest[0] == "going on after epoch 2 of 3"
    assert [line.split("seconds")[0] for line in rest[1:]] == [line.split("seconds")[0] for line in lines[2:]]
    for one, other in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert weights_digest(whole) == weights_digest(resumed)
    assert not list(tmp_path.rglob("*.npz")), "the same command would not start anew"
    assert lines[2].endswith(sparkline(losses_of(lines)))
    (events,) = (tmp_path / "whole").rglob("events.*")
    tags = [value.tag for event in summary_iterator(str(events)) for value in event.summary.value]
    assert tags.count("loss") == tags.count("right/mnist") == tags.count("learning_rate") == 3
    losses = losses_of(lines)
    assert losses[2] < losses[0] * 0.8


def losses_of(lines: list[str]) -> list[float]:
    return [float(re.findall(r"loss ([\d.]+)", line)[0]) for line in lines if "loss" in line]


def test_a_curve_in_the_terminal() -> None:
    assert sparkline([3, 2, 1]) == "█▅▁"
    assert sparkline([1.0]) == sparkline([2.0, 2.0])[0] == "▁"
    assert len(sparkline(list(range(100)))) == 40


def test_a_damaged_checkpoint_is_not_trusted(sources: list[Source], tmp_path: Path) -> None:
    settings = replace(TINY, epochs=1)
    folder = tmp_path / training.fingerprint(settings, sources)
    folder.mkdir()
    (folder / "checkpoint.npz").write_bytes(b"PK\x03\x04 not much of an archive")
    lines: list[str] = []
    train(settings, sources, tmp_path, lines.append)
    assert lines[0].startswith("epoch 1")


def test_the_command_makes_three_files_that_the_live_loop_can_use(
    mnist_file: Path, digits_file: Path, nondigits_file: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = ["--mnist", str(mnist_file), "--digits", str(digits_file), "--nondigits", str(nondigits_file)]
    size = ["--synthetic", "50", "--rows", "4", "--width", "8", "--epochs", "1", "--batch-size", "32"]
    where = ["--output", str(tmp_path / "models"), "--runs", str(tmp_path / "runs")]
    assert main(["train", *data, *size, *where]) == 0
    out, err = capfd.readouterr()
    assert "mnist: 600 train, 50 validation, 50 test" in out
    assert "epoch 1" in out
    assert "wrote" in out.splitlines()[-1]
    assert "Traceback" not in err

    files = {path.name for path in (tmp_path / "models").iterdir()}
    assert files == {"digits.tflite", "digits.keras", "digits.json", "digits.md"}
    digits, _ = pen_digits(20, 11)
    images = digits.astype(np.float32) / 255
    classify = Classifier(tmp_path / "models" / "digits.tflite")
    model = keras.models.load_model(tmp_path / "models" / "digits.keras")
    np.testing.assert_allclose(classify(images), model.predict(images, verbose=0), atol=0.05)

    card = json.loads((tmp_path / "models" / "digits.json").read_text())
    assert card["training"]["command"] == (
        "python -m training train --mnist mnist.npz --digits digits.npz --nondigits nondigits.npz "
        "--synthetic 50 --rows 4 --width 8 --epochs 1 --batch-size 32"
    )
    assert str(tmp_path) not in json.dumps(card)
    assert card["training"]["data"][1]["images"]["theirs"]["test"] == card["measured"]["theirs"]["images"] > 0
    assert card["measured"]["mnist"]["images"] == 50

    # Measuring again prints the very same, and takes the kept-out part of what the card names.
    assert main(["evaluate", *data, "--model", str(tmp_path / "models" / "digits.tflite")]) == 0
    assert capfd.readouterr().out.strip() in out


def test_mnist_alone_is_enough(mnist_file: Path, tmp_path: Path) -> None:
    options = [
        "--synthetic",
        "30",
        "--rows",
        "0",
        "--width",
        "8",
        "--epochs",
        "1",
        "--no-mixed-precision",
        "--augmentation",
        "0",
    ]
    where = ["--output", str(tmp_path), "--runs", str(tmp_path / "runs")]
    assert main(["train", "--mnist", str(mnist_file), *options, *where]) == 0
    assert json.loads((tmp_path / "digits.json").read_text())["measured"].keys() == {"mnist"}


def test_ctrl_c_is_told_and_leaves_the_old_model(
    mnist_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training.Learner, "learn", stop)
    (tmp_path / "digits.tflite").write_bytes(b"the old one")
    where = ["--output", str(tmp_path), "--runs", str(tmp_path / "runs")]
    assert main(["train", "--mnist", str(mnist_file), "--synthetic", "0", "--rows", "0", "--width", "8", *where]) == 130
    assert "the same command goes on" in capsys.readouterr().err
    assert (tmp_path / "digits.tflite").read_bytes() == b"the old one"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "--mnist", "gone.npz"], "error: cannot read gone.npz: No such file or directory\n"),
        (["evaluate", "--mnist", "gone.npz"], "error: cannot read gone.npz: No such file or directory\n"),
        (["personalize", "gone"], "error: cannot read gone/labels.csv: No such file or directory\n"),
        (["card", "--model", "gone.tflite"], "error: cannot read gone.json: No such file or directory\n"),
        (["evaluate", "--model", "gone.tflite"], "error: cannot read the model gone.tflite: No such file or directory"),
    ],
)
def test_what_cannot_be_read_is_one_line_and_exit_code_1(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    err = capsys.readouterr().err
    assert err.startswith(message)
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["train", "--width", "12"],
        ["train", "--arch", "lenet5", "--width", "16"],
        ["compare", "--arch", "vgg"],
        ["compare", "--seeds", "0"],
        ["personalize"],
        ["train", "--epochs", "0"],
        ["train", "--synthetic", "-1"],
        ["teach"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


class TestShippedModel:
    """The files in `models/`."""

    def test_the_tflite_agrees_with_the_keras_model_at_any_batch_size(self) -> None:
        digits, _ = pen_digits(100, 12)
        images = digits.astype(np.float32) / 255
        expected = keras.models.load_model(DEFAULT_MODEL.with_suffix(".keras")).predict(images, verbose=0)
        classify = Classifier(glance=False)
        for n in (1, 3, 8, 50, 1):
            answers = np.concatenate([classify(images[i : i + n]) for i in range(0, len(images), n)])
            assert np.abs(answers - expected).max() < 0.2
            assert np.abs(answers - expected).mean() < 0.002
            sure = expected.max(axis=1) > 0.7
            np.testing.assert_array_equal(answers.argmax(axis=1)[sure], expected.argmax(axis=1)[sure])

    def test_it_reads_our_own_pen_and_rejects_what_is_no_digit(self) -> None:
        digits, labels = pen_digits(300, 13)
        classify = Classifier()
        assert (classify(digits.astype(np.float32) / 255).argmax(axis=1) == labels).mean() > 0.95
        crops, truth = negatives.draw(300, digits, labels, np.random.default_rng(99))
        answers = classify(normalize(crops)).argmax(axis=1)
        assert (answers[truth == NOT_A_DIGIT] == NOT_A_DIGIT).mean() > 0.9

    def test_its_card_speaks_of_it(self) -> None:
        card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
        assert card["bytes"] == DEFAULT_MODEL.stat().st_size < 500_000
        assert card["measured"]["mnist"]["accuracy"] >= 99.2
        assert card["training"]["command"].startswith("python -m training train")
        assert len(card["classes"]) == 11

"""Training and export of the line reader."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from realtime.detections import NOT_A_DIGIT
from realtime.recognition.line_picture import HEIGHT
from realtime.recognition.line_reader import LineReader
from training.models.line import export, learn, rows
from training.models.line.learn import HELD, Run, greedy, rate
from training.render.line.shapes import Shapes


@pytest.fixture(scope="module")
def run(shapes: Shapes, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run with a handful of rows and three seconds."""
    folder = tmp_path_factory.mktemp("run")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "A_FILE", 20)
        rows.make_file(folder / HELD, shapes, np.random.default_rng(0))
        rows.make_file(folder / "00000.npz", shapes, np.random.default_rng(1))
    return Run(folder, folder, minutes=0.05)


def test_a_run_that_is_over_goes_on_no_further_and_its_model_reads_alike_when_exported(run: Run) -> None:
    model = learn.learn(run)
    again = learn.learn(run)
    for one, two in zip(model.get_weights(), again.get_weights(), strict=True):
        assert np.array_equal(one, two)

    held = rows.read_file(run.rows / HELD)
    content = export.to_tflite(model, held, int8=False)
    path = export.write(content, run.folder / "model", {"parameters": model.count_params()})
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["bytes"] == len(content)
    reader = LineReader(path)  # which holds the card's SHA-256 against the file
    picture = np.pad(held.pictures[0], ((0, 0), (0, -held.pictures[0].shape[1] % 64)))
    expected, reach = model(picture[None, :, :, None] / np.float32(255), training=False)
    digits, boxes = reader.logits(picture)
    assert np.allclose(digits, expected[0], atol=1e-3)
    assert np.allclose(boxes, reach[0], atol=1e-3)
    assert picture.shape[0] == HEIGHT


def test_repeats_are_one_digit_unless_something_lies_between_them() -> None:
    digits = np.full((1, 6, 11), 0.0)
    for column, digit in enumerate([4, 4, NOT_A_DIGIT, 4, 7, NOT_A_DIGIT]):
        digits[0, column, digit] = 1
    assert greedy(digits) == ["447"]


def test_the_learning_rate_rises_shortly_and_falls_to_nearly_nothing() -> None:
    rates = [rate(share) for share in np.linspace(0, 1, 101)]
    assert np.argmax(rates) < 10
    assert max(rates) > 0.95 and rates[-1] <= 0.01
    assert all(a >= b for a, b in pairwise(rates[10:]))

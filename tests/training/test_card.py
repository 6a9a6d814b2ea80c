"""The model's card and the page made from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from realtime.recognition.classifier import DEFAULT_MODEL
from training.__main__ import main
from training.models.card import INTENDED_USE, LIMITS, page


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A copy of the shipped card, without what is added to it today."""
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    for name in ("intended_use", "limits", "licences"):
        card.pop(name, None)
    (tmp_path / "digits.json").write_text(json.dumps(card))
    return tmp_path / "digits.tflite"


def test_a_card_is_renewed_with_use_limits_and_licences(model: Path) -> None:
    before = json.loads(model.with_suffix(".json").read_text())
    assert main(["card", "--model", str(model)]) == 0
    card = json.loads(model.with_suffix(".json").read_text())
    assert {name: card[name] for name in before} == before, "what it said stays as it was"
    assert card["intended_use"] == INTENDED_USE and card["limits"] == list(LIMITS)
    assert card["licences"]["bhmsds"].endswith("MIT")
    assert set(card["licences"]) == {name for file in card["training"]["data"] for name in file["images"]}


def test_the_page_tells_what_the_card_says(model: Path) -> None:
    main(["card", "--model", str(model)])
    card = json.loads(model.with_suffix(".json").read_text())
    text = model.with_suffix(".md").read_text(encoding="utf-8")
    assert text == page(card)
    its = card["measured"]["mnist"]
    shares = [f"{its[key]:.2f} %" for key in ("accuracy", "accuracy_of_ten", "calibration_error")]
    assert " | ".join(["| mnist", str(its["images"]), *shares]) in text
    assert card["training"]["command"] in text and card["sha256"][:16] in text
    for limit in LIMITS:
        assert f"- {limit}" in text
    for file in card["training"]["data"]:
        assert f"| {file['file']} |" in text


def test_evaluate_puts_its_figures_into_the_card(model: Path, mnist_file: Path) -> None:
    before = json.loads(model.with_suffix(".json").read_text())["measured"]
    shutil.copy(DEFAULT_MODEL, model)
    assert main(["evaluate", "--model", str(model), "--mnist", str(mnist_file), "--card"]) == 0
    after = json.loads(model.with_suffix(".json").read_text())["measured"]
    assert after["mnist"]["images"] < before["mnist"]["images"]
    assert after == before | {"mnist": after["mnist"]}, "what was not measured stays"


def test_the_shipped_page_is_that_of_the_shipped_card() -> None:
    card = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())
    renew = "renew it: python -m training card"
    assert "licences" in card, renew
    assert DEFAULT_MODEL.with_suffix(".md").read_text(encoding="utf-8") == page(card), renew


def test_what_is_no_card_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "digits.json").write_text('{"sha256": "0"}')
    assert main(["card", "--model", str(tmp_path / "digits.tflite")]) == 1
    assert "is not the card of a model" in capsys.readouterr().err
    assert json.loads((tmp_path / "digits.json").read_text()) == {"sha256": "0"}, "it is left as it was"

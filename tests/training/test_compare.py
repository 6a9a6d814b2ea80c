"""The comparison of networks, with a budget that is next to nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.__main__ import main
from training.models.digits import compare as comparing
from training.models.digits.compare import table


def test_networks_are_trained_alike_and_told_apart_and_what_is_done_is_kept(
    mnist_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = ["compare", "--mnist", str(mnist_file), "--synthetic", "30", "--rows", "0", "--epochs", "1"]
    command += ["--runs", str(tmp_path), "--batch-size", "64", "--no-mixed-precision"]
    assert main([*command, "--arch", "lenet5"]) == 0
    out = capsys.readouterr().out
    assert "lenet5, seed 1" in out
    (path,) = tmp_path.glob("*/result.json")
    result = json.loads(path.read_text())
    assert result["parameters"] == 61791
    assert 0 <= result["int8"] <= 1 and result["milliseconds"] > 0 and len(result["weights"]) == 64
    assert (path.parent / "digits.tflite").exists()
    assert f"{100 * result['test']:.2f} %" in out.splitlines()[-1]

    monkeypatch.setattr(comparing, "train", lambda *_: pytest.fail("it was trained before"))
    assert main([*command, "--arch", "lenet5"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == out.splitlines()[-1]


def test_several_seeds_are_one_line_with_their_spread() -> None:
    run = {"arch": "digits", "parameters": 1234, "minutes": 2.0, "validation": 0.99, "int8": 0.97, "milliseconds": 1.5}
    runs = [run | {"seed": seed, "test": test} for seed, test in ((1, 0.98), (2, 0.99), (3, 1.0))]
    lines = table([*runs, runs[0] | {"arch": "large"}]).splitlines()
    assert [line.split()[0] for line in lines] == ["network", "digits", "large"]
    assert "99.00 ± 1.00 %" in lines[1] and "97.00 ± 0.00 %" in lines[1] and " 3 " in lines[1]
    assert "98.00 %" in lines[2] and "±" not in lines[2]
    assert len({len(line) for line in lines}) == 1, "the columns stand below one another"

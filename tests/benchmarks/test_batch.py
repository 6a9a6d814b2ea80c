from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import batch


def write_sheet(path: Path, number: str) -> Path:
    sheet = np.full((120, 180, 3), 235, np.uint8)
    cv2.putText(sheet, number, (30, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (60, 30, 30), 4, cv2.LINE_AA)
    cv2.imwrite(str(path), sheet)
    return path


def test_numbers_count_only_with_every_digit_right():
    truth = {"a": ["12", "12", "345"], "b": ["6"]}
    assert batch.share_right(truth, {"a": ["12", "345", "345"]}, ["a", "b"]) == 0.5
    assert batch.share_right(truth, {"b": ["6"]}, ["b"]) == 1


def test_an_archive_is_read_and_what_it_cost_is_told(tmp_path):
    paths = [write_sheet(tmp_path / f"{number}.png", number) for number in ("471", "08")]
    cost = batch.read_archive(paths, tmp_path / "out", 1)
    assert batch.numbers_in(tmp_path / "out") == {"471.png": ["471"], "08.png": ["08"]}
    assert cost["digits"] == 5 and cost["bytes"] > 0
    assert cost["cpu_s"] > cost["parent_cpu_s"]
    if Path("/proc/self/status").exists():
        assert cost["parent_cpu_s"] > 0 and cost["parent_mb"] > 20 and cost["worker_mb"] > 20
    with pytest.raises(SystemExit, match=r"error: .*missing"):
        batch.read_archive([tmp_path / "missing.png"], tmp_path / "none", 1)


def test_tesseract_is_asked_sheet_by_sheet_or_left_out(tmp_path, monkeypatch):
    stand_in = tmp_path / "tesseract"
    stand_in.write_text('#!/bin/sh\necho "12 $(basename $1 .png)"\n')
    stand_in.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    seconds, found = batch.read_with_tesseract([tmp_path / "471.png"]) or (0, {})
    assert seconds > 0 and found == {"471.png": ["12", "471"]}
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert batch.read_with_tesseract([tmp_path / "471.png"]) is None


def test_the_table_and_the_file_tell_the_same(tmp_path, monkeypatch, capsys):
    run = {"digits": 400, "bytes": 9000, "cpu_s": 3.0, "parent_cpu_s": 0.5, "parent_mb": 90.0, "worker_mb": 200.0}
    other = {"sheets": 2, "seconds_a_sheet": 2.0, "numbers_right": 0.25, "ours_right": 0.75}
    figures = {"machine": "a machine", "sheets": 10, "digits_written": 400, "tesseract": other}
    figures |= {"few": {"sheets": 2, "seconds": 1.0, **run}}
    figures |= {f"workers_{n}": {"seconds": 10.0 / n, **run} for n in (1, 2)}
    monkeypatch.setattr(batch, "measure", lambda count, few, folder: figures)
    assert batch.main(["--sheets", "10", "--json", str(tmp_path / "batch.json")]) == 0
    table = capsys.readouterr().out
    assert "two workers are 2.00 times as fast as one" in table
    assert "one worker of ours is 2.0 times as fast, 75.0% right" in table
    assert json.loads((tmp_path / "batch.json").read_text()) == figures

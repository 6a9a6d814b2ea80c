from __future__ import annotations

import json

import cv2
import pytest
from fake_program import FakeClassifier, write_clip

from realtime import cli
from realtime.live import result
from realtime.recognition.recognizer import Recognizer
from realtime.system.errors import no_traceback, one_line
from realtime.web import cli as web_cli


@no_traceback
def broken(argv: list[str]) -> int:
    raise KeyError("what nobody\nexpected")


def test_an_unexpected_exception_is_one_line_that_says_where(capsys):
    assert broken([]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: unexpected KeyError: 'what nobody\\nexpected' (test_errors.py, line ")
    assert error.endswith("; --verbose says more\n") and error.count("\n") == 1


def test_with_verbose_the_traceback_comes_first(capsys):
    assert broken(["--verbose"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("Traceback") and error.splitlines()[-1].startswith("error: unexpected KeyError")


def test_a_line_without_a_place_is_a_line_too():
    assert one_line(ValueError("two\nlines")) == "unexpected ValueError: two lines"


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("stage", ["recognizer", "annotate"])
def test_what_was_written_before_the_program_broke_is_whole(tmp_path, capsys, monkeypatch, stage):
    frames = 0

    def count_and_break(*args, **kwargs):
        nonlocal frames
        frames += 1
        if frames > 10:
            raise IndexError("in the middle")
        return was(*args, **kwargs)

    holder, name = {"recognizer": (Recognizer, "trace"), "annotate": (result, "annotate")}[stage]
    monkeypatch.setattr("realtime.live.worker.Classifier", FakeClassifier)
    was = getattr(holder, name)
    monkeypatch.setattr(holder, name, count_and_break)
    clip, lines, video = write_clip(tmp_path / "in.mp4", "17"), tmp_path / "out.jsonl", tmp_path / "out.mp4"
    assert cli.main([str(clip), "--no-window", "--json", str(lines), "--save", str(video)]) == 1
    error = capsys.readouterr().err
    assert "error: unexpected IndexError: in the middle" in error and "Traceback" not in error
    records = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [record["frame"] for record in records] == list(range(len(records))) and len(records) >= 10
    saved = cv2.VideoCapture(str(video))
    count = 0
    while saved.read()[0]:
        count += 1
    assert count == 10


def test_the_web_app_says_it_in_one_line_too(capsys, monkeypatch):
    monkeypatch.setattr("realtime.web.cli.make_recognizer", lambda *_: 1 / 0)
    assert web_cli.main(["--no-browser"]) == 1
    assert capsys.readouterr().err.startswith("error: unexpected ZeroDivisionError: division by zero (")

"""Numbers, their form and the region, from the command line to what is written."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_program import FakeClassifier, sheet, write_clip, write_sheet

from realtime import cli
from realtime.drawing.primitives import PURPLE
from realtime.live.pipeline import NewestFrame
from realtime.numbers.form import parse_form
from realtime.numbers.number import numbers_of
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame
from realtime.sources.region import parse_region

pytestmark = pytest.mark.usefixtures("no_display")

COLUMNS = "source,page,frame,time,line,number,text,confidence,fits,x1,y1,x2,y2"


@pytest.fixture
def run(monkeypatch, tmp_path, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs the program in this process, in an empty folder, with the stand-in for the network."""
    monkeypatch.setattr("realtime.live.worker.Classifier", FakeClassifier)
    monkeypatch.chdir(tmp_path)

    def run(*args: str) -> tuple[int, str, str]:
        return cli.main([*args, "--no-window"]), *capsys.readouterr()

    return run


def rows(text: str) -> list[dict[str, str]]:
    assert text.splitlines()[0] == COLUMNS
    return list(csv.DictReader(text.splitlines()))


def test_each_number_of_a_photo_is_a_row(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11", "7")
    code, out, err = run("a.png", "--numbers", "-")
    assert (code, err) == (0, "")
    first, second, third = rows(out)
    assert [row["text"] for row in (first, second, third)] == ["717", "11", "7"]
    assert [(row["line"], row["number"]) for row in (first, second, third)] == [("0", "0"), ("0", "1"), ("1", "0")]
    assert {(row["source"], row["page"], row["frame"], row["time"], row["fits"]) for row in (first, third)} == {
        ("a.png", "1", "", "", "")
    }
    assert 0 < float(first["confidence"]) <= 1
    assert abs(int(first["x1"]) - 97) < 6 and abs(int(first["x2"]) - 282) < 6
    assert abs(int(first["y1"]) - 77) < 6 and abs(int(first["y2"]) - 144) < 6


def test_a_name_that_a_spreadsheet_would_carry_out_is_harmless(run, tmp_path):
    write_sheet(tmp_path / "=1.png", "7")
    assert rows(run("=1.png", "--numbers", "-")[1])[0]["source"] == "'=1.png"
    assert rows(run("=1.png", "--numbers", "-", "--raw-csv")[1])[0]["source"] == "=1.png"


def test_of_a_video_the_numbers_are_those_of_its_reading(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "717 11")
    code, out, _ = run("clip.mp4", "--numbers", "-")
    assert code == 0
    first, second = rows(out)
    assert (first["text"], second["text"]) == ("717", "11")
    assert (
        first["page"] == ""
        and int(first["frame"]) > 0
        and float(first["time"]) == pytest.approx(int(first["frame"]) / 10, abs=0.002)
    )


def test_numbers_stand_in_the_json(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11")
    (first, second) = json.loads(run("a.png", "--json", "-")[1])["numbers"]
    assert (first["text"], first["line"], first["number"]) == ("717", 0, 0) and "fits" not in first
    assert second["text"] == "11" and len(second["xyxy"]) == 4 and 0 < second["confidence"] <= 1
    told = json.loads(run("a.png", "--json", "-", "--expect", "3")[1])
    assert [number["fits"] for number in told["numbers"]] == [True, False]
    assert told["lines"] == ["717 11"]


def test_what_does_not_fit_is_marked_in_line_csv_and_picture(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11")
    assert run("a.png", "--expect", "3")[1] == "717 11?\n"
    assert [row["fits"] for row in rows(run("a.png", "--numbers", "-", "--expect", "3")[1])] == ["1", "0"]
    assert run("a.png", "--expect", "3", "--save", "seen.png")[0] == 0
    picture = cv2.imread("seen.png")
    purple = (picture == PURPLE).all(axis=2)
    assert purple[:, 380:].any() and not purple[:, :300].any()


def test_a_form_joins_groups_of_digits(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11")
    assert run("a.png", "--expect", "5")[1] == "71711\n"


def test_a_video_is_read_with_a_form(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "717 11")
    assert run("clip.mp4", "--expect", "5")[1] == "71711\n"
    assert run("clip.mp4", "--expect", "3")[1] == "717 11?\n"


def test_only_the_region_is_read_and_boxes_are_those_of_the_whole(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11", "7")
    whole = json.loads(run("a.png", "--json", "-")[1])
    for region in ("0,50,640,130", "0%,10%,100%,28%"):
        part = json.loads(run("a.png", "--json", "-", "--region", region)[1])
        assert part["size"] == [640, 480] and part["lines"] == ["717 11"]
        for digit, same in zip(part["digits"], whole["digits"], strict=False):
            assert all(abs(a - b) <= 3 for a, b in zip(digit["xyxy"], same["xyxy"], strict=True))
    write_clip(tmp_path / "clip.mp4", "717 11", "7")
    assert run("clip.mp4", "--region", "0,180,640,200")[1] == "7\n"


def test_a_region_outside_of_a_picture_is_said(run, tmp_path):
    write_sheet(tmp_path / "a.png", "7")
    _, out, err = run("a.png", "--region", "700,0,50,50")
    assert out == "" and "a.png: the region holds no pixel of 640x480" in err


@pytest.mark.parametrize(
    ("option", "value"),
    [("--expect", "(12"), ("--expect", "isbn10"), ("--expect", ""), ("--region", "1,2,3"), ("--region", "0,0,0,5")],
)
def test_a_bad_form_or_region_is_said_before_anything_opens(run, option, value):
    code, out, err = run("missing.png", "--numbers", "made.csv", option, value)
    assert (code, out) == (2, "") and err.startswith(f"error: argument {option}: ") and err.count("\n") == 1
    assert not Path("made.csv").exists()


def test_two_outputs_to_the_same_place_are_refused(run):
    assert run("a.png", "--numbers", "x.csv", "--csv", "./x.csv")[0] == 2


class AtOnce:
    """Reads a frame while it is handed over."""

    def __init__(self, recognizer: Recognizer) -> None:
        self._recognizer = recognizer
        self._trace: Trace | None = None

    @property
    def busy(self) -> bool:
        return self._trace is not None

    def begin(self, frame: np.ndarray) -> None:
        self._trace = self._recognizer.trace(frame)

    def poll(self, seconds: float | None = 0) -> Trace | None:
        trace, self._trace = self._trace, None
        return trace


def test_of_a_camera_numbers_have_their_form_and_only_the_region_is_read():
    form = parse_form("3")
    recognizer = Recognizer(FakeClassifier(), form=form)
    pipeline = NewestFrame(AtOnce(recognizer), form=form, region=parse_region("0,50,640,130"))
    picture, readings = sheet("717 11", "7"), []
    for i in range(30):
        result = pipeline(Frame(picture.copy(), "camera 0", i, i / 30, still=False))
        readings += [result.reading.lines] if result.reading is not None else []
    assert readings == [["717 11"]]
    assert [(number["text"], number["fits"]) for number in result.record["numbers"]] == [("717", True), ("11", False)]
    assert result.layout.fits is not None and result.detections.xyxy[:, 1].min() > 70
    assert [n.text for n in numbers_of(result.as_read.detections, result.as_read.layout)] == ["717", "11"]

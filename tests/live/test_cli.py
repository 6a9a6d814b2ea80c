from __future__ import annotations

import csv
import json
import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest
from fake_camera import FakeCamera
from fake_program import ROOT, FakeClassifier, finish, sheet, start, write_clip, write_sheet

import realtime
from realtime import cli
from realtime.sources.frame import NoCamera
from realtime.sources.open import open_source

pytestmark = pytest.mark.usefixtures("no_display")


@pytest.fixture
def run(monkeypatch, tmp_path, capsys) -> Callable[..., tuple[int, str, str]]:
    """Runs the program in this process, in an empty folder, with the stand-in for the network."""
    monkeypatch.setattr("realtime.live.worker.Classifier", FakeClassifier)
    monkeypatch.chdir(tmp_path)

    def run(*args: str | Path, demo: bool = False) -> tuple[int, str, str]:
        code = cli.main([str(arg) for arg in args], demo=demo)
        return code, *capsys.readouterr()

    return run


def frames(path: Path) -> int:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    n = 0
    while capture.grab():
        n += 1
    capture.release()
    return n


def until(condition: Callable[[], object], seconds: float = 100) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came to pass"
        time.sleep(0.02)


# What is read


def test_a_photo_is_printed_as_a_line(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11", "7")
    assert run("a.png") == (0, "717 11 / 7\n", "no display: no window, readings are printed\n")


def test_several_photos_are_printed_with_their_names(run, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    write_sheet(tmp_path / "b.png")
    write_sheet(tmp_path / "c.png", "117")
    code, out, err = run(".", "--no-window")
    assert (code, out) == (0, "./a.png: 71\n./c.png: 117\n")
    assert err == "./b.png: no digits\n"


def test_a_video_is_printed_once(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "717")
    code, out, _ = run("clip.mp4", "--no-window")
    assert (code, out) == (0, "717\n")


def test_json_is_all_that_standard_output_gets(run, tmp_path):
    write_sheet(tmp_path / "a.png", "717 11", "7")
    code, out, err = run("a.png", "--json", "-", "--no-window")
    assert (code, err) == (0, "")
    (line,) = out.splitlines()
    answer = json.loads(line)
    assert answer["source"] == "a.png" and answer["size"] == [640, 480] and answer["lines"] == ["717 11", "7"]
    assert [digit["digit"] for digit in answer["digits"]] == [7, 1, 7, 1, 1, 7]
    assert {digit["track"] for digit in answer["digits"]} == {None}


def test_a_video_gives_a_line_a_frame_and_its_digits_have_tracks(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "71", seconds=1)
    code, _, _ = run("clip.mp4", "--json", "out.jsonl", "--csv", "out.csv", "--save", "out.mp4", "--no-window")
    assert code == 0
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [answer["frame"] for answer in answers] == list(range(10))
    assert answers[-1]["lines"] == ["71"]
    assert all(digit["track"] >= 0 for digit in answers[-1]["digits"])
    assert [answer["reading"] for answer in answers if "reading" in answer] == [["71"]]
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [row["digit"] for row in rows if row["frame"] == "9"] == ["7", "1"]
    assert frames(tmp_path / "out.mp4") == 10


def test_a_searchable_pdf_is_saved_of_all_that_is_read(run, tmp_path):
    pdfium = pytest.importorskip("pypdfium2")
    for name, text in (("a.png", "71"), ("b.png", "17")):
        write_sheet(tmp_path / name, text)
    assert run("a.png", "b.png", "--save", "seen.pdf", "--no-window") == (0, "", "saved seen.pdf\n")
    with pdfium.PdfDocument(tmp_path / "seen.pdf") as document:
        assert [page.get_textpage().get_text_range() for page in document] == ["71", "17"]
    write_clip(tmp_path / "clip.avi")
    code, out, err = run("clip.avi", "--save", "clip.pdf", "--no-window")
    assert (code, out, err) == (1, "", "error: clip.pdf: a PDF holds photos and documents, not clip.avi\n")
    assert not (tmp_path / "clip.pdf").exists()


def test_pages_are_printed_with_their_number(run, tmp_path):
    assert cv2.imwritemulti(str(tmp_path / "a.tif"), [sheet("71"), sheet("17")])
    assert run("a.tif", "--no-window")[:2] == (0, "a.tif, page 1: 71\na.tif, page 2: 17\n")


def test_the_annotated_picture_is_saved_and_its_path_said(run, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    code, out, err = run("a.png", "--save", "seen.png", "--no-window")
    assert (code, out, err) == (0, "", "saved seen.png\n")
    picture = cv2.imread(str(tmp_path / "seen.png"))
    assert picture.shape == (480, 854, 3) and (picture[:, :640] != sheet("71")).any() and picture[:, 640:].max() == 255


def test_stride_and_max_frames(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "7", seconds=1)
    _, out, _ = run("clip.mp4", "--json", "-", "--stride", "4", "--max-frames", "3", "--no-window")
    assert [json.loads(line)["frame"] for line in out.splitlines()] == [0, 4, 8]


def test_mirror(run, tmp_path):
    write_sheet(tmp_path / "a.png", "1", left=50)
    places = []
    for options in ([], ["--mirror"]):
        _, out, _ = run("a.png", "--json", "-", "--no-window", *options)
        places.append(json.loads(out)["digits"][0]["xyxy"])
    assert places[1][0] == pytest.approx(640 - places[0][2], abs=3)


def test_min_confidence(run, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    _, out, _ = run("a.png", "--json", "-", "--min-confidence", "0.99", "--no-window")
    assert json.loads(out)["digits"] == []


def test_options_may_stand_anywhere(run, tmp_path):
    write_sheet(tmp_path / "a.png", "7")
    write_sheet(tmp_path / "b.png", "1")
    _, out, _ = run("a.png", "--json", "-", "b.png", "--no-window")
    assert [json.loads(line)["lines"] for line in out.splitlines()] == [["7"], ["1"]]


# What goes wrong


@pytest.mark.parametrize(
    "args",
    [
        ["missing.jpg"],
        ["empty/"],
        ["*.nothing"],
        ["text.jpg"],
        ["99"],
        ["a.png", "--json", "a.png/out.jsonl"],
        ["a.png", "--save", "out.xyz"],
        ["a.png", "--save", "a.png"],
        ["a.png", "clip.mp4", "--save", "out.png"],
    ],
    ids=" ".join,
)
def test_what_fails_gives_one_line(args, run, tmp_path):
    write_sheet(tmp_path / "a.png", "7")
    write_clip(tmp_path / "clip.mp4", "7", seconds=0.2)
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.jpg").write_text("not a picture")
    code, out, err = run(*args, "--no-window")
    assert (code, out) == (1, "")
    assert err.startswith("error: ") and err.count("\n") == 1


def test_one_bad_file_does_not_stop_the_others(run, tmp_path):
    write_sheet(tmp_path / "a.png", "7")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:300])
    write_sheet(tmp_path / "c.png", "1")
    code, out, err = run("*.png", "--no-window")
    assert (code, out) == (1, "a.png: 7\nc.png: 1\n")
    assert err.startswith("error: b.png") and err.count("\n") == 1


def test_a_model_that_cannot_be_used_is_one_line(tmp_path, capsys):
    write_sheet(tmp_path / "a.png", "7")
    (tmp_path / "bad.tflite").write_text("nothing")
    for path in ("bad.tflite", "missing.tflite"):
        code = cli.main([str(tmp_path / "a.png"), "--model", str(tmp_path / path), "--no-window"])
        out, err = capsys.readouterr()
        assert (code, out) == (1, "")
        assert err.startswith("error: ") and path in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [
        ["--no-such-option"],
        ["--stride", "0"],
        ["--max-frames", "-1"],
        ["--min-confidence", "1.5"],
        ["--min-confidence", "nan"],
        ["--min-confidence", "much"],
        ["--camera-size", "big"],
        ["--json"],
        ["--quiet", "--verbose"],
        ["--json", "-", "--csv", "-"],
        ["--json", "out", "--save", "./out"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_give_one_line_and_2(args, run):
    code, out, err = run(*args)
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1


def test_quiet_says_errors_only(run, tmp_path):
    write_sheet(tmp_path / "a.png", "7")
    assert run("a.png", "--quiet") == (0, "7\n", "")
    assert run("a.png", "--quiet", "--save", "b.png") == (0, "", "")
    code, _, err = run("missing.png", "--quiet")
    assert code == 1 and err.startswith("error: missing.png")


def test_verbose_says_more(run, tmp_path):
    write_sheet(tmp_path / "a.png", "7")
    code, out, err = run("a.png", "--verbose", "--no-window")
    assert (code, out) == (0, "7\n")
    assert "1 frames" in err and "look" in err and "track" in err
    code, _, err = run("missing.png", "--verbose", "--no-window")
    assert code == 1 and "Traceback" in err and err.splitlines()[-1].startswith("error: missing.png")


def test_help_and_version(run):
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    for word in ("rtsp://", "--json", "--copy", "space", "snapshot", "while read"):
        assert word in out
    assert run("--version") == (0, f"digits {realtime.__version__}\n", "")


# No camera, no display


@pytest.fixture
def no_camera(monkeypatch):
    def open_files_only(spec, **options):
        if spec in (0, "0", ["0"]):
            raise NoCamera("there is no camera 0")
        return open_source(spec, **options)

    monkeypatch.setattr(cli, "open_source", open_files_only)


@pytest.mark.usefixtures("no_camera")
def test_without_a_camera_one_line_says_so_and_the_clip_plays(run, tmp_path, monkeypatch):
    monkeypatch.setattr(cli, "CLIP", write_clip(tmp_path / "sample.mp4", "71"))
    code, out, err = run("--no-window")
    assert (code, out) == (0, "71\n")
    assert err == "there is no camera 0; playing the sample clip sample.mp4\n"


@pytest.mark.usefixtures("no_camera")
def test_a_camera_asked_for_by_name_is_not_replaced(run):
    code, out, err = run("0", "--no-window")
    assert (code, out, err) == (1, "", "error: there is no camera 0\n")


def test_the_demo_saves_what_it_saw_and_prints_the_readings(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "71", seconds=1)
    code, out, err = run("clip.mp4", demo=True)
    assert (code, out) == (0, "71\n")
    (saved,) = (tmp_path / "runs").iterdir()
    assert f"saved {saved.relative_to(tmp_path)}" in err
    assert saved.suffix == ".mp4" and frames(saved) == 10


def test_the_demo_saves_nothing_where_an_output_is_asked_for(run, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    assert run("a.png", "--json", "-", demo=True)[0] == 0
    assert not (tmp_path / "runs").exists()


def test_the_demo_takes_photos_and_folders(run, tmp_path):
    (tmp_path / "sheets").mkdir()
    write_sheet(tmp_path / "sheets" / "a.png", "71")
    write_sheet(tmp_path / "sheets" / "b.png", "71")
    assert run("sheets/a.png", demo=True)[0] == 0
    assert run("sheets", demo=True)[0] == 0
    assert len(list((tmp_path / "runs").glob("*.png"))) == 1
    assert len(list((tmp_path / "runs").glob("*/*.png"))) == 2


# The clipboard


def test_each_reading_is_copied(run, tmp_path, monkeypatch):
    copied = []

    class FakeClipboard:
        def copy(self, text: str) -> None:
            copied.append(text)

    monkeypatch.setattr(cli, "Clipboard", FakeClipboard)
    write_sheet(tmp_path / "a.png", "71 1", "7")
    assert run("a.png", "--copy", "--no-window")[:2] == (0, "71 1 / 7\n")
    assert copied == ["71 1\n7"]


def test_a_clipboard_that_fails_does_not_stop_the_reading(run, tmp_path, monkeypatch):
    class FakeClipboard:
        def copy(self, text: str) -> None:
            raise cli.ClipboardError("the clipboard does not answer")

    monkeypatch.setattr(cli, "Clipboard", FakeClipboard)
    write_sheet(tmp_path / "a.png", "71")
    write_sheet(tmp_path / "b.png", "1")
    code, out, err = run("a.png", "b.png", "--copy", "--no-window")
    assert (code, out) == (1, "a.png: 71\nb.png: 1\n")
    assert err == "error: the clipboard does not answer\n" * 2


def test_without_a_clipboard_copy_is_an_error(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyperclip", None)
    write_sheet(tmp_path / "a.png", "7")
    code, out, err = run("a.png", "--copy", "--no-window")
    assert (code, out) == (1, "")
    assert err.startswith("error: ") and "pip install pyperclip" in err and err.count("\n") == 1


# As a process


def test_the_module_is_the_program(tmp_path):
    def program(*args: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "realtime", *args]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200, check=False)

    done = program("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"digits {realtime.__version__}\n", "")
    assert program("--stride", "none").returncode == 2
    done = program("--model", str(tmp_path / "no.tflite"), "--no-window")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1


@pytest.fixture
def live():
    """A camera before which a sheet lies."""
    with FakeCamera() as camera:
        yield camera


def test_ctrl_c_leaves_whole_lines_and_a_playable_video(live, tmp_path):
    process = start(live.url, "--json", "out.jsonl", "--save", "out.mp4", "--no-window", cwd=tmp_path)
    out = tmp_path / "out.jsonl"
    until(lambda: out.exists() and out.read_bytes().count(b"\n") > 5)
    process.send_signal(signal.SIGINT)
    code, stdout, err = finish(process)
    assert (code, stdout) == (130, "")
    assert "Traceback" not in err and "saved out.mp4" in err
    assert out.read_bytes().endswith(b"\n")
    assert all("digits" in json.loads(line) for line in out.read_text().splitlines())
    assert frames(tmp_path / "out.mp4") > 0


def test_kill_does_so_too(live, tmp_path):
    process = start(live.url, "--json", "out.jsonl", "--no-window", cwd=tmp_path)
    out = tmp_path / "out.jsonl"
    until(lambda: out.exists() and out.read_bytes().count(b"\n") > 1)
    process.terminate()
    code, _, err = finish(process)
    assert code == 143 and "Traceback" not in err
    assert out.read_bytes().endswith(b"\n")


def test_readings_come_while_the_program_runs(tmp_path, long_clip):
    """`python -m realtime | while read -r line` gets each line when it is read, not at the end."""
    process = start(long_clip, "--no-window", cwd=tmp_path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "71\n"
        assert process.poll() is None
    finally:
        process.kill()
        process.communicate()


def test_a_reader_that_goes_away_ends_it_quietly(live, tmp_path):
    process = start(live.url, "--json", "-", "--no-window", cwd=tmp_path)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(200) == 0
    err = process.stderr.read()
    process.stderr.close()
    assert "Broken" not in err and "Traceback" not in err and "error" not in err


def test_a_terminal_gets_a_progress_bar_and_standard_output_stays_clean(tmp_path):
    write_clip(tmp_path / "clip.mp4", "71", seconds=1)
    here, there = pty.openpty()
    process = start("clip.mp4", "--json", "-", "--no-window", cwd=tmp_path, stderr=there)
    out, _ = process.communicate(timeout=200)
    assert select.select([here], [], [], 0)[0], "nothing was drawn"
    shown = os.read(here, 65536)
    os.close(there)
    os.close(here)
    assert process.returncode == 0
    assert b"/10" in shown and b"frames" in shown
    assert len([json.loads(line) for line in out.splitlines()]) == 10


def test_elsewhere_there_is_no_bar(run, tmp_path):
    write_clip(tmp_path / "clip.mp4", "71", seconds=0.5)
    assert run("clip.mp4", "--no-window", "--json", "-")[2] == ""

"""The command line of archives: whatever is among the inputs, everything that can be read is."""

from __future__ import annotations

import csv
import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import pytest
from archive import LOCKED_PDF, rows, sheet, write_pdf, write_sheet

from realtime.batch.cli import main
from realtime.batch.store import Store, answered
from realtime.batch.task import Answer, Task
from realtime.batch.work import read
from realtime.networks.model_file import ModelError

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.usefixtures("in_threads")


@pytest.fixture
def sheets(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("sheets").mkdir()
    for i in range(3):
        write_sheet(Path(f"sheets/{i}.png"), f"47{i}")
    return tmp_path


def error_of(capsys) -> str:
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1, err
    return err[7:-1]


def test_all_kinds_of_files_end_up_as_rows(sheets, capsys):
    write_pdf(Path("sheets/a.pdf"), ["471", "08"])
    cv2.imwritemulti("sheets/b.tif", [sheet("12"), sheet("34"), sheet("56")])
    os.rename("sheets/0.png", os.fsdecode(b"sheets/\xe9.png"))
    assert main(["sheets", "--out", "out"]) == 0
    found = {(row["source"], row["frame"]): "" for row in rows(Path("out"))}
    for row in rows(Path("out")):
        found[row["source"], row["frame"]] += str(row["digit"])
    assert found == {
        ("sheets/1.png", 0): "471",
        ("sheets/2.png", 0): "472",
        ("sheets/\\xe9.png".replace("\\xe9", "\\udce9"), 0): "470",
        ("sheets/a.pdf", 0): "471",
        ("sheets/a.pdf", 1): "08",
        ("sheets/b.tif", 0): "12",
        ("sheets/b.tif", 1): "34",
        ("sheets/b.tif", 2): "56",
    }
    assert "5 files in" in (err := capsys.readouterr().err) and "0 done before, 0 failed" in err


def test_what_is_bad_is_set_aside_with_its_reason_and_the_rest_is_read(sheets, capsys):
    bad = Path("sheets")
    write_sheet(bad / "whole.jpg")
    (bad / "truncated.png").write_bytes((bad / "0.png").read_bytes()[:300])
    (bad / "empty.png").touch()
    (bad / "huge.pgm").write_bytes(b"P5 60000 60000 255\n")
    (bad / "wrong.png").write_text("a letter")
    (bad / "wrong.pdf").write_text("a letter")
    (bad / "wrong.mp4").write_text("a letter")
    (bad / "locked.pdf").write_bytes(LOCKED_PDF)
    (bad / "gone.png").symlink_to("nowhere.png")
    (bad / "loop").symlink_to(".")
    assert main(["sheets", "missing.png", "--out", "out", "--shard", "2"]) == 1
    reasons = dict(line.split(": ", 1) for line in Path("out/failed.txt").read_text().splitlines())
    assert {name.removeprefix("sheets/"): reason.split(",")[0] for name, reason in reasons.items()} == {
        "truncated.png": "damaged picture",
        "empty.png": "empty file",
        "huge.pgm": "60000x60000 is too large",
        "wrong.png": "text",
        "wrong.pdf": "not a PDF",
        "wrong.mp4": "text",
        "locked.pdf": "needs a password",
        "gone.png": "No such file or directory",
        "loop": "a directory loop: it leads back to a folder above it",
        "missing.png": "no such file or folder",
    }
    assert {row["source"] for row in rows(Path("out"))} == {
        f"sheets/{name}" for name in ("0.png", "1.png", "2.png", "whole.jpg")
    }
    err = capsys.readouterr().err
    assert err.count("error: ") == 10 and "10 failed: out/failed.txt" in err

    before = rows(Path("out"))
    assert main(["sheets", "--out", "out"]) == 1, "what was set aside still is"
    assert rows(Path("out")) == before


def test_what_was_added_is_read_when_started_again_and_nothing_twice(sheets, capsys):
    assert main(["sheets", "--out", "out"]) == 0
    write_sheet(Path("sheets/3.png"), "473")
    assert main(["sheets", "--out", "out", "--shard", "1"]) == 0
    assert "1 files in" in (err := capsys.readouterr().err) and "3 done before" in err
    assert [row["source"] for row in rows(Path("out"))] == [f"sheets/{i}.png" for i in range(4) for _ in range(3)]


def test_all_is_written_as_csv_json_lines_and_pictures_on_demand(sheets):
    (Path("sheets") / "empty.png").touch()
    cv2.imwritemulti("sheets/b.tif", [sheet("12"), sheet("34")])
    more = ["--csv", "all.csv", "--jsonl", "all.jsonl", "--annotated", "sheets/copies"]
    assert main(["sheets", "--out", "out", "--shard", "1", *more]) == 1
    with open("all.csv", newline="") as file:
        table = list(csv.DictReader(file))
    assert list(table[0]) == "source frame line number digit confidence x1 y1 x2 y2 page".split()
    assert len(table) == 13 and {row["source"] for row in table} == {
        "sheets/b.tif",
        *(f"sheets/{i}.png" for i in range(3)),
    }
    assert {(row["frame"], row["page"]) for row in table} == {("0", "1"), ("1", "2")}
    records = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert {(r.get("frame"), r.get("page")) for r in records} == {(0, 1), (1, 2), (None, None)}
    assert {(r["source"], r.get("frame"), *r["lines"]) for r in records} == {
        *((f"sheets/{i}.png", 0, f"47{i}") for i in range(3)),
        ("sheets/b.tif", 0, "12"),
        ("sheets/b.tif", 1, "34"),
        ("sheets/empty.png", None),
    }
    copies = sorted(str(path.relative_to("sheets/copies")) for path in Path("sheets/copies").rglob("*.*"))
    assert copies == [*(f"sheets/{i}.png" for i in range(3)), "sheets/b.tif.0001.jpg", "sheets/b.tif.0002.jpg"]
    copy = cv2.imread("sheets/copies/sheets/0.png")
    assert copy.shape == (120, 180, 3) and (copy != cv2.imread("sheets/0.png")).any()

    assert main(["sheets", "--out", "out", *more]) == 1
    assert len(rows(Path("out"))) == 13, "copies are not read as inputs"


def test_a_long_document_is_read_in_parts_and_each_page_once(sheets, monkeypatch, capsys):
    monkeypatch.setattr("realtime.batch.work.PAGES", 2)
    cv2.imwritemulti("b.tif", [sheet(str(10 + i)) for i in range(5)])
    assert main(["b.tif", "sheets/0.png", "--out", "out", "--shard", "1"]) == 0
    assert set(Store("out").done()) == {"b.tif#0-2", "b.tif#2-4", "b.tif#4-5", "sheets/0.png"}
    before = rows(Path("out"))
    assert [row["frame"] for row in before if row["source"] == "b.tif"] == [i for i in range(5) for _ in range(2)]
    next(path for path in Path("out").glob("*.parquet") if "b.tif#2-4" in answered(path)).unlink()
    assert main(["b.tif", "sheets/0.png", "--out", "out", "--jsonl", "all.jsonl"]) == 0
    assert rows(Path("out")) == before
    records = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert sorted((record["source"], record["frame"]) for record in records) == [
        *(("b.tif", page) for page in range(5)),
        ("sheets/0.png", 0),
    ]
    assert "1 files in" in capsys.readouterr().err


def test_a_long_name_has_a_copy_and_one_that_cannot_be_written_is_that_files_failure_alone(sheets, capsys):
    names = ["0" * 251 + ".png", "0" * 250 + "1.png", "a.png", "b.png"]
    Path("more").mkdir()
    for name in names:
        write_sheet(Path("more") / name)
    Path("copies/more/a.png").mkdir(parents=True)  # nothing can be written where a folder is
    assert main(["more", "--out", "out", "--annotated", "copies"]) == 1
    assert Path("out/failed.txt").read_text() == "copies/more/a.png: Is a directory\n"
    copies = {path.name for path in Path("copies/more").iterdir() if path.is_file()}
    assert "b.png" in copies and len(copies) == 3, "the names that were cut are told apart"
    assert {row["source"] for row in rows(Path("out"))} == {f"more/{name}" for name in names}


def test_what_failed_is_read_again_when_that_is_asked_for(sheets, capsys):
    whole = Path("sheets/0.png").read_bytes()
    Path("sheets/0.png").write_bytes(b"no picture")
    cv2.imwritemulti("sheets/b.tif", [sheet("12"), sheet("34")])
    assert main(["sheets", "--out", "out", "--shard", "2"]) == 1
    before = rows(Path("out"))
    mended = os.stat("sheets/0.png")
    Path("sheets/0.png").write_bytes(whole[: mended.st_size])  # neither its size nor its time tells that it changed
    os.utime("sheets/0.png", ns=(mended.st_atime_ns, mended.st_mtime_ns))
    assert main(["sheets", "--out", "out"]) == 1, "what failed stays failed"
    assert main(["sheets", "--out", "out", "--retry-failed"]) == 1
    assert rows(Path("out")) == before and "1 files in" in capsys.readouterr().err
    Path("sheets/0.png").write_bytes(whole)
    assert main(["sheets", "--out", "out", "--retry-failed"]) == 0
    assert len(rows(Path("out"))) == len(before) + 3 and not Path("out/failed.txt").exists()


def test_a_file_that_was_changed_is_read_again(sheets):
    assert main(["sheets", "--out", "out"]) == 0
    before = rows(Path("out"))
    write_sheet(Path("sheets/1.png"), "2580")
    assert main(["sheets", "--out", "out"]) == 0
    after = rows(Path("out"))
    assert [str(row["digit"]) for row in after if row["source"] == "sheets/1.png"] == list("2580")
    assert [row for row in after if row["source"] != "sheets/1.png"] == [
        row for row in before if row["source"] != "sheets/1.png"
    ]


def test_a_file_whose_worker_died_is_tried_again_by_the_next_run(sheets, monkeypatch):
    def dead(task, **_):
        return Answer(task.key, error=f"{task.key}: its worker died", transient=True)

    with monkeypatch.context() as patch:
        patch.setattr("realtime.batch.cli.read", dead)
        assert main(["sheets", "--out", "out"]) == 1
    assert Path("out/failed.txt").read_text().count("its worker died") == 3
    assert main(["sheets", "--out", "out"]) == 0
    assert len(rows(Path("out"))) == 9


def test_an_annotated_video_is_a_video(sheets):
    writer = cv2.VideoWriter("clip.avi", cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), 10, (180, 120))
    for _ in range(5):
        writer.write(sheet())
    writer.release()
    assert main(["clip.avi", "--out", "out", "--annotated", "copies"]) == 0
    assert cv2.VideoCapture("copies/clip.avi.mp4").get(cv2.CAP_PROP_FRAME_COUNT) == 5


@pytest.mark.parametrize(
    ("option", "change"),
    [(["--annotated", "copies"], "--annotated none, not copies"), (["--model", "m.tflite"], "model ")],
)
def test_other_settings_need_another_folder(sheets, capsys, option, change):
    assert main(["sheets/0.png", "--out", "out"]) == 0
    model = (ROOT / "models" / "digits.tflite").read_bytes()
    Path("m.tflite").write_bytes(model + b"\0")
    capsys.readouterr()
    before = rows(Path("out"))
    assert main(["sheets", "--out", "out", *option]) == 1
    assert (said := error_of(capsys)).startswith("out: begun with") and change in said and "give another --out" in said
    assert rows(Path("out")) == before


def test_a_model_that_is_none_is_one_line(sheets, capsys):
    assert main(["sheets", "--out", "out", "--model", "sheets/0.png"]) == 1
    assert "not a model" in error_of(capsys)


@pytest.mark.parametrize("option", ["--csv", "--jsonl"])
def test_inputs_are_never_written_over(sheets, capsys, option):
    before = Path("sheets/0.png").read_bytes()
    assert main(["sheets", "--out", "out", option, "sheets/0.png"]) == 1
    assert "this is what is being read" in error_of(capsys) and Path("sheets/0.png").read_bytes() == before


def test_a_full_disk_ends_the_run_and_loses_nothing(sheets, capsys, monkeypatch):
    assert main(["sheets/0.png", "--out", "out"]) == 0
    before = rows(Path("out"))
    capsys.readouterr()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("realtime.batch.atomic_write.os.fsync", full)
        assert main(["sheets", "--out", "out", "--shard", "1"]) == 1
    assert "out/000001.parquet: No space left on device" in error_of(capsys)
    assert rows(Path("out")) == before and not list(Path("out").glob("*.part"))
    assert main(["sheets", "--out", "out"]) == 0
    assert len(rows(Path("out"))) == 9


def test_copies_that_nowhere_can_be_written_end_the_run_before_it_begins(sheets, capsys):
    Path("copies").touch()
    assert main(["sheets", "--out", "out", "--annotated", "copies"]) == 1
    assert "not a folder" in error_of(capsys) and Store("out").done() == {}


def test_two_runs_do_not_write_to_one_folder(sheets, capsys):
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from realtime.batch.lock import locked\nwith locked('out'): print(flush=True); input()",
        ],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        assert main(["sheets", "--out", "out"]) == 1
        assert error_of(capsys) == "out: another run writes there"
        assert main(["review", "out"]) == 1
        holder.kill()
    assert main(["sheets", "--out", "out"]) == 0, "a run that was killed holds nothing"


def test_ctrl_c_keeps_what_was_read(sheets, capsys, monkeypatch):
    from realtime.batch import work

    reading = work.read
    read: list[str] = []

    def slow(task, **options):
        if len(read) == 2:
            handler = signal.getsignal(signal.SIGINT)
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            while signal.getsignal(signal.SIGINT) is handler:  # it is taken away once the signal has come
                time.sleep(0.01)
        read.append(task.path)
        return reading(task, **options)

    monkeypatch.setattr("realtime.batch.cli.read", slow)
    assert main(["sheets", "--out", "out"]) == 130
    assert "stopped; start again" in capsys.readouterr().err
    assert 0 < len(Store("out").done()) < 3
    monkeypatch.undo()


@pytest.mark.parametrize(
    "arguments", [["sheets"], ["--out", "out"], ["a", "--out", "o", "--workers", "0"], ["a", "--ou", "o"]]
)
def test_wrong_arguments_are_one_line(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_a_worker_with_another_network_is_refused(sheets):
    with pytest.raises(ModelError, match="other models"):
        read(Task("sheets/0.png"), digest="0" * 64)

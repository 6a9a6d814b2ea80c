"""Archives: whatever is killed and whenever, each file is answered for exactly once."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa

from realtime.batch.cli import main
from realtime.batch.run import answers
from realtime.batch.store import SCHEMA, Store
from realtime.batch.work import Answer

ROOT = Path(__file__).resolve().parents[2]


def processes() -> Executor:
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


def work(path: str) -> Answer:
    if path == "odd":
        raise ZeroDivisionError("not foreseen")
    if path == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return Answer(path, [])


def rows(folder: Path) -> list[dict]:
    table = pa.concat_tables([SCHEMA.empty_table(), *Store(folder).tables()])
    return sorted(table.to_pylist(), key=lambda row: tuple(row.values()))


def write_sheet(path: Path) -> None:
    sheet = np.full((200, 300, 3), 235, np.uint8)
    cv2.putText(sheet, "471", (60, 130), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (60, 30, 30), 7, cv2.LINE_AA)
    assert cv2.imwrite(str(path), sheet)


def test_a_file_that_kills_its_worker_is_set_aside_and_all_others_are_done():
    paths = ["a", "odd", "deadly", *"cdefgh"]
    found = list(answers(paths, work, processes, 3))
    assert sorted(answer.path for answer in found) == sorted(paths)
    assert {answer.path for answer in found if answer.error} == {"odd", "deadly"}


def test_a_model_that_is_none_is_one_line(tmp_path, capsys):
    write_sheet(tmp_path / "a.png")
    assert main([str(tmp_path), "--out", str(tmp_path / "out"), "--model", str(tmp_path / "a.png")]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: ") and err.count("\n") == 1


def test_what_was_half_written_is_not_there(tmp_path):
    Store(tmp_path).commit([Answer("a", []), Answer("b", [], "b: broken")])
    (tmp_path / "000001.part").write_bytes(b"half")
    store = Store(tmp_path)
    assert store.done() == {"a": None, "b": "b: broken"}
    store.commit([Answer("c", [])])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000000.parquet", "000001.parquet"]


def test_killed_and_started_again_it_ends_with_the_same_rows(tmp_path):
    sheets = tmp_path / "sheets"
    sheets.mkdir()
    for i in range(8):
        write_sheet(sheets / f"{i}.png")
    (sheets / "empty.png").touch()
    options = ["--workers", "1", "--shard", "1"]
    assert main([str(sheets), "--out", str(tmp_path / "whole"), *options]) == 1
    command = [sys.executable, "-m", "realtime.batch", str(sheets), "--out", str(tmp_path / "killed"), *options]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    end = time.monotonic() + 60
    while not list((tmp_path / "killed").glob("*.parquet")) and time.monotonic() < end:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    before = len(Store(tmp_path / "killed").done())
    assert 0 < before < 9
    assert main(command[3:]) == 1
    assert rows(tmp_path / "killed") == rows(tmp_path / "whole") != []
    assert Store(tmp_path / "killed").done() == Store(tmp_path / "whole").done()

from __future__ import annotations

import json
import mmap
import socket
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import endurance
from benchmarks.endurance import Holdings, measure

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks /proc")


@linux
def test_what_is_left_over_is_seen(tmp_path: Path):
    before, stop = Holdings.now(), threading.Event()
    thread = threading.Thread(target=stop.wait)
    with socket.socket(), (tmp_path / "a").open("w"), (tmp_path / "b").open("w"):
        thread.start()
        assert Holdings.now().more_than(before) == {"threads": 1, "files": 2, "sockets": 1}
        stop.set()
        thread.join()
    end = time.monotonic() + 10  # the system counts a thread for a moment longer than Python does
    while any(Holdings.now().more_than(before).values()) and time.monotonic() < end:
        time.sleep(0.01)
    assert Holdings.now().more_than(before) == {"threads": 0, "files": 0, "sockets": 0}


@linux
def test_memory_is_that_of_the_moment():
    before = Holdings.now().memory_mb
    # Fresh pages of the system: an array might be laid into memory that an earlier test has given back.
    with mmap.mmap(-1, 50_000_000) as ballast:
        for page in range(0, len(ballast), mmap.PAGESIZE):
            ballast[page] = 1
        assert 40 < Holdings.now().memory_mb - before < 60
    assert Holdings.now().memory_mb - before < 20


@linux
def test_a_stream_that_is_cut_is_read_to_the_last_frame(tmp_path: Path):
    video = tmp_path / "clip.avi"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"MJPG"), 25, (64, 48))
    for level in range(40, 60):
        writer.write(np.full((48, 64, 3), level, np.uint8))
    writer.release()
    figures = measure(30, 1, settled=10, video=video)
    assert (figures["frames"], figures["lines"], figures["cuts"]) == (30, 30, 1)
    assert list(figures["memory_mb"]) == sorted({10, *range(3, 31, 3)})
    assert figures["growth_mb"] == figures["memory_mb"][30] - figures["memory_mb"][10]
    assert 1 <= figures["read"] <= 30
    # The worker's, the stream's, and what hangs the stream up where it takes too long.
    assert figures["while_reading"]["sockets"] == 3 and figures["while_reading"]["threads"] >= 1
    assert figures["left_over"] == {"threads": 0, "files": 0, "sockets": 0}


def test_the_table_and_the_file_tell_the_same(tmp_path: Path, capsys, monkeypatch):
    figures = {
        **{"frames": 3000, "read": 800, "settled": 1000, "lines": 3000, "seconds": 100.0, "cuts": 2, "stand_ins": 9},
        **{"dropped": 7, "readings": 15, "memory_mb": {1000: 150.0, 3000: 150.5}, "growth_mb": 0.5},
        **{"while_reading": {"threads": 2, "sockets": 1}, "left_over": {"threads": 0, "sockets": 0}},
    }
    monkeypatch.setattr(endurance, "measure", lambda frames, cuts: figures)
    path = tmp_path / "figures.json"
    assert endurance.main(["--json", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "from frame 1000 to the end it grew by 0.5 MB" in printed
    assert "800 of them read" in printed
    assert "2 threads, 1 sockets; left over once they were closed: 0 threads, 0 sockets" in printed
    assert json.loads(path.read_text())["growth_mb"] == 0.5


@pytest.mark.parametrize("args", [["--frames", "0"], ["--frames", "5", "--cuts", "5"], ["--cuts", "-1"]])
def test_counts_that_make_no_sense(args: list[str]):
    with pytest.raises(SystemExit) as end:
        endurance.main(args)
    assert end.value.code == 2

from __future__ import annotations

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from benchmarks import speed
from benchmarks.__main__ import BENCHMARKS, main


@pytest.fixture(autouse=True)
def threads_as_before():
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)


def test_every_task_runs_in_every_round_but_the_first_is_not_counted():
    calls = []
    costs = speed.cpu_milliseconds({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2)
    assert calls == ["a", "b"] * 3
    assert costs["a"].shape == costs["b"].shape == (2,)


def test_the_jpeg_is_what_a_camera_sends():
    jpeg = speed.camera_jpeg(speed.fifty_digits())
    assert cv2.imdecode(jpeg, cv2.IMREAD_COLOR).shape == (720, 1280, 3)
    sof = jpeg.tobytes().index(b"\xff\xc0")
    assert jpeg[sof + 11] == 0x21, "4:2:2: two luminance blocks a chroma block, side by side"


def test_the_table_and_the_file_tell_the_same(tmp_path, capsys):
    path = tmp_path / "speed.json"
    assert speed.main(["--rounds", "2", "--tutorial-rounds", "0", "--starts", "0", "--json", str(path)]) == 0
    cpu = json.loads(path.read_text())["cpu_ms"]
    table = capsys.readouterr().out
    assert cpu["decode the JPEG"]["x_decoding"] == 1
    for name in ("recognise", "  look", "  line", "  normalize", "  classify", "  decide", "track"):
        assert 0 < cpu[name]["least"] <= cpu[name]["median"]
        assert f"{cpu[name]['median']:10.2f}{cpu[name]['least']:10.2f}" in table


def test_a_run_of_the_program_is_measured(tmp_path):
    cv2.imwrite(str(tmp_path / "empty.png"), np.full((120, 160, 3), 200, np.uint8))
    cost = speed.program_cost(tmp_path / "empty.png")
    assert cost["lines"] == 1
    assert 0 < cost["first_answer_s"] < 60 and cost["cpu_s"] > 0


def test_memory_is_that_of_the_program_alone():
    ballast = bytearray(500_000_000)
    ballast[::4096] = bytes(len(ballast[::4096]))  # touched, so that it counts
    watched = [sys.executable, "-m", "benchmarks.watch", sys.executable, "-c", "print()"]
    cost = json.loads(subprocess.run(watched, capture_output=True, check=True).stdout)
    assert 3 < cost["peak_memory_mb"] < 100


def test_without_a_name_the_benchmarks_are_listed(capsys):
    assert main([]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in BENCHMARKS)


def test_an_unknown_name_is_an_error():
    done = subprocess.run([sys.executable, "-m", "benchmarks", "sped"], capture_output=True, text=True)
    assert done.returncode == 2 and done.stderr == "error: no benchmark named sped\n"


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_benchmark_has_help(name, capsys):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    assert end.value.code == 0 and name in capsys.readouterr().out

"""A Dask cluster in the place of processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from archive import rows, write_sheet

from realtime.batch.cli import main

ROOT = Path(__file__).resolve().parents[2]

ON_A_CLUSTER = """\
import os, signal, sys, threading, time
from pathlib import Path
from distributed import LocalCluster
from realtime.batch.cli import main

if __name__ == "__main__":
    sheets, out = sys.argv[1:]
    options = dict(n_workers=2, threads_per_worker=2, dashboard_address=None, memory_limit=None)
    with LocalCluster(host="127.0.0.1", silence_logs=50, **options) as cluster:
        def kill():
            while not list(Path(out).glob("*.parquet")):
                time.sleep(0.002)
            os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
            print("killed", flush=True)
        threading.Thread(target=kill, daemon=True).start()
        code = main([sheets, "--out", out, "--shard", "1", "--scheduler", cluster.scheduler_address])
    print("ended with", code)
"""


@pytest.mark.timeout(300)  # six seconds, but seven processes start: on a busy machine that takes long
def test_a_cluster_that_loses_a_worker_ends_with_the_same_rows(tmp_path, in_threads):
    pytest.importorskip("distributed")
    (tmp_path / "sheets").mkdir()
    for i in range(16):
        write_sheet(tmp_path / "sheets" / f"{i}.png", f"{i:03d}")
    script = tmp_path / "on_a_cluster.py"
    script.write_text(ON_A_CLUSTER)
    command = [sys.executable, str(script), str(tmp_path / "sheets"), str(tmp_path / "cluster")]
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280)
    assert done.stdout == "killed\nended with 0\n", done.stderr
    assert main([str(tmp_path / "sheets"), "--out", str(tmp_path / "here")]) == 0
    assert rows(tmp_path / "cluster") == rows(tmp_path / "here") != []


def test_dask_is_named_where_it_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    sheet = write_sheet(tmp_path / "a.png")
    assert main([sheet, "--out", str(tmp_path / "out"), "--scheduler", "tcp://127.0.0.1:1"]) == 1
    assert capsys.readouterr().err == "error: --scheduler needs distributed: pip install distributed\n"


def test_a_scheduler_that_does_not_answer_is_one_line(tmp_path, capsys, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr("realtime.batch.executors.PATIENCE", 0.5)
    sheet = write_sheet(tmp_path / "a.png")
    for address in ("tcp://127.0.0.1:1", "nonsense://x"):
        assert main([sheet, "--out", str(tmp_path / "out"), "--scheduler", address]) == 1
        assert capsys.readouterr().err == f"error: {address}: no Dask scheduler answers there\n"

"""Archives: sheets and digits a second with one worker and with two, memory by the number of files, and tesseract.

The sheets are drawn from fixed seeds; each drawing is there ten times under names of its own, for reading costs the
same again and drawing takes longer. Times are those of the whole command, its start included.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.speed import ROOT, processor
from benchmarks.telling import add_json, tell
from realtime.batch.store import Store
from realtime.system.processes import SPAWN

SEED = 7009
KINDS = ("plain", "squared", "shadow")
"""Kinds of sheet, taken in turn."""

COPIES = 10
"""Files of each drawing."""

ANSWER = 4000
"""Bytes that a sheet's rows are on their way back, about."""

COMPARED = 50
"""Sheets that tesseract reads too."""


def draw(path: str, i: int) -> list[str]:
    """Write sheet number `i`, 1280x720, as a JPEG; the numbers on it."""
    from training.render.scenes import draw_sheet

    cv2.setNumThreads(1)
    scene = draw_sheet(np.random.default_rng([SEED, i]), kind=KINDS[i % len(KINDS)], difficulty=0.4)
    cv2.imwrite(path, scene.image, [cv2.IMWRITE_JPEG_QUALITY, 92])
    return [number for row in scene.rows for number in row.split()]


def make_archive(folder: Path, count: int) -> dict[str, list[str]]:
    """Fill a folder with `count` sheets: name -> the numbers on it."""
    drawings = -(-count // COPIES)
    names = [f"{i % drawings:04d}-{i // drawings}.jpg" for i in range(count)]
    with ProcessPoolExecutor(2, mp_context=SPAWN) as pool:
        drawn = pool.map(draw, [str(folder / name) for name in names[:drawings]], range(drawings))
        numbers = list(tqdm(drawn, desc="draw", total=drawings, disable=None))
    for name in names[drawings:]:
        shutil.copy(folder / f"{name[:4]}-0.jpg", folder / name)
    return {name: numbers[i % drawings] for i, name in enumerate(names)}


def read_archive(paths: Sequence[Path], out: Path, workers: int) -> dict[str, float]:
    """Read sheets with the command.

    Returns:
        `seconds` on the wall; `cpu_s` of all its processes, `parent_cpu_s` and `parent_mb` of the one that hands the
        work out, `worker_mb` of the largest of the others: peak memory; `digits` read, `bytes` of results.
    """
    listed = out.with_suffix(".txt")
    listed.write_text("".join(f"{path}\n" for path in paths))
    command = [sys.executable, "-m", "realtime.batch", f"@{listed}", "--out", str(out), "--workers", str(workers)]
    begin = time.perf_counter()
    with out.with_suffix(".log").open("w+") as log, subprocess.Popen(command, cwd=ROOT, stderr=log) as process:
        cost = _watch(process)
        seconds = time.perf_counter() - begin
        if process.returncode:
            log.seek(0)
            raise SystemExit(log.read())
    store = Store(out)
    digits = sum(len(table) for table in store.tables())
    size = sum(shard.stat().st_size for shard in store.shards())
    return {"seconds": seconds, "digits": digits, "bytes": size, **cost}


def _watch(process: subprocess.Popen) -> dict[str, float]:
    """What a process and its children cost until it ends; what only Linux tells is 0 elsewhere."""
    memory: dict[int, float] = {}
    parent_cpu = 0.0
    while True:
        pid, status, used = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        for one in [process.pid, *_children(process.pid)]:
            with suppress(OSError, TypeError):  # it has ended meanwhile
                memory[one] = int(re.search(r"VmHWM:\s*(\d+)", _proc(one, "status"))[1]) * 1024 / 1e6  # type: ignore[index]
        with suppress(OSError):
            ticks = _proc(process.pid, "stat").rpartition(")")[2].split()[11:13]
            parent_cpu = sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
        time.sleep(0.05)
    process.returncode = os.waitstatus_to_exitcode(status)
    parent = memory.pop(process.pid, 0.0)
    return {
        "cpu_s": used.ru_utime + used.ru_stime,
        "parent_cpu_s": parent_cpu,
        "parent_mb": parent,
        "worker_mb": max(memory.values(), default=0.0),
    }


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in _proc(pid, f"task/{pid}/children").split()]
    except OSError:
        return []


def _proc(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text()


def read_with_tesseract(paths: Sequence[Path]) -> tuple[float, dict[str, list[str]]] | None:
    """Seconds a sheet of one thread of tesseract, and the numbers it read; None where it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    # Digits alone, and the space, without which it runs numbers together: of its settings the one that reads best here.
    command = [program, "", "-", "-c", "tessedit_char_whitelist=0123456789 "]
    found = {}
    begin = time.perf_counter()
    for path in tqdm(paths, desc="tesseract", disable=None):
        command[1] = str(path)
        env = os.environ | {"OMP_THREAD_LIMIT": "1"}
        done = subprocess.run(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True
        )
        found[path.name] = done.stdout.split()
    return (time.perf_counter() - begin) / len(paths), found


def scheduling_cost(tasks: int = 2000) -> float | None:
    """CPU milliseconds that a Dask scheduler and its client take for a task; None where Dask is not installed."""
    try:
        distributed = import_module("distributed")
    except ImportError:
        return None
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with distributed.LocalCluster(host="127.0.0.1", **options) as cluster, distributed.Client(cluster) as client:
        executor = client.get_executor(pure=False)
        wait([executor.submit(bytes, ANSWER) for _ in range(100)])
        begin = time.process_time()
        wait([executor.submit(bytes, ANSWER) for _ in range(tasks)])
        return (time.process_time() - begin) / tasks * 1e3


def numbers_in(out: Path) -> dict[str, list[str]]:
    """The numbers on each sheet by its results."""
    found: dict[tuple[str, int, int], str] = {}
    for table in Store(out).tables():
        for row in table.to_pylist():
            key = Path(row["source"]).name, row["line"], row["number"]
            found[key] = found.get(key, "") + str(row["digit"])
    numbers: dict[str, list[str]] = {}
    for (name, _, _), number in found.items():
        numbers.setdefault(name, []).append(number)
    return numbers


def share_right(truth: dict[str, list[str]], found: dict[str, list[str]], names: Sequence[str]) -> float:
    """How many of the numbers on these sheets were read with every digit right."""
    right = sum((Counter(truth[name]) & Counter(found.get(name, []))).total() for name in names)
    return right / sum(len(truth[name]) for name in names)


def measure(count: int, few: int, folder: Path) -> dict[str, Any]:
    """All figures, as they go into the JSON file.

    Args:
        count: of sheets.
        few: of sheets in a smaller run, for its memory.
        folder: empty; a few hundred MB are written there.
    """
    sheets = folder / "sheets"
    sheets.mkdir()
    truth = make_archive(sheets, count)
    paths = [sheets / name for name in truth]
    figures: dict[str, Any] = {
        "machine": f"{processor()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "sheets": count,
        "digits_written": sum(len(number) for numbers in truth.values() for number in numbers),
        "few": {"sheets": few, **read_archive(paths[:few], folder / "few", 2)},
    }
    for workers in (1, 2):
        figures[f"workers_{workers}"] = read_archive(paths, folder / f"out{workers}", workers)
    figures["scheduling_ms"] = scheduling_cost()
    compared = paths[:COMPARED]
    tesseract = read_with_tesseract(compared)
    if tesseract is not None:
        names = [path.name for path in compared]
        figures["tesseract"] = {
            "sheets": len(compared),
            "seconds_a_sheet": tesseract[0],
            "numbers_right": share_right(truth, tesseract[1], names),
            "ours_right": share_right(truth, numbers_in(folder / "out1"), names),
        }
    return figures


def report(figures: dict[str, Any]) -> str:
    """The figures as a table to read."""
    count, one, two, few = (figures[name] for name in ("sheets", "workers_1", "workers_2", "few"))
    runs = (("1 worker", count, one), ("2 workers", count, two), (f"2, {few['sheets']} files", few["sheets"], few))
    lines = [
        figures["machine"],
        f"{count} sheets of 1280x720, {figures['digits_written'] / count:.0f} digits each",
        "",
        f"{'':<14}{'seconds':>9}{'sheets/s':>10}{'digits/s':>10}{'CPU ms/sheet':>14}{'MB parent':>11}{'MB worker':>11}",
    ]
    for name, n, run in runs:
        rates = f"{n / run['seconds']:>10.1f}{run['digits'] / run['seconds']:>10.0f}{run['cpu_s'] / n * 1e3:>14.1f}"
        lines.append(f"{name:<14}{run['seconds']:>9.1f}{rates}{run['parent_mb']:>11.0f}{run['worker_mb']:>11.0f}")
    lines += [
        "",
        f"two workers are {one['seconds'] / two['seconds']:.2f} times as fast as one",
        f"a sheet costs the parent {two['parent_cpu_s'] / count * 1e3:.2f} ms of CPU, "
        f"and the disk {two['bytes'] / count:.0f} bytes",
    ]
    if figures.get("scheduling_ms") is not None:
        lines.append(f"a Dask scheduler and its client take {figures['scheduling_ms']:.2f} ms of CPU for a sheet")
    if "tesseract" in figures:
        other = figures["tesseract"]
        ratio = other["seconds_a_sheet"] / (one["seconds"] / count)
        lines.append(
            f"tesseract on {other['sheets']} of the sheets, one thread: {1 / other['seconds_a_sheet']:.1f} sheets/s, "
            f"{other['numbers_right']:.1%} of the numbers right; one worker of ours is {ratio:.1f} times as fast, "
            f"{other['ours_right']:.1%} right"
        )
    else:
        lines.append("tesseract is not installed: not compared (apt install tesseract-ocr)")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks batch", description=__doc__.split("\n")[0])
    parser.add_argument("--sheets", type=int, default=2000, help="to be read (default: %(default)s)")
    parser.add_argument("--few", type=int, default=200, help="of the run beside it, for its memory (default: 200)")
    add_json(parser)
    args = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(args.sheets, min(args.few, args.sheets), Path(folder))
    tell(report(figures), figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The count of hand-set numbers on a frame's way through the recogniser."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools" / "constants.py"
TOOL = runpy.run_path(str(SCRIPT))

MODULE = """
import numpy as np

_NAMED = 0.35
LIMITS: tuple[int, int] = 3, 40


class Limits:
    wide: float = 4.5


def f(x):
    first, last = x[7], x[3:9]
    both = x.reshape(-1, 4) if x.sum(axis=3) > 255 else np.zeros((6, 8))
    return 1.7 * both + 1e-9 * 2
"""


def test_numbers_that_have_a_name_and_those_within_a_function_count_and_indices_do_not(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(MODULE)
    assert sorted(TOOL["constants"](path)) == [
        (4, 0.35, True),
        (5, 3, True),
        (5, 40, True),
        (9, 4.5, True),
        (15, 1.7, False),
    ]


def test_the_modules_of_the_recogniser_are_found():
    found = {path.relative_to(ROOT).as_posix() for path in TOOL["modules"]()}
    eyes = {f"realtime/ink/{name}.py" for name in ("proposals", "bodies", "strokes", "network")}
    eyes |= {f"realtime/recognition/{name}.py" for name in ("decide", "choice", "rows")}
    assert found >= eyes | {
        "realtime/recognition/recognizer.py",
        "realtime/ink/flat_field.py",
        "realtime/recognition/line_reader.py",
    }
    assert not found & {
        "realtime/boxes.py",
        "realtime/networks/model_file.py",
        "realtime/tracking/tracker.py",
        "realtime/cli.py",
    }


def test_it_tells_how_many_there_are():
    done = subprocess.run([sys.executable, SCRIPT, "--list"], capture_output=True, text=True, check=True)
    *lines, last = done.stdout.splitlines()
    total = re.fullmatch(r" *(\d+)  constants in (\d+) modules: (\d+) named, (\d+) inline", last)
    assert total is not None
    count, modules, named, inline = map(int, total.groups())
    assert count == named + inline and named > inline > 0
    assert sum(int(line.split()[0]) for line in lines if line.endswith(".py")) == count
    assert len([line for line in lines if line.endswith(".py")]) == modules
    assert sum(line.endswith("(inline)") for line in lines) == inline

"""The README holds: its commands run, its options and keys are those of the program, its links lead somewhere."""

from __future__ import annotations

import contextlib
import csv
import importlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from realtime.window.keys import KEYS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAINS = {"realtime": "realtime.cli", "realtime.batch": "realtime.batch.cli", "training": "training.__main__"}
LABELS = list(csv.DictReader((ROOT / "samples" / "labels.csv").read_text().splitlines()))
CLIP_ROWS = next(row["rows"].split("|") for row in LABELS if row["file"] == "clip.mp4" and row["rows"])
ROWS = [*CLIP_ROWS, *next(row["rows"].split("|") for row in LABELS if row["file"] == "rows.jpg")]
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """The lines of all shell blocks, without their comments."""
    shell = (block for kind, block in BLOCKS if kind in ("sh", "bat"))
    lines = (line.split("  #")[0].strip() for block in shell for line in block.splitlines())
    return [line for line in lines if line]


def options(module: str, *command: str) -> set[str]:
    """The options that a program names in its help."""
    main = importlib.import_module(MAINS.get(module, module)).main
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main([*command, "--help"])
    found = set(re.findall(r"--[a-z][a-z-]+", out.getvalue()))
    assert "--help" in found
    return found


@pytest.fixture
def clone(tmp_path):
    """A folder to run in that looks like the repository and may be littered."""
    for name in ("realtime", "training", "benchmarks", "models", "samples"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def environment() -> dict[str, str]:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY")
    return {name: value for name, value in os.environ.items() if name not in hidden}


@pytest.mark.parametrize("command", [line for line in commands() if "samples/" in line])
def test_commands_on_the_samples_run(command, clone):
    script = command.replace("python ", shlex.quote(sys.executable) + " ", 1)
    done = subprocess.run(script, shell=True, cwd=clone, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = {path.name for path in clone.iterdir() if not path.is_symlink()}
    assert made == {word.rstrip("/") for word in shlex.split(command) if re.search(r"^\w+(\.csv|\.jsonl|/)$", word)}
    for name in made & {"digits.csv"}:
        read = {Path(row["source"]).name for row in csv.DictReader((clone / name).read_text().splitlines())}
        assert read == {row["file"] for row in LABELS if row["rows"] and row["file"].endswith(".jpg")}
    for name in made & {"clip.jsonl"}:
        records = [json.loads(line) for line in (clone / name).read_text().splitlines()]
        assert len(records) == 60 and records[-1]["lines"] == CLIP_ROWS
    for name in made & {"annotated"}:
        assert len(list((clone / name).iterdir())) == 6


@pytest.mark.parametrize("code", [block for kind, block in BLOCKS if kind == "python"])
def test_the_python_examples_run(code, clone):
    command = [sys.executable, "-u", "-c", code]
    with subprocess.Popen(command, cwd=clone, env=environment(), stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        # The rest of the clip holds nothing new, but takes most of a minute on a small machine.
        said = []
        for line in running.stdout:
            said.append(line.strip())
            if any(row in line for row in ROWS):
                break
        running.terminate()
    assert any(row in said[-1] for row in ROWS), f"a row of the sheet: {said}"


def test_every_command_is_one_of_ours():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = {
        "realtime": options("realtime"),
        "training train": options("training", "train"),
        "training join": options("training", "join"),
        "training glance": options("training", "glance"),
        "training ink": options("training", "ink"),
        "training line": options("training", "line"),
        "training decide": options("training", "decide"),
        "training render": options("training", "render"),
        "training evaluate": options("training", "evaluate"),
        "training compare": options("training", "compare"),
        "training personalize": options("training", "personalize"),
        "training card": options("training", "card"),
        "realtime.collect": options("realtime.collect"),
        "realtime.batch": options("realtime.batch"),
    }
    for line in commands():
        words = shlex.split(line, posix="Scripts" not in line)
        if words[0] == "make":
            assert words[1] in targets, line
        elif "-m" in words and (module := words[words.index("-m") + 1]).startswith(("realtime", "training")):
            name = module if module.startswith("realtime") else f"{module} {words[words.index('-m') + 2]}"
            assert {word for word in words if word.startswith("--")} <= known[name], line
        for requirements in re.findall(r"requirements[\w-]*\.txt", line):
            assert (ROOT / requirements).exists(), line


def test_the_options_are_those_of_the_program():
    table = README.split("| option | meaning |")[1].split("\n\n")[0]
    assert set(re.findall(r"--[a-z][a-z-]+", table)) == options("realtime")


def test_the_keys_are_those_of_the_window():
    table = README.split("| key | does |")[1].split("\n\n")[0]
    documented = re.findall(r"`(\w+)`(?=[^|]*\|[^|]*\|$)", table, re.MULTILINE)
    assert sorted(documented) == sorted(" ".join(key for key, _ in KEYS).split())


def test_the_accuracy_is_that_of_the_shipped_model():
    card = json.loads((ROOT / "models" / "digits.json").read_text())
    for key in ("accuracy", "accuracy_of_ten"):
        assert f"| {card['measured']['mnist'][key]:.2f} % | `python -m training evaluate` |" in README


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("https://") or (ROOT / target).exists(), target


def test_the_layout_names_every_folder():
    layout = README.split("## Layout")[1]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    folders = {path.split("/")[0] for path in tracked.stdout.splitlines() if "/" in path and path[0] != "."}
    assert {name for name in folders if f"{name}/" not in layout} <= {"docs"}

"""The README and the pages in docs/ hold: commands run, options and keys are the program's, links lead somewhere."""

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

import numpy as np
import pytest

from realtime import Detections, Frame, arrange
from realtime.live.result import FrameResult

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
    for path in [*(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")), *ROOT.glob("docs/*.md")]
}
README, USAGE, OUTPUTS, BENCHMARKS = (
    PAGES[name] for name in ("README.md", "docs/usage.md", "docs/outputs.md", "docs/benchmarks.md")
)

MOST_BYTES = 8000
"""Of the README."""

MAINS = {
    "realtime": "realtime.cli",
    "realtime.web": "realtime.web.cli",
    "realtime.batch": "realtime.batch.cli",
    "training": "training.__main__",
}
INSTALLED = {"web": "realtime.web", "batch": "realtime.batch", "collect": "realtime.collect"}
"""What `digits` runs by the word after it; `realtime` for anything else."""

LABELS = list(csv.DictReader((ROOT / "samples" / "labels.csv").read_text().splitlines()))
CLIP_ROWS = next(row["rows"].split("|") for row in LABELS if row["file"] == "clip.mp4" and row["rows"])
ROWS = [*CLIP_ROWS, *next(row["rows"].split("|") for row in LABELS if row["file"] == "rows.jpg")]


def blocks(*kinds: str) -> list[str]:
    """The code blocks of these kinds, of all pages that are written by hand."""
    pattern = rf"^```(?:{'|'.join(kinds)})\n(.*?)^```"
    pages = [page for name, page in PAGES.items() if name != "docs/command-line.md"]
    return [block for page in pages for block in re.findall(pattern, page, re.MULTILINE | re.DOTALL)]


def commands() -> list[str]:
    """The lines of all shell blocks, without their comments, each once; `digits` as it is called in a clone."""
    lines = (line.split("  #")[0].strip() for block in blocks("sh", "bat") for line in block.splitlines())
    return list(dict.fromkeys(in_a_clone(line) for line in lines if line))


def in_a_clone(line: str) -> str:
    name, _, rest = line.partition(" ")
    if name != "digits":
        return line
    first, _, others = rest.partition(" ")
    module = INSTALLED.get(first)
    return f"python -m realtime {rest}" if module is None else f"python -m {module} {others}"


def table(page: str, header: str) -> str:
    """The rows of the table that begins with this header."""
    return page.split(f"\n{header}\n")[1].split("\n\n")[0].split("\n", 1)[1]


def rows(text: str) -> list[list[str]]:
    """The cells of each row of the tables in a text."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def anchors(page: str) -> set[str]:
    """The anchors that GitHub makes of the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", page, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def said_by(module: str, *command: str) -> str:
    """The help of a program."""
    main = importlib.import_module(MAINS.get(module, module)).main
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.suppress(SystemExit):
        main([*command, "--help"])
    return out.getvalue()


def options(module: str, *command: str) -> set[str]:
    """The options that a program names in its help."""
    found = set(re.findall(r"--[a-z][a-z-]+", said_by(module, *command)))
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


@pytest.mark.parametrize("code", blocks("python"))
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


def test_the_readme_is_short():
    assert len(README.encode()) <= MOST_BYTES


def test_every_command_is_one_of_ours():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known: dict[str, set[str]] = {}
    assert len(commands()) > 20
    for line in commands():
        words = shlex.split(line, posix="Scripts" not in line)
        if words[0] == "make":
            assert words[1] in targets, line
        elif "-m" in words and (module := words[words.index("-m") + 1]).startswith(("realtime", "training")):
            command = words[words.index("-m") + 2 :][:1] if module == "training" else []
            name = " ".join([module, *command])
            if name not in known:
                known[name] = options(module, *command)
                if module == "realtime.batch":
                    known[name] |= options(module, "review")
            assert {word for word in words if word.startswith("--")} <= known[name], line
        elif "benchmarks" in words:
            assert (ROOT / "benchmarks" / f"{words[words.index('benchmarks') + 1]}.py").exists(), line
        for requirements in re.findall(r"(?:locks/)?requirements[\w-]*\.txt", line):
            assert (ROOT / requirements).exists(), line


def test_every_benchmark_is_one_of_ours():
    text = "\n".join(PAGES.values())
    named = set(re.findall(r"python -m benchmarks (\w+)", text))
    assert len(named) > 5 and not {name for name in named if not (ROOT / "benchmarks" / f"{name}.py").exists()}
    trained = set(re.findall(r"`python -m training (\w+)", text))
    assert len(trained) > 3 and trained <= set(re.findall(r"\w+", said_by("training")))


def test_the_options_are_those_of_the_program():
    assert set(re.findall(r"--[a-z][a-z-]+", table(USAGE, "| option | meaning |"))) == options("realtime")


def test_the_keys_are_those_of_the_window():
    keys = said_by("realtime").split("keys in the window:\n")[1]
    of_the_window = [key for line in keys.splitlines() for key in re.split(r" {2,}", line.strip())[:-1]]
    documented = [key for row in rows(table(README, "| key | does |")) for key in re.findall(r"`([^`]+)`", row[0])]
    assert documented == of_the_window and "Backspace" in documented


def test_the_record_is_what_the_program_writes():
    (block,) = blocks("json")
    record = json.loads(block)
    digit = [each["digit"] for each in record["digits"]]
    xyxy = np.array([each["xyxy"] for each in record["digits"]], np.int32)
    probabilities = np.zeros((len(digit), 11), np.float32)
    probabilities[range(len(digit)), digit] = [each["confidence"] for each in record["digits"]]
    probabilities[:, 10] = 1 - probabilities.sum(axis=1)
    detections = Detections.from_probabilities(xyxy, probabilities)
    width, height = record["size"]
    frame = Frame(np.zeros((height, width, 3), np.uint8), record["source"], record["frame"], record["time"], still=True)
    written = FrameResult(frame, None, detections, arrange(detections)).record
    assert written == record and list(written) == list(record)
    described = [row[0].strip("`") for row in rows(table(OUTPUTS, "| key | type | meaning |"))]
    of_a_digit = [f"digits[].{key}" for key in record["digits"][0]]
    of_a_number = [f"numbers[].{key}" for key in (*record["numbers"][0], "fits")]
    assert described == [*record, *of_a_digit, *of_a_number, "reading", "turned", "read"]


def test_the_csv_is_what_the_program_writes(clone):
    first = []
    for option in ("--csv", "--numbers"):
        command = [sys.executable, "-m", "realtime", "samples/rows.jpg", "--no-window", option, "-"]
        done = subprocess.run(command, cwd=clone, env=environment(), capture_output=True, text=True, check=True)
        first.append(done.stdout.split("\n")[0] + "\n")
    assert blocks("csv") == first


def test_the_numbers_are_those_of_the_benchmarks():
    recorded = {what: row for what, *row in rows(BENCHMARKS)}
    told = rows(table(README, "| what | figure |"))
    assert len(told) == 6
    for what, figure in told:
        assert recorded[what][0] == figure
    for figure in re.findall(r"\d[\d.,]* (?:%|[MG]B|m?s\b)", README):
        assert figure in BENCHMARKS, figure


def test_every_number_has_its_command_day_and_machine():
    tables = re.findall(r"^\| what \| figure .*?(?:\n\n|\Z)", BENCHMARKS, re.MULTILINE | re.DOTALL)
    recorded = [row for each in tables for row in rows(each)[2:]]
    assert len(recorded) > 40
    names = [row[0] for row in rows(table(BENCHMARKS, "| machine | is |"))]
    for row in recorded:
        _, figure, command, day, machine = row
        assert re.search(r"\d", figure) and re.fullmatch(r"`.+`.*", command), row
        assert re.fullmatch(r"\d{4}-\d\d-\d\d(?: \(\d\))?", day), row
        assert machine in names, row
    what = [row[0] for row in recorded if not row[0].startswith("the same")]
    assert len(what) == len(set(what)), "each number stands once"


def test_the_accuracy_is_that_of_the_shipped_model():
    card = json.loads((ROOT / "models" / "digits.json").read_text())
    for key in ("accuracy", "accuracy_of_ten"):
        assert f"| {card['measured']['mnist'][key]:.2f} % | `python -m training evaluate` |" in BENCHMARKS


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_somewhere(name):
    for target in re.findall(r"\]\(([^)]+)\)", PAGES[name]):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        place = (ROOT / name).parent / path if path else ROOT / name
        assert place.exists(), target
        assert not anchor or anchor in anchors(place.read_text(encoding="utf-8")), target


def test_every_page_is_linked_from_the_readme():
    linked = set(re.findall(r"\]\((docs/[\w-]+\.md)", README))
    assert {name for name in PAGES if name.startswith("docs/")} - {"docs/attacks.md"} <= linked


def test_the_layout_names_every_folder():
    layout = PAGES["docs/architecture.md"]
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git checkout")
    folders = {path.split("/")[0] for path in tracked.stdout.splitlines() if "/" in path and path[0] != "."}
    assert not {name for name in folders if f"\n{name}/" not in layout}


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("docs/")])
def test_paths_are_there(name):
    rooted = r"`((?:realtime|training|benchmarks|tests|tools|models|samples|locks)/[\w./-]*)`"
    page = PAGES[name]
    assert not {path for path in re.findall(rooted, page) if not (ROOT / path).exists()}
    # A module named without its folder stands in the folder that the section named last.
    for section in re.split(r"^## ", page, flags=re.MULTILINE) if name == "docs/recognition.md" else []:
        folders = {
            (ROOT / path).parent if path.endswith(".py") else ROOT / path for path in re.findall(rooted, section)
        }
        for module in re.findall(r"`(\w+\.py)`", section):
            assert any((folder / module).exists() for folder in folders), module


@pytest.mark.parametrize("package", ["realtime", "training"])
def test_the_architecture_names_every_package(package):
    section = PAGES["docs/architecture.md"].split(f"## Packages of `{package}`")[1].split("\n## ")[0]
    named = [row[0].strip("`/") for row in rows(table(section, "| package | does |"))]
    there = [path.parent.name for path in (ROOT / package).glob("*/__init__.py")]
    assert sorted(named) == sorted(there)

"""CONTRIBUTING.md holds: what it names is there."""

import re
from pathlib import Path

from benchmarks.__main__ import BENCHMARKS
from realtime import __version__

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_paths_are_there():
    named = set(re.findall(r"`((?:realtime|training|tests|tools)/[\w/.]+)`", TEXT)) | set(
        re.findall(r"\]\(([^)]+)\)", TEXT)
    )
    assert len(named) > 40
    assert not {path for path in named if not (ROOT / path).exists()}


def test_commands_are_there():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake (\w+)", TEXT)) <= targets | {"environments"}
    assert set(re.findall(r"python -m benchmarks (\w+)", TEXT)) <= set(BENCHMARKS)


def test_every_model_is_said_to_be_made():
    models = {path.name for path in (ROOT / "models").iterdir() if path.suffix in (".tflite", ".keras", ".npz")}
    assert models and not {name for name in models if f"`{name}`" not in TEXT}


def test_the_changelog_begins_with_this_version():
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None and first[1] == __version__

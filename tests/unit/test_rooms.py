"""The rooms of the house: who may import whom, and how long a module may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

MOST_LINES = 250
"""Of a module of `realtime`."""

MOST_AT_THE_TOP = 8
"""Modules that stand in no room."""

_SHAPES = {"boxes", "detections"}
_READING = _SHAPES | {"ink", "layout", "glyphs", "recognition", "tracking", "drawing", "networks", "numbers", "version"}
_LIVE = _READING | {"sources", "sinks", "live", "system", "shipped"}

ALLOWED: dict[str, set[str]] = {
    "version": set(),
    "boxes": set(),
    "detections": {"boxes"},
    "system": set(),
    "shipped": set(),
    "networks": {"system", "shipped"},
    "sources": {"system"},
    "ink": _SHAPES | {"networks"},
    "layout": _SHAPES,
    "glyphs": set(),
    "numbers": _SHAPES | {"layout"},
    "recognition": _SHAPES | {"ink", "glyphs", "layout", "networks", "numbers", "system", "version"},
    "tracking": _SHAPES | {"layout", "numbers"},
    "drawing": _SHAPES | {"layout", "recognition"},
    "sinks": _SHAPES | {"glyphs", "numbers", "sources", "system"},
    "live": _LIVE - {"live"},
    "window": _LIVE,
    "command": {"numbers", "sources", "system", "version", "window"},
    "web": _LIVE | {"command"},
    "batch": _LIVE | {"command"},
    "collect": _LIVE | {"window", "command"},
    "reader": _LIVE,
    "cli": _LIVE | {"window", "command"},
    "__main__": {"command"},
    "__init__": {"version"},
}
"""Room, or module at the top -> what it may import, besides itself."""

TRAINING: dict[str, set[str]] = {
    "settings": set(),
    "data": set(),
    "render": {"data"},
    "models": {"data", "render", "evaluate", "settings"},
    "evaluate": {"data", "models"},
    "arguments": {"settings"},
    "samples": {"render"},
    "writer": {"render"},
    "__main__": {"arguments", "data", "evaluate", "models", "render", "settings"},
    "__init__": set(),
}
"""The same of `training`, which may import all of `realtime`."""


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def room(path: Path, package: str) -> str:
    """The room in which a module stands; for one at the top its own name."""
    return path.relative_to(ROOT / package).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    """Dotted names that a module imports when it runs, wherever the statement stands."""

    def walk(node: ast.AST) -> Iterator[str]:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            return  # such an import is for the type checker alone and makes no circle
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        for child in ast.iter_child_nodes(node):
            yield from walk(child)

    yield from walk(ast.parse(path.read_text(encoding="utf-8")))


def rooms_of(path: Path, package: str) -> set[str]:
    """Rooms of the package that a module imports, other than its own."""
    parts = [name.split(".") for name in imported(path)]
    found = {rest[0] for first, *rest in parts if first == package and rest}
    # `from realtime import __version__` asks the package itself.
    return {"version" if name == "__version__" else name for name in found} - {room(path, package)}


@pytest.mark.parametrize(("package", "allowed"), [("realtime", ALLOWED), ("training", TRAINING)])
def test_the_arrows_go_one_way(package: str, allowed: dict[str, set[str]]):
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in rooms_of(path, package) - allowed[room(path, package)]
    }
    assert not wrong


def test_the_table_of_arrows_is_no_circle():
    done: set[str] = set()
    while left := set(ALLOWED) - done:
        free = {name for name in left if ALLOWED[name] - {name} <= done}
        assert free, f"each of {sorted(left)} waits for another"
        done |= free


def test_the_recogniser_knows_nothing_of_training():
    assert not [str(path) for path in modules("realtime") for name in imported(path) if name.startswith("training")]


def test_few_modules_stand_at_the_top():
    top = sorted(path.name for path in (ROOT / "realtime").glob("*.py"))
    assert len(top) <= MOST_AT_THE_TOP, top


def test_a_room_says_what_happens_in_it():
    for package in ("realtime", "training"):
        for folder in {path.parent for path in modules(package)}:
            assert ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))), folder


def test_no_module_is_long():
    lines = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules("realtime")}
    assert not {path for path, n in lines.items() if n > MOST_LINES}

"""Counts the hand-set numbers on the way of a frame through the recogniser: `python tools/constants.py [--list]`.

Follows the imports of `realtime.recognition.recognizer` within `realtime`. A number counts where it stands: at the top
of a module or in its `Limits` (named), or within a function (inline). Indices, axes and shapes do not, nor do 0, 1, 2
and 255, nor what only keeps a division from failing: nobody tunes them.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

START = "realtime.recognition.recognizer"

INFRASTRUCTURE = {"model_file", "engines", "interpreter", "version", "native_stderr", "detections", "boxes", "trees"}
"""Modules without a say in what is a digit: files, versions, arrays of boxes, the walk down a tree."""

_FREE = {0, 1, 2, 255}
_TINY = 1e-5  # below it a number only keeps a division or a logarithm from failing
_PLACES = {"axis", "ndmin", "maxsize", "dtype", "indent", "shape", "connectivity"}


def modules(start: str = START) -> list[Path]:
    """The files on the way, in the order in which imports reach them."""
    found: list[Path] = []
    waiting = [start]
    while waiting:
        path = ROOT / (waiting.pop(0).replace(".", "/") + ".py")
        if path in found or not path.exists() or path.stem in INFRASTRUCTURE:
            continue
        found.append(path)
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("realtime"):
                waiting += [str(node.module), *(f"{node.module}.{name.name}" for name in node.names)]
    return found


def constants(path: Path) -> Iterator[tuple[int, float, bool]]:
    """Line and value of each number of a file that somebody set, and whether it has a name."""
    tree = ast.parse(path.read_text())
    top = {id(number) for node in _named(tree) for number in ast.walk(node)}
    places = {id(number) for node in ast.walk(tree) for place in _places(node) for number in ast.walk(place)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in places:
            continue
        if not isinstance(node.value, int | float) or isinstance(node.value, bool):
            continue
        if node.value not in _FREE and not 0 < node.value < _TINY:
            yield node.lineno, node.value, id(node) in top


def _named(tree: ast.Module) -> Iterator[ast.AST]:
    """The assignments at the top of a module, and the fields of its limits."""
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            yield node
        if isinstance(node, ast.ClassDef) and node.name == "Limits":
            yield from (field for field in node.body if isinstance(field, ast.AnnAssign))


def _places(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node in which numbers are indices, axes or shapes."""
    if isinstance(node, ast.Subscript):
        yield node.slice
    if isinstance(node, ast.keyword) and node.arg in _PLACES:
        yield node.value
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("reshape", "zeros", "ones", "range", "transpose", "lru_cache"):
            yield from node.args


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="name each number and its place")
    options = parser.parse_args()
    named = inline = 0
    paths = modules()
    for path in paths:
        found = list(constants(path))
        named += sum(has_name for *_, has_name in found)
        inline += sum(not has_name for *_, has_name in found)
        print(f"{len(found):4}  {path.relative_to(ROOT)}")
        if options.list:
            for line, value, has_name in sorted(found):
                print(f"        {line:4}: {value:g}{'' if has_name else '  (inline)'}")
    print(f"{named + inline:4}  constants in {len(paths)} modules: {named} named, {inline} inline")


if __name__ == "__main__":
    main()

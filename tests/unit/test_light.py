"""These tests need no more than the light install and pytest."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = {"realtime", "training", "benchmarks"}
IMPORT_NAMES = {"opencv-python-headless": "cv2", "ai-edge-litert": "ai_edge_litert", "python-multipart": "multipart"}


def imported(path: Path) -> Iterator[str]:
    """Names at the top of each package that a module imports, wherever the statement stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def needed(path: Path, known: set[Path]) -> set[str]:
    """Packages that a test needs, itself and by the helpers that it imports."""
    known.add(path)
    found = set()
    for name in imported(path):
        helper = ROOT / "tests" / "support" / f"{name}.py"
        if not helper.exists():
            found.add(name)
        elif helper not in known:
            found |= needed(helper, known)
    return found


def test_unit_tests_import_the_light_install_alone():
    packages = re.findall(r"^([\w-]+)[=<>]", (ROOT / "requirements-light.txt").read_text(), re.MULTILINE)
    light = {IMPORT_NAMES.get(package, package) for package in packages} | OWN | {"pytest"} | sys.stdlib_module_names
    tests = sorted((ROOT / "tests" / "unit").rglob("test_*.py"))
    assert len(tests) > 20
    assert not {f"{path.name}: {name}" for path in tests for name in needed(path, set()) - light}

"""Tests go through public names: what a name with an underscore does may change without a word."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
PUBLIC_ALL_THE_SAME = {"_replace", "_asdict", "_fields"}  # of named tuples


def is_private(name: str) -> bool:
    return re.match(r"_(?!_)", name) is not None and name not in PUBLIC_ALL_THE_SAME


def private_names(code: str) -> Iterator[str]:
    """Private names of others that a module imports, asks for, or names in a string to have them replaced."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            dotted = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            yield from (name for name in dotted if any(map(is_private, name.split("."))))
        elif isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            if is_private(node.attr) and not own:
                yield ast.unparse(node)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("setattr", "getattr", "patch"):
            strings = [each.value for each in node.args if isinstance(each, ast.Constant)]
            yield from (each for each in strings if isinstance(each, str) and is_private(each.split(".")[-1]))


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from realtime.a import _b, c", ["_b"]),
        ("import realtime._a", ["realtime._a"]),
        ("from realtime._a import b", ["realtime._a"]),
        ("thing._hidden = self._mine + cls._ours + row._replace(a=1).__class__.x", ["thing._hidden"]),
        ("monkeypatch.setattr(module, '_LIMIT', 3)", ["_LIMIT"]),
        ("monkeypatch.setattr('realtime.a._LIMIT', 3)", ["realtime.a._LIMIT"]),
        ("atom('_NET_CLIENT_LIST')", []),
    ],
)
def test_each_way_to_a_private_name_is_found(code: str, found: list[str]):
    assert list(private_names(code)) == found


def test_no_test_uses_a_private_name():
    files = sorted(TESTS.rglob("*.py"))
    assert len(files) > 100
    used = {f"{path.relative_to(TESTS)}: {name}" for path in files for name in private_names(path.read_text("utf-8"))}
    assert not used

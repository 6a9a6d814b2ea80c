"""docs/command-line.md is what the commands say of themselves."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOL = runpy.run_path(str(ROOT / "tools" / "command_line.py"))


@pytest.mark.parametrize("columns", ["40", "200"])
def test_the_page_is_current_however_wide_the_terminal(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    renew = "not current: python tools/command_line.py writes it"
    assert TOOL["PAGE"].read_text(encoding="utf-8") == TOOL["page"](), renew

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from realtime.sinks.clipboard import Clipboard, ClipboardError


def test_without_pyperclip_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyperclip", None)
    with pytest.raises(ClipboardError, match="pip install pyperclip"):
        Clipboard()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there always is one")
@pytest.mark.usefixtures("no_display")
def test_without_a_clipboard_it_says_so():
    with pytest.raises(ClipboardError, match="no clipboard"):
        Clipboard()


@pytest.mark.skipif(shutil.which("xclip") is None, reason="xclip is missing")
def test_what_is_copied_can_be_pasted(display):
    Clipboard().copy("0522 1859\n7")
    try:
        paste = ["xclip", "-selection", "clipboard", "-o"]
        done = subprocess.run(paste, capture_output=True, text=True, timeout=100, check=True)
        assert done.stdout == "0522 1859\n7"
    finally:
        # xclip stays as long as it owns the clipboard; a last text, to be pasted once, ends it.
        subprocess.run(["xclip", "-selection", "clipboard", "-loops", "1"], input=b"", timeout=100, check=True)
        subprocess.run(paste, capture_output=True, timeout=100, check=False)


def test_a_clipboard_that_fails_is_reported(monkeypatch, tmp_path):
    pyperclip = pytest.importorskip("pyperclip")
    monkeypatch.setattr(pyperclip, "determine_clipboard", lambda: (print, input))
    clipboard = Clipboard()
    (tmp_path / "pyperclip.py").write_text("raise SystemExit(3)\n")
    monkeypatch.setenv("PYTHONPATH", os.fspath(tmp_path))
    with pytest.raises(ClipboardError, match="does not take"):
        clipboard.copy("7")

"""What a shell completes, asked of the shells themselves."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from realtime.command import main as program


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    """The file that has bash complete."""
    path = tmp_path_factory.mktemp("completion") / "digits.bash"
    path.write_text(program.completion("bash"))
    return path


def complete(script: Path, folder: Path, *words: str) -> set[str]:
    """What bash offers for the last word."""
    line = f"COMP_WORDS=({' '.join(map(repr, ('digits', *words)))}); COMP_CWORD={len(words)}"
    code = f"source {script}; {line}; _shtab_digits 2>/dev/null; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", code], cwd=folder, capture_output=True, text=True, env=dict(os.environ))
    return set(done.stdout.split())


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_completes_sub_commands_options_and_paths(script, tmp_path):
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheet.jpg").touch()
    assert complete(script, tmp_path, "") == {"read", "web", "batch", "collect", "sheets", "sheet.jpg"}
    assert complete(script, tmp_path, "she") == {"sheets", "sheet.jpg"}
    assert complete(script, tmp_path, "--sa") == {"--save"}
    assert complete(script, tmp_path, "web", "--po") == {"--port"}
    assert complete(script, tmp_path, "batch", "--out", "s") == {"sheets"}


@pytest.mark.parametrize("shell", program.SHELLS)
def test_each_shell_has_a_script(script, shell, capsys):
    assert program.main(["--print-completion", shell]) == 0
    out = capsys.readouterr().out
    assert "digits" in out and "insecure-stream" in out
    if shutil.which(shell):
        assert subprocess.run([shell, "-n"], input=out, text=True, capture_output=True).returncode == 0

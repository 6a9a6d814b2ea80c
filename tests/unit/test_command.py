"""The command `digits`: which sub-command an argument list is for, what is said, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from realtime.command import main as program
from realtime.command.commands import COMMANDS, parse
from realtime.version import __version__

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def started(monkeypatch):
    """The sub-commands that were started, each with the name it was called by and its arguments."""
    calls = []

    def start(*call):
        calls.append(call)
        return 7

    monkeypatch.setattr(program, "start", start)
    return calls


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        ([], ("read", "digits", [])),
        (["1"], ("read", "digits", ["1"])),
        (["a.jpg", "web"], ("read", "digits", ["a.jpg", "web"])),
        (["./web"], ("read", "digits", ["./web"])),
        (["batch review"], ("read", "digits", ["batch review"])),
        (["--version"], ("read", "digits", ["--version"])),
        (["read", "web"], ("read", "digits read", ["web"])),
        (["web", "--port", "0"], ("web", "digits web", ["--port", "0"])),
        (["batch", "review", "out"], ("batch", "digits batch", ["review", "out"])),
        (["collect"], ("collect", "digits collect", [])),
    ],
)
def test_the_first_argument_names_the_sub_command(argv, expected, started):
    assert program.main(argv) == 7
    assert started == [expected]


def test_arguments_tell_their_command_and_how_it_was_called():
    args = parse("batch", ["review", "out", "--share", "0.5"], "digits batch")
    assert (args.command, args.prog, args.folder, args.share) == ("batch review", "digits batch review", "out", 0.5)


@pytest.mark.parametrize(
    "argv",
    [
        ["--stride", "0"],
        ["web", "--port", "70000"],
        ["web", "--keyfile", "a.pem"],
        ["batch", "sheets"],
        ["batch", "sheets", "--out", "x", "--workers", "²"],
        ["batch", "review", "out", "--share", "0"],
        ["batch", "review", "out", "--share", "much"],
        ["collect", "--rows", "none"],
        ["--print-completion", "cmd"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_are_one_line_and_2(argv, capsys):
    assert program.main(argv) == 2
    out, err = capsys.readouterr()
    called = " ".join(["digits", *(word for word in argv if word in ("web", "batch", "review", "collect"))])
    assert out == "" and err.count("\n") == 1
    assert err.startswith("error: ") and err.endswith(f"(see {called} --help)\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_each_has_help_with_its_own_name_and_a_version(name, capsys):
    assert program.main([*name.split(), "--help"]) == 0
    assert capsys.readouterr().out.startswith(f"usage: digits {name} ")
    assert program.main([*name.split(), "--version"]) == 0
    assert capsys.readouterr().out == f"digits {__version__}\n"


def test_help_names_the_sub_commands_and_examples(capsys):
    assert program.main(["--help"]) == 0
    out = capsys.readouterr().out
    for words in ("digits COMMAND", "\n    web ", "\n    batch ", "\n    collect ", "--save PATH", "digits clip.mp4 "):
        assert words in out


@pytest.mark.parametrize(
    ("argv", "code"),
    [(["--help"], 0), (["--version"], 0), (["batch", "--help"], 0), (["batch", "review"], 2), (["a.jpg", "--nope"], 2)],
)
def test_help_and_wrong_arguments_import_neither_opencv_nor_a_network(argv, code):
    script = (
        f"import sys; from realtime.command.main import main; code = main({argv}); "
        "heavy = {'cv2', 'numpy', 'ai_edge_litert', 'pyarrow', 'starlette'} & set(sys.modules); "
        "sys.exit(f'{code} {heavy}')"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == f"{code} set()"


def test_what_is_not_installed_is_named_with_its_extra(monkeypatch, capsys):
    def missing(name):
        raise ImportError("No module named 'pyarrow'", name="pyarrow")

    monkeypatch.setattr(program, "import_module", missing)
    assert program.main(["batch", "sheets", "--out", "out"]) == 1
    assert capsys.readouterr().err == "error: No module named 'pyarrow'; it is in the extra digit-reader[batch]\n"


def test_completion_says_what_it_needs(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert program.main(["--print-completion", "bash"]) == 1
    assert "pip install shtab" in capsys.readouterr().err

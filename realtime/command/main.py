"""The command `digits`, and the way in that it shares with `python -m realtime` and its like."""

from __future__ import annotations

import sys
from importlib import import_module

from realtime.command.arguments import Parser, add_version
from realtime.command.commands import COMMANDS, add_read_options, parse

SHELLS = ("bash", "zsh", "fish")
"""Shells for which `--print-completion` has a script."""

_EXTRAS = {"pyarrow": "batch", "fsspec": "batch"}


def main(argv: list[str] | None = None) -> int:
    """Run `digits`: the first argument names a sub-command; where it names none, everything is for `read`.

    Returns:
        The exit code: 0 finished or quit; 1 something expected failed; 2 wrong arguments; 130 ctrl-C.
    """
    argv = sys.argv[1:] if argv is None else argv
    first = argv[0] if argv else ""
    try:
        if first in ("-h", "--help"):
            whole_parser().print_help()
            return 0
        if first.startswith("--print-completion"):
            return _print_completion(argv)
    except SystemExit as stop:  # wrong arguments: all is said
        return int(stop.code or 0)
    if first in COMMANDS and " " not in first:
        return start(first, f"digits {first}", argv[1:])
    return start("read", "digits", argv)


def start(name: str, prog: str, argv: list[str] | None = None) -> int:
    """Run a sub-command.

    Wrong arguments and `--help` are answered before anything heavy is imported.

    Args:
        name: of the sub-command.
        prog: how the user called it.
        argv: the arguments; those of the process where left out.
    """
    argv = sys.argv[1:] if argv is None else argv
    try:
        parse(name, argv, prog)
        module = import_module(COMMANDS[name].module)
    except SystemExit as stop:
        return int(stop.code or 0)
    except KeyboardInterrupt:  # while still importing
        return 130
    except ImportError as error:  # a library that the system or the environment lacks
        extra = _EXTRAS.get(error.name or "")
        hint = f"; it is in the extra digit-reader[{extra}]" if extra else ""
        print(f"error: {error}{hint}", file=sys.stderr)
        return 1
    code: int = module.main(argv, prog=prog)
    return code


def whole_parser() -> Parser:
    """The parser of `digits --help`: the options of `read`, and the list of the sub-commands."""
    parser = Parser(prog="digits")
    COMMANDS["read"].fill(parser)
    parser.usage = "%(prog)s [options] [SOURCE ...]\n       %(prog)s COMMAND ..."
    add_version(parser)
    text = f"print what lets a shell complete our options: {', '.join(SHELLS)}"
    parser.add_argument("--print-completion", metavar="SHELL", choices=SHELLS, help=text)
    _add_commands(parser)
    return parser


def completion(shell: str) -> str:
    """The script that completes sub-commands, options and paths in a shell.

    Raises:
        ImportError: shtab is not installed.
    """
    import shtab

    parser = Parser(prog="digits")
    add_read_options(parser)
    add_version(parser)
    parsers = _add_commands(parser)
    kinds = {"FOLDER": shtab.DIRECTORY, **dict.fromkeys(("PATH", "SOURCE", "INPUT"), shtab.FILE)}
    for action in (action for each in (parser, *parsers) for action in each.arguments):
        if (kind := kinds.get(str(action.metavar))) is not None:
            action.complete = kind  # type: ignore[attr-defined]
    # What is no sub-command is a source; shtab knows one or the other only.
    sources = {"bash": f"_shtab_digits_pos_0_COMPGEN={shtab.FILE['bash']}"}
    return str(shtab.complete(parser, shell, preamble=sources))


def _add_commands(parser: Parser) -> list[Parser]:
    """Give a parser the sub-commands, and return their parsers."""
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="digits", required=False)
    parsers = []
    for name, command in COMMANDS.items():
        if " " not in name:  # those of a sub-command stand in its own help
            child = commands.add_parser(name, help=command.summary, prog=f"digits {name}")
            command.fill(child)
            add_version(child)
            parsers.append(child)
    return parsers


def _print_completion(argv: list[str]) -> int:
    shell = whole_parser().parse_args(argv).print_completion
    try:
        print(completion(shell))
    except ImportError:
        print("error: shell completion needs shtab: pip install shtab", file=sys.stderr)
        return 1
    return 0

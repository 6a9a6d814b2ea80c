"""Exceptions that nobody expected: one line for the user, the traceback with `--verbose`."""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol

P = ParamSpec("P")


class Command(Protocol[P]):
    """The `main` of a command; without arguments it takes those of the process."""

    def __call__(self, argv: list[str] | None = None, *args: P.args, **kwargs: P.kwargs) -> int:
        """Run the command; its exit code."""


def one_line(error: BaseException) -> str:
    """What happened and where, as one line: `unexpected KeyError: 'x' (layout.py, line 12)`."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return " ".join(f"unexpected {type(error).__name__}: {error}".split()) + where


def no_traceback(main: Callable[Concatenate[list[str], P], int]) -> Command[P]:
    """Decorate the `main(argv)` of a command: an exception that reaches it is one line on standard error.

    Everything that `main` opened has been closed by then, so what was written so far is kept. The exit code is 1.
    With `--verbose` among the arguments the traceback is printed before the line.
    """

    @functools.wraps(main)
    def guarded(argv: list[str] | None = None, *args: P.args, **kwargs: P.kwargs) -> int:
        given = sys.argv[1:] if argv is None else argv
        try:
            return main(given, *args, **kwargs)
        except Exception as error:
            if "--verbose" in given:
                traceback.print_exc()
                hint = ""
            else:
                hint = "; --verbose says more"
            print(f"error: {one_line(error)}{hint}", file=sys.stderr)
            return 1

    return guarded

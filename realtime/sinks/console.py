"""The terminal: data to standard output, everything else to standard error, with or without a progress bar between."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Self


class Console:
    """Says things to the user.

    Args:
        quiet: say errors only.
        verbose: give errors their traceback, and say more.
    """

    def __init__(self, quiet: bool = False, verbose: bool = False) -> None:
        self.verbose = verbose
        self._quiet = quiet
        self._bar: Any = None

    def data(self, line: str) -> None:
        """One line to standard output, at once.

        Raises:
            BrokenPipeError: if nobody reads it any more.
        """
        with self._beside_the_bar():
            print(line, flush=True)

    def info(self, text: str) -> None:
        """What is good to know."""
        if not self._quiet:
            self._print(text)

    def error(self, text: str) -> None:
        """What went wrong, as one line."""
        if self.verbose and sys.exc_info()[0] is not None:
            self._print(traceback.format_exc().rstrip())
        self._print(f"error: {' '.join(text.split())}")

    def progress(self, total: int | None) -> Self:
        """A bar on a terminal, until the console's `with` block ends; `total` is a hint."""
        if not self._quiet and total is not None and total > 1 and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            # On a terminal that does not know its size, and says 0, tqdm would draw nothing.
            known = os.get_terminal_size(sys.stderr.fileno()).columns > 0
            size = {"dynamic_ncols": True} if known else {"ncols": 80, "nrows": 24}
            self._bar = tqdm(total=total, unit=" frames", leave=False, **size)
        return self

    def step(self) -> None:
        """One frame is done."""
        if self._bar is not None:
            self._bar.update()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _print(self, text: str) -> None:
        with self._beside_the_bar():
            print(text, file=sys.stderr, flush=True)

    def _beside_the_bar(self) -> AbstractContextManager[object]:
        return nullcontext() if self._bar is None else self._bar.external_write_mode()

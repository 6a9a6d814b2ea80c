"""Ctrl-C and `kill` end the program between two writes, never within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any


class Interrupts:
    """While in use, the first SIGINT, SIGTERM or SIGHUP raises KeyboardInterrupt, but never inside `held()`.

    From the second on the signals do what they did before, so that a program that hangs can be ended.

    Attributes:
        exit_code: 128 + the number of the signal, as shells count; 130 for ctrl-C.
    """

    def __init__(self) -> None:
        self.exit_code = 128 + signal.SIGINT
        self._before: dict[int, Any] = {}
        self._held = False
        self._pending = False

    def __enter__(self) -> Interrupts:
        if threading.current_thread() is threading.main_thread():
            for name in ("SIGINT", "SIGTERM", "SIGHUP"):
                number = getattr(signal, name, None)
                if number is None or (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                    continue  # nohup means it
                self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._restore()

    @contextmanager
    def held(self) -> Iterator[None]:
        """What stands in this block is finished first."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._pending:
            raise KeyboardInterrupt

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.exit_code = 128 + number
        self._restore()
        if self._held:
            self._pending = True
        else:
            raise KeyboardInterrupt

    def _restore(self) -> None:
        while self._before:
            number, handler = self._before.popitem()
            signal.signal(number, handler)

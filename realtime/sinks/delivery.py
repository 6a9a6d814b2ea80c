"""Delivery: readings on their way to another program, sent by a thread of its own so that nobody waits for them."""

from __future__ import annotations

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any, Self

MOST = 1000
"""Readings that wait at once; of more the oldest is left out."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before it is tried again, doubled each time."""

AT_THE_END, IN_VAIN = 30.0, 3.0
"""Seconds for which what still waits is waited for at the end; and where nothing is taken, or ctrl-C was pressed."""

Send = Callable[[str, bytes], None]
"""Called with the id and the JSON of a reading, from the thread.

Raises:
    NotNow: it may go well another time.
    Never: it will not.
"""


class NotNow(Exception):
    """The other side does not answer, or asks to be asked later; the text says why."""


class Never(Exception):
    """The other side refuses this reading; the text says why."""


class Delivery:
    """Sends readings in order, each until it is taken or refused; a context manager that sends what waits.

    Args:
        name: of the other side in messages, without a password.
        send: sends one.
        close: lets go of the other side.
        on_failure: called from the thread, once for each new reason.

    """

    def __init__(self, name: str, send: Send, close: Callable[[], None], on_failure: Callable[[str], None]) -> None:
        self._name, self._send, self._close, self._on_failure = name, send, close, on_failure
        self._waiting: queue.Queue[tuple[str, bytes] | None] = queue.Queue()
        self._ended = threading.Event()
        self._said = ""
        self._given = self._taken = 0
        self._thread = threading.Thread(target=self._run, name="delivery", daemon=True)
        self._thread.start()

    @property
    def lost(self) -> int:
        """How many readings were not taken, so far."""
        return self._given - self._taken

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close(IN_VAIN if kind is KeyboardInterrupt else AT_THE_END)

    def put(self, reading: dict[str, Any]) -> None:
        """Send a reading as soon as may be; it gets an `id`, which is the same however often it is tried."""
        name = str(uuid.uuid4())
        while self._waiting.qsize() >= MOST:
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                break
        self._given += 1
        self._waiting.put((name, json.dumps({"id": name, **reading}, ensure_ascii=False).encode()))

    def close(self, seconds: float) -> None:
        """Send what waits, for so many seconds at most, and say how much of it was lost."""
        start = time.monotonic()
        self._waiting.put(None)
        try:
            while self._thread.is_alive() and time.monotonic() < start + (
                min(IN_VAIN, seconds) if self._said else seconds
            ):
                self._thread.join(0.05)
        finally:  # ctrl-C may end the waiting
            self._ended.set()
            self._thread.join(0.5)
            self._close()
            if self.lost:
                self._on_failure(
                    f"{self._name}: {self.lost} {'reading was' if self.lost == 1 else 'readings were'} not taken"
                )

    def _run(self) -> None:
        while (item := self._waiting.get()) is not None and not self._ended.is_set():
            self._taken += self._deliver(*item)

    def _deliver(self, name: str, data: bytes) -> bool:
        pause = FIRST_PAUSE
        while True:
            try:
                self._send(name, data)
                self._said = ""
                return True
            except NotNow as error:
                self._say(f"{error}; trying again")
                if self._ended.wait(pause):
                    return False
                pause = min(2 * pause, LONGEST_PAUSE)
            except Never as error:
                self._say(str(error))
                return False

    def _say(self, reason: str) -> None:
        if reason != self._said:
            self._said = reason
            self._on_failure(f"{self._name}: {reason}")

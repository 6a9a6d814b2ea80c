"""Child processes that leave ctrl-C to their parent, and do not outlive it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait

SPAWN = multiprocessing.get_context("spawn")
"""How children are started: forked ones would inherit the locks of OpenCV's threads, and hang."""


@contextmanager
def no_ctrl_c() -> Iterator[None]:
    """Ctrl-C waits until the end of the block, and passes processes by that are started in it.

    While they start they would answer it with a traceback each.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def settle_in(memory: int | None = None) -> None:
    """To be called first by the child: ctrl-C is for the parent to see to, and one that was killed leaves nobody.

    Args:
        memory: bytes that the child may hold of its own; without a limit where it is left out, and on Windows.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    if memory is not None:
        _limit_memory(memory)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


def _limit_memory(most: int) -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most, resource.getrlimit(resource.RLIMIT_DATA)[1]))

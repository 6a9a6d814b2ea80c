"""Keeps what C libraries print off the terminal."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_inside = 0  # threads that want it quiet
_saved = -1  # the real file descriptor 2 meanwhile


@contextmanager
def native_stderr_off() -> Iterator[None]:
    """Meanwhile nothing reaches file descriptor 2, where libpng and OpenCV's video writer print whatever one sets.

    Any number of threads may be inside at once: the last one out puts it back.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _inside, _saved
    with _lock:
        _inside += 1
        if _inside > 1:
            return
        try:
            sys.stderr.flush()
            _saved = os.dup(2)
        except (AttributeError, OSError, ValueError):  # there is no stderr to protect
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)


def _leave() -> None:
    global _inside, _saved
    with _lock:
        _inside -= 1
        if _inside == 0 and _saved >= 0:
            os.dup2(_saved, 2)
            os.close(_saved)
            _saved = -1

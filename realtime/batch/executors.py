"""Where the work is done: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait

from realtime.batch.optional import need
from realtime.paths import OutputError

_PATIENCE = 30  # seconds for a scheduler to answer


@contextmanager
def processes(workers: int) -> Iterator[Executor]:
    """So many processes, ended at once where the block is left by an exception."""
    before = set(multiprocessing.active_children())
    # Forked children would inherit the locks of OpenCV's threads, and hang.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_settle_in)
    try:
        resource_tracker.ensure_running()  # when it starts it would let ctrl-C through again
        with _no_ctrl_c():  # while they start they would answer it with a traceback each
            pool.submit(int)
        yield pool
    except BaseException:
        for child in set(multiprocessing.active_children()) - before:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def cluster(address: str) -> Iterator[Executor]:
    """The workers of a Dask scheduler at `tcp://host:port`; this package must be installed there, and see the files.

    Raises:
        OutputError: Dask is missing, or nobody answers there.
    """
    distributed = need("distributed", "distributed", "--scheduler")
    try:
        client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OutputError(f"{address}: no Dask scheduler answers there") from error
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def _no_ctrl_c() -> Iterator[None]:
    """Ctrl-C waits until the end of the block, and passes processes by that are started in it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _settle_in() -> None:
    """Ctrl-C is for the parent to see to; a parent that was killed leaves nobody behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)

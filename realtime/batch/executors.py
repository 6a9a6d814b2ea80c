"""Where the work is done: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import resource_tracker

from realtime.batch.optional import need
from realtime.sinks.paths import OutputError
from realtime.system.processes import SPAWN, no_ctrl_c, settle_in

PATIENCE = 30  # seconds for a scheduler to answer


@contextmanager
def processes(workers: int, memory: int | None = None) -> Iterator[Executor]:
    """So many processes, ended at once where the block is left by an exception.

    Args:
        workers: how many.
        memory: bytes that each of them may hold.
    """
    before = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, mp_context=SPAWN, initializer=settle_in, initargs=(memory,))
    try:
        resource_tracker.ensure_running()  # when it starts it would let ctrl-C through again
        with no_ctrl_c():
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
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise OutputError(f"{address}: no Dask scheduler answers there") from error
    with client:
        yield client.get_executor(pure=False)

"""Threads that read pictures, each with a recogniser in a process of its own: many pictures at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from realtime.live.worker import Worker
from realtime.numbers.form import Form
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.web import limits
from realtime.web.asked import Expecting

T = TypeVar("T")


class Workers:
    """Runs functions that need a recogniser's process, first come, first served.

    Args:
        make: makes a recogniser; called once in each process, see `Worker`.
        most: pictures that are read at the same time.
    """

    def __init__(self, make: Callable[[], Recognizer], most: int) -> None:
        self._make = make
        self._own = threading.local()
        self._processes: list[Worker] = []
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="reader")
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._free = asyncio.Semaphore(most)
        # Large photos and videos take longer than frames: one process at least is left to those who wait live.
        self._unhurried = asyncio.Semaphore(max(1, most - 1))

    async def quick(self, function: Callable[..., T], *args: object) -> T:
        """`function(*args)` beside all reading, for what takes milliseconds."""
        return await asyncio.get_running_loop().run_in_executor(self._beside, function, *args)

    async def read(self, frame: NDArray[np.uint8], form: Form | None) -> Trace:
        """What the recogniser sees in a `(H, W, 3) uint8` BGR frame whose numbers have a form."""
        return await self.live(lambda worker: (worker if form is None else Expecting(worker, form)).trace(frame))

    async def live(self, function: Callable[[Worker], T]) -> T:
        """`function(worker)` in one of the threads."""
        async with self._free:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._call, function)

    async def unhurried(self, function: Callable[[Worker], T]) -> T:
        """`function(worker)` in one of the threads, for what takes long: one thread at least is left to others."""
        async with self._unhurried:
            return await self.live(function)

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        self._beside.shutdown(wait=False, cancel_futures=True)
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.close()

    def _call(self, function: Callable[[Worker], T]) -> T:
        if not hasattr(self._own, "recognizer"):
            self._own.recognizer = Worker(self._make, limits.READER_BYTES)
            self._processes.append(self._own.recognizer)
        return function(self._own.recognizer)

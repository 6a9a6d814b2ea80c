"""Threads that read pictures, each with a recogniser of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from realtime.recognizer import Recognizer

T = TypeVar("T")


class Workers:
    """Runs functions that need a recogniser, first come, first served.

    Args:
        make: makes a recogniser; called once in each thread.
        threads: pictures that are read at the same time.
    """

    def __init__(self, make: Callable[[], Recognizer], threads: int) -> None:
        self._make = make
        self._own = threading.local()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="reader")
        self._free = asyncio.Semaphore(threads)
        # Photos and videos take longer than frames: one of them at a time leaves room for those who wait live.
        self._unhurried = asyncio.Semaphore(max(1, threads - 1))

    async def live(self, function: Callable[[Recognizer], T]) -> T:
        """`function(recognizer)` in one of the threads."""
        async with self._free:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._call, function)

    async def unhurried(self, function: Callable[[Recognizer], T]) -> T:
        """The same for what takes long."""
        async with self._unhurried:
            return await self.live(function)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _call(self, function: Callable[[Recognizer], T]) -> T:
        if not hasattr(self._own, "recognizer"):
            self._own.recognizer = self._make()
        return function(self._own.recognizer)

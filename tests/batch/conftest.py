from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

import cv2
import pytest


@pytest.fixture
def in_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Archives are read in this process: what is tested is the same, and nothing has to start."""

    @contextmanager
    def threads(workers: int, memory: int) -> Iterator[Executor]:
        with ThreadPoolExecutor(1) as pool:
            yield pool

    monkeypatch.setattr("realtime.batch.cli.processes", threads)
    before = cv2.getNumThreads()
    yield
    cv2.setNumThreads(before)

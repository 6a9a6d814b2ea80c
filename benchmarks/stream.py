"""A video as an endless stream of JPEGs over HTTP, in a process of its own, that can be cut: a camera to be tried."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from benchmarks.mjpeg import Server, to_jpeg
from realtime.sources.open import open_source
from realtime.system.processes import SPAWN

_AWAY = 0.7  # seconds for which nobody gets a picture after a cut


class Stream:
    """Plays `video` over and over, `rate` frames a second; a context manager.

    Attributes:
        url: its address.
    """

    def __init__(self, video: Path, rate: float) -> None:
        self._orders, orders = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(orders, str(video), rate), daemon=True)
        self._process.start()
        orders.close()
        self.url: str = self._orders.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._orders.close()
        self._process.join()

    def cut(self) -> None:
        """Break every connection; for a moment new ones are broken as well."""
        self._orders.send("cut")


def _serve(orders: Connection, video: str, rate: float) -> None:
    with open_source(video) as source:
        pictures = [to_jpeg(frame.image) for frame in source]
    begin, away, stop = time.monotonic(), threading.Event(), threading.Event()

    def endless() -> Iterator[bytes]:
        sent = -1
        while not away.is_set() and not stop.is_set():
            now = int((time.monotonic() - begin) * rate)
            if now == sent:
                time.sleep(0.2 / rate)
                continue
            sent = now
            yield pictures[now % len(pictures)]

    server = Server(endless)
    orders.send(server.url)
    try:
        while True:
            orders.recv()
            away.set()
            time.sleep(_AWAY)
            away.clear()
    except EOFError:
        stop.set()
        server.close()

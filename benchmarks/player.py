"""A camera for measurements: plays pictures once, on command, and remembers which one was sent when.

Pictures are numbered by their order of arrival. A connection delivers every byte in order and the source counts every
picture that it takes off it, those it drops for newer ones included, so the number of a picture at the receiving end
is its place in `Player.sent`. Nothing is written into the pictures: the recogniser would see it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from typing import NamedTuple, Self

from benchmarks.mjpeg import Server
from realtime.system.processes import SPAWN


class Sent(NamedTuple):
    """One picture that was sent.

    Attributes:
        frame: which of the pictures; below 0 before `play`, their number or more after the last one.
        time: `time.monotonic()` just before it was sent.
    """

    frame: int
    time: float


class Player:
    """Sends JPEGs over HTTP from a process of its own; a context manager. For one connection.

    The first picture is sent over and over until `play`, and the last one after the end: sources look at some pictures
    before they deliver the first. Where the reader is slow the camera's clock goes on, and pictures are left out.

    Args:
        jpegs: the pictures.
        rate: how many a second.

    Attributes:
        url: the address.
    """

    def __init__(self, jpegs: Sequence[bytes], rate: float) -> None:
        self._pipe, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(theirs, list(jpegs), rate), daemon=True)
        self._process.start()
        theirs.close()
        self.url: str = self._pipe.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pipe.close()
        self._process.join()

    def play(self) -> None:
        """Begin with the first picture."""
        self._pipe.send("play")

    @property
    def playing(self) -> bool:
        """Whether some of the pictures are still to be sent."""
        return not self._pipe.poll()

    def sent(self) -> list[Sent]:
        """End the connection, and tell what was sent over it, in order. Waits for the last picture."""
        self._pipe.recv()
        self._pipe.send("end")
        return self._pipe.recv()


def _serve(pipe: Connection, jpegs: list[bytes], rate: float) -> None:
    play, stop, played = threading.Event(), threading.Event(), False
    sent: list[Sent] = []

    def pictures() -> Iterator[bytes]:
        nonlocal played
        begin, first = time.monotonic(), None
        while not stop.is_set():
            now = time.monotonic()
            tick = int((now - begin) * rate)
            if first is None and play.is_set():
                first = tick
            frame = -1 if first is None else tick - first
            if frame >= len(jpegs) and not played:
                played = True
                pipe.send("played")
            sent.append(Sent(frame, now))
            yield jpegs[min(max(frame, 0), len(jpegs) - 1)]
            stop.wait(max(0.0, begin + (tick + 1) / rate - time.monotonic()))

    server = Server(pictures)
    pipe.send(server.url)
    try:
        pipe.recv()
        play.set()
        pipe.recv()
        stop.set()
        pipe.send(list(sent))
    except EOFError:
        pass
    stop.set()
    server.close()

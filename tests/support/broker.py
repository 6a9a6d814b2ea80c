"""A broker of MQTT 3.1.1 in a thread, as much of one as a publisher needs."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

_CONNECT, _PUBLISH, _PING, _LEAVE = 1, 3, 12, 14


class Broker:
    """Keeps what is published.

    Args:
        password: what who connects has to give; none where it is left out.
        port: 0 for any that is free.

    Attributes:
        messages: topic and payload of each, as often as it came.
    """

    def __init__(self, password: str | None = None, port: int = 0) -> None:
        self._password = password
        self._listening = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self.messages: list[tuple[str, bytes]] = []
        self.came = threading.Condition()
        self._threads = [threading.Thread(target=self._accept)]
        self._connections: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in (self._listening, *self._connections):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(100)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self._connections.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as file, suppress(OSError, IndexError):
            while head := file.read(1):
                kind, body = head[0] >> 4, file.read(_length(file))
                if kind == _CONNECT:
                    allowed = self._password is None or body.endswith(self._password.encode())
                    connection.sendall(bytes([0x20, 2, 0, 0 if allowed else 5]))
                    if not allowed:
                        return
                elif kind == _PUBLISH:
                    at = 2 + int.from_bytes(body[:2], "big")
                    with self.came:
                        self.messages.append((body[2:at].decode(), body[at + 2 :]))
                        self.came.notify_all()
                    connection.sendall(bytes([0x40, 2]) + body[at : at + 2])
                elif kind == _PING:
                    connection.sendall(bytes([0xD0, 0]))
                elif kind == _LEAVE:
                    return


def _length(file) -> int:
    value = shift = 0
    while True:
        byte = file.read(1)[0]
        value |= (byte & 127) << shift
        if byte < 128:
            return value
        shift += 7

"""uvicorn, with less patience for clients that are slow, silent or gone."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Collection
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from realtime.system.errors import one_line
from realtime.web import limits


class Impatient:
    """Mixed into a protocol: drops a client that does not read what it is sent."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    _stalled: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """Begin to count the time for which the client reads nothing."""
        super().pause_writing()  # type: ignore[misc]
        if self._stalled is None:
            self._stalled = self.loop.call_later(limits.STALLED_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop counting: the client reads again."""
        self._calm()
        super().resume_writing()  # type: ignore[misc]

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting: the client has left."""
        self._calm()
        super().connection_lost(exc)  # type: ignore[misc]

    def _calm(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


class Http(Impatient, H11Protocol):
    """Drops a client whose request does not come; says what is wrong with one that is malformed in JSON.

    Where there are too many connections, or too many from one address, that which has asked for nothing for longest has
    to go.
    """

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request, where there is room for this connection."""
        super().connection_made(transport)
        everybody: Collection[Any] = self.connections
        of_one = [other for other in everybody if other.client and self.client and other.client[0] == self.client[0]]
        room = True
        if len(of_one) > limits.CONNECTIONS_OF_ONE:
            room = self._make_room(of_one, "too many connections from one address")
        elif len(everybody) > limits.CONNECTIONS:
            room = self._make_room(everybody, "too many connections")
        if room:
            self._watch_head()

    def _make_room(self, connections: Collection[Any], refusal: str) -> bool:
        """Hang up that of these which has asked for nothing for longest; where there is none, this one, with a word."""
        silent = [other for other in connections if isinstance(other, Http) and other._waiting]
        if not silent:
            self._refuse("503 Service Unavailable", refusal)
            return False
        min(silent, key=lambda other: other._waiting.when()).transport.abort()  # type: ignore[union-attr]
        return True

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request."""
        super().data_received(data)
        self._watch_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more: the client has left."""
        self._stop_watching()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer a malformed request in JSON, not in the words of h11."""
        self._refuse("400 Bad Request", "not an HTTP request that can be read")

    def _refuse(self, status: str, error: str) -> None:
        body = json.dumps({"error": error}).encode()
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        self.transport.close()

    def _watch_head(self) -> None:
        """Between two requests the clock runs; while one is served, or once it is a WebSocket, it stands."""
        waits = self.cycle is None or self.cycle.response_complete
        if not waits or self.transport.get_protocol() is not self:
            self._stop_watching()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(limits.HEADER_SECONDS, self.transport.abort)

    def _stop_watching(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class Socket(Impatient, WebSocketsSansIOProtocol):
    """Drops a client that no longer answers pings at once: what is still to be sent to it would wait for ever."""

    def keepalive_timeout(self) -> None:
        """Drop the client."""
        super().keepalive_timeout()
        self.transport.abort()


def make_server(
    app: ASGIApp,
    host: str,
    port: int,
    certfile: str | None = None,
    keyfile: str | None = None,
    *,
    verbose: bool = False,
) -> Server:
    """A server that is not running yet; `verbose` prints the traceback of an error within a request."""
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    if not verbose:
        logging.getLogger("uvicorn.error").addFilter(_shortened)
    return Server(_config(app, host, port, certfile, keyfile))


def _config(app: ASGIApp, host: str, port: int, certfile: str | None, keyfile: str | None) -> uvicorn.Config:
    options: dict[str, Any] = {"ssl_certfile": certfile, "ssl_keyfile": keyfile}
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=Http,
        ws=Socket,
        loop="asyncio",
        lifespan="on",
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        ws_max_size=limits.FRAME_BYTES,
        ws_ping_interval=10.0,
        ws_ping_timeout=10.0,
        ws_per_message_deflate=False,  # pictures do not shrink, and what does may be a bomb
        **options,
    )


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a message should be printed: not that ctrl-C has ended what was still being read."""
    cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cancelled and not record.getMessage().endswith("timeout graceful shutdown exceeded")


def _shortened(record: logging.LogRecord) -> bool:
    """Reduce a message with a traceback to one line; returns True, so that it is printed."""
    if record.exc_info is not None and record.exc_info[1] is not None:
        record.msg, record.args = f"{one_line(record.exc_info[1])}; --verbose says more", ()
        record.exc_info = record.exc_text = None
    return True


class Server(uvicorn.Server):
    """Calls `when_started()` once it accepts connections."""

    _second: uvicorn.Config | None = None

    def when_started(self) -> None:
        """Replaced by whoever wants to know."""

    def listen_also(self, app: ASGIApp, host: str, port: int, certfile: str) -> None:
        """Listen there too, for https, and answer with another app. Connections of both count together.

        Args:
            app: answers; only the first app is told when the server starts and ends.
            host: address to listen on.
            port: 0 for any that is free.
            certfile: certificate and key.
        """
        self._second = _config(app, host, port, certfile, None)

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Listen; `listen_also` says where else."""
        await super().startup(sockets)
        if self.started and self._second is not None:
            self._second.load()
            state = {"server_state": self.server_state, "app_state": self.lifespan.state}
            listen = partial(Http, config=self._second, **state)
            where = self._second.host, self._second.port
            loop = asyncio.get_running_loop()
            self.servers.append(await loop.create_server(listen, *where, ssl=self._second.ssl))
        if self.started:
            self.when_started()

    @property
    def port(self) -> int:
        """The port it listens on, also where 0 was asked for."""
        return self.ports[0]

    @property
    def ports(self) -> list[int]:
        """The ports it listens on, that of `listen_also` as the last."""
        return [server.sockets[0].getsockname()[1] for server in self.servers]

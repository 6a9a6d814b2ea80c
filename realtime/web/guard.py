"""Who may ask, and what every answer says about itself."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from realtime.system.addresses import is_address

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class Guard:
    """Refuses requests under a foreign name or from a foreign page, and puts the safe headers on every answer.

    Args:
        app: what it guards.
        names: host names, in small letters, under which the server may be called.
        any_address: whether it may also be called by any IP address. A page of somebody else's can make its own
            name point to us, but not an address.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = LOCAL, any_address: bool = False) -> None:
        self._app = app
        self._names = frozenset(names)
        self._any_address = any_address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        problem = self._problem(headers, host)

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(MutableHeaders(scope=message), host if problem is None else "localhost")
                if message["status"] >= 400:  # some of the body may still be on its way
                    MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        if problem is None:
            await self._app(scope, receive, send_safely)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": problem})
        else:
            body = json.dumps({"error": problem}).encode()
            start = {"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"application/json")]}
            await send_safely(start)
            await send({"type": "http.response.body", "body": body})

    def _problem(self, headers: Headers, host: str) -> str | None:
        name = _name(host)
        if name is None or not (name in self._names or (self._any_address and is_address(name))):
            return "wrong Host: call the server by the address that it printed"
        origins = headers.getlist("origin")
        if any(_netloc(origin) != host.lower() for origin in origins):
            return "wrong Origin: other pages may not use this server"
        if headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return "other pages may not use this server"
        return None


def names_of(host: str) -> frozenset[str]:
    """Names under which a server that listens on `host` may be called."""
    own = socket.gethostname().lower()
    return LOCAL | {host.lower(), own, own.split(".")[0], own.split(".")[0] + ".local"}


def _add_headers(headers: MutableHeaders, host: str) -> None:
    # Older Safari does not count a WebSocket of the same host as 'self'.
    headers["Content-Security-Policy"] = (
        f"default-src 'self'; connect-src 'self' ws://{host} wss://{host}; img-src 'self' blob: data:; "
        "media-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    headers["Cache-Control"] = "no-store"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:  # http://[ is no address
        return None


def _name(host: str) -> str | None:
    """The name in a Host header, without its port; None where it is malformed."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    plain = parts.netloc == host and "@" not in host and host.isascii() and not set(host) & set(" \t;,'\"")
    return parts.hostname.lower() if plain and parts.hostname else None

"""A web server of this process, on a port that is free, for as long as a test needs it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from realtime.web.app import make_app
from realtime.web.server import make_server


class Running:
    """`with Running() as server:` serves at `server.address` until the block ends.

    Args:
        port: 0 for any that is free.
        corrections: folder for them; none are taken where it is left out.
    """

    def __init__(self, port: int = 0, corrections: Path | None = None) -> None:
        app = make_app(most=2, corrections=corrections)
        self._server = make_server(app, "127.0.0.1", port)
        self._started = threading.Event()
        self._server.when_started = self._started.set  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._started.wait(100), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(100)
        assert not self._thread.is_alive(), "the server did not stop"

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        source: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in small letters, and body of an answer; `source` is the address that is called from."""
        mine = None if source is None else (source, 0)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=200, source_address=mine)
        try:
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def post(self, path: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        status, _, content = self.request("POST", path, body, headers)
        return status, json.loads(content)


def until(true: Callable[[], bool], seconds: float = 100) -> bool:
    """Whether something becomes true before long."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True

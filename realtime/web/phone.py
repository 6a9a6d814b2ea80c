"""What a phone's camera reads, shown on the page of the computer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket

Shown = tuple[dict[str, Any], bytes]


class Relay:
    """Passes the frames of paired devices on to the pages that watch them; slow pages miss frames.

    Attributes:
        address: what a device opens to be paired.
        code: the address as a QR code, the data URI of a picture.
    """

    def __init__(self) -> None:
        self.address = self.code = ""
        self._watchers: set[_Watcher] = set()

    def show(self, record: dict[str, Any], picture: bytes) -> None:
        """Give all watchers a frame, a JPEG, PNG or WebP, and its record."""
        for watcher in self._watchers:
            watcher.put((record, picture))

    def routes(self) -> list[BaseRoute]:
        """`/api/phone`: the address and its code; `/api/phone/live`: the frames. Neither is for paired devices."""
        return [Route("/api/phone", self._address), WebSocketRoute("/api/phone/live", self._watch)]

    async def _address(self, request: Request) -> Response:
        if is_paired(request):
            raise HTTPException(404, "only the computer shows the code")
        return JSONResponse({"address": self.address, "code": self.code})

    async def _watch(self, socket: WebSocket) -> None:
        if is_paired(socket):
            await socket.close(1008, "only the computer watches")
            return
        await socket.accept()
        watcher = _Watcher()
        self._watchers.add(watcher)
        leaving = asyncio.create_task(_left(socket))
        sending = asyncio.create_task(watcher.send(socket))
        try:
            await asyncio.wait({leaving, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._watchers.discard(watcher)
            for task in (leaving, sending):
                task.cancel()
            await asyncio.gather(leaving, sending, return_exceptions=True)


class _Watcher:
    """The newest frame that one page has not got yet."""

    def __init__(self) -> None:
        self._newest: Shown | None = None
        self._there = asyncio.Event()

    def put(self, frame: Shown) -> None:
        self._newest = frame
        self._there.set()

    async def send(self, socket: WebSocket) -> None:
        while True:
            await self._there.wait()
            self._there.clear()
            assert self._newest is not None
            record, picture = self._newest
            await socket.send_text(json.dumps(record))
            await socket.send_bytes(picture)


async def _left(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def is_paired(client: HTTPConnection) -> bool:
    """Whether a request comes from a paired device, not from this computer."""
    return bool(client.scope.get("paired"))

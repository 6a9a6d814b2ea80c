"""Frames of one camera over a WebSocket: a picture comes, what is read in it goes back."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from functools import partial
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.frame import Frame, SourceError
from realtime.layout import arrange
from realtime.output import record
from realtime.recognizer import Recognizer
from realtime.seen import Caption
from realtime.tracker import Tracker
from realtime.web import limits
from realtime.web.pictures import decode
from realtime.web.workers import Workers

TRY_AGAIN_LATER = 1013
POLICY = 1008


class Watch:
    """One client's camera: what its tracker holds, and how many frames have come."""

    def __init__(self) -> None:
        self._tracker, self._caption = Tracker(), Caption()
        self._start = time.monotonic()
        self._frames = 0

    def read(self, data: bytes, recognizer: Recognizer) -> dict[str, Any]:
        """The record of the next frame, with the lines to write large and the milliseconds it took.

        Raises:
            SourceError: if `data` is no picture.
        """
        begin = time.perf_counter()
        now = time.monotonic() - self._start
        frame = Frame(decode(data, limits.FRAME_PIXELS, "frame"), "camera", self._frames, now, still=False)
        self._frames += 1
        digits = self._tracker(recognizer(frame.image), now, frame.image.shape[1::-1])
        layout = arrange(digits)
        lines, settled = self._caption(layout.lines, self._tracker.reading, now)
        answer = record(frame, digits, layout, self._tracker.reading)
        elapsed = (time.perf_counter() - begin) * 1e3
        return {**answer, "caption": lines, "settled": settled, "milliseconds": round(elapsed, 1)}


class Live:
    """The endpoint. Each message is a JPEG, PNG or WebP; each is answered, in order, with a record or an error."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self.clients = 0

    async def __call__(self, socket: WebSocket) -> None:
        await socket.accept()
        if self.clients >= limits.CLIENTS:
            await _close(socket, TRY_AGAIN_LATER, "too many clients")
            return
        self.clients += 1
        try:
            await self._serve(socket)
        except WebSocketDisconnect:
            pass
        except TimeoutError:
            await _close(socket, TRY_AGAIN_LATER, "idle")
        finally:
            self.clients -= 1

    async def _serve(self, socket: WebSocket) -> None:
        watch, mistakes = Watch(), 0
        while mistakes < limits.MISTAKES:
            async with asyncio.timeout(limits.IDLE_SECONDS):
                message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            data = message.get("bytes") or b""
            try:
                answer = await self._workers.live(partial(watch.read, data))
                mistakes = 0
            except SourceError as error:
                answer = {"error": str(error)}
                mistakes += 1
            try:
                await socket.send_json(answer)
            except RuntimeError as error:  # uvicorn's word for a client that left in this moment
                raise WebSocketDisconnect from error
        await _close(socket, POLICY, "no pictures")


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with suppress(RuntimeError):  # the client was quicker
        await socket.close(code, reason)

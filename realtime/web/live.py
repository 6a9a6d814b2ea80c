"""Frames of one camera over a WebSocket: a picture comes, where its digits are goes back at once."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.apart import ApartError
from realtime.detections import Detections
from realtime.follow import Follower
from realtime.frame import Frame, SourceError
from realtime.output import record
from realtime.seen import Caption
from realtime.web import limits
from realtime.web.pictures import decode
from realtime.web.workers import Workers

TRY_AGAIN_LATER = 1013
POLICY = 1008


class Watch:
    """One client's camera: some frames are read, in the others the digits ride on their ink."""

    def __init__(self) -> None:
        self._follower, self._caption = Follower(), Caption()
        self._start = time.monotonic()
        self._frames = 0
        self._read: int | None = None  # the frame that the digits were read in
        self._asked = 0  # and the one that is being read

    def follow(self, data: bytes, found: Detections | None, idle: bool) -> tuple[dict[str, Any], np.ndarray]:
        """Take in the next frame.

        Args:
            data: the picture as it came.
            found: what was read in the frame that was asked for, if that is known since the last one.
            idle: whether this frame is going to be read.

        Returns:
            Its record, with the lines to write large, the milliseconds it took, and the frame that its digits were
            `read` in; and the picture, `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: if `data` is no picture.
        """
        begin = time.perf_counter()
        now = time.monotonic() - self._start
        frame = Frame(decode(data, limits.FRAME_PIXELS, "frame"), "camera", self._frames, now, still=False)
        self._frames += 1
        self._follower.move(frame.image, frame.time)
        if found is not None:
            self._follower.take(found)
            self._read = self._asked
        if idle:
            self._follower.ask()
            self._asked = frame.index
        layout = self._follower.layout
        reading = self._follower.reading if found is not None else None
        lines, settled = self._caption(layout.lines, reading, now)
        answer = record(frame, self._follower.digits, layout, reading)
        elapsed = (time.perf_counter() - begin) * 1e3
        more = {"caption": lines, "settled": settled, "read": self._read, "milliseconds": round(elapsed, 1)}
        return {**answer, **more}, frame.image


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
        except ApartError as error:
            await _close(socket, TRY_AGAIN_LATER, str(error))
        finally:
            self.clients -= 1

    async def _serve(self, socket: WebSocket) -> None:
        watch, mistakes = Watch(), 0
        reading: asyncio.Task[Detections] | None = None
        try:
            while mistakes < limits.MISTAKES:
                async with asyncio.timeout(limits.IDLE_SECONDS):
                    message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                data = message.get("bytes") or b""
                idle = reading is None or reading.done()
                found = reading.result() if reading is not None and idle else None
                try:
                    answer, image = await self._workers.quick(watch.follow, data, found, idle)
                    reading = asyncio.create_task(self._workers.read(image)) if idle else reading
                    mistakes = 0
                except SourceError as error:
                    answer = {"error": str(error)}
                    mistakes += 1
                try:
                    await socket.send_json(answer)
                except RuntimeError as error:  # uvicorn's word for a client that left in this moment
                    raise WebSocketDisconnect from error
            await _close(socket, POLICY, "no pictures")
        finally:
            if reading is not None:
                reading.cancel()


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with suppress(RuntimeError):  # the client was quicker
        await socket.close(code, reason)

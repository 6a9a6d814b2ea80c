"""Frames of one camera over a WebSocket: a picture comes, where its digits are goes back at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.websockets import WebSocket, WebSocketDisconnect

from realtime.live.pipeline import NewestFrame
from realtime.live.worker import WorkerError
from realtime.numbers.form import Form
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame, SourceError
from realtime.web import limits
from realtime.web.asked import Asked, AskedError, parse_asked
from realtime.web.phone import Relay, is_paired
from realtime.web.pictures import decode
from realtime.web.places import address_of
from realtime.web.workers import Workers

TRY_AGAIN_LATER = 1013
POLICY = 1008

_LONGEST_REASON = 120  # characters: the protocol takes 123 bytes


class PooledReader:
    """Reads frames with the server's workers, for a `NewestFrame` that does not wait; close it when its client left.

    Args:
        workers: read them, beside those of other clients.
        loop: that the workers are asked from.
        form: what every number looks like.
    """

    def __init__(self, workers: Workers, loop: asyncio.AbstractEventLoop, form: Form | None) -> None:
        self._workers, self._loop, self._form = workers, loop, form
        self._reading: Future[Trace] | None = None

    @property
    def busy(self) -> bool:
        """Whether a frame is being read."""
        return self._reading is not None

    def begin(self, frame: NDArray[np.uint8]) -> None:
        """Let a `(H, W, 3) uint8` BGR frame be read."""
        self._reading = asyncio.run_coroutine_threadsafe(self._workers.read(frame, self._form), self._loop)

    def poll(self, seconds: float | None = 0) -> Trace | None:
        """What was read in the frame; None where that is not finished. It never waits."""
        assert self._reading is not None and seconds == 0
        if not self._reading.done():
            return None
        reading, self._reading = self._reading, None
        return reading.result()

    def close(self) -> None:
        """Leave the frame that is being read unread, if nobody has begun to."""
        if self._reading is not None:
            self._reading.cancel()


class Camera:
    """One client's camera: some frames are read, in the others the digits are propagated.

    Args:
        reader: reads the frames.
        asked: the form of the numbers, and the part of each frame that is read.
    """

    def __init__(self, reader: PooledReader, asked: Asked) -> None:
        self._pipeline = NewestFrame(reader, patient=False, form=asked.form, region=asked.region)
        self._start = time.monotonic()
        self._frames = 0

    def __call__(self, data: bytes) -> dict[str, Any]:
        """Take in the next frame, a JPEG, PNG or WebP as it came.

        Returns:
            Its record, with the lines to write large, the milliseconds it took, and the frame that its digits were
            `read` in, None before any was.

        Raises:
            SourceError: if `data` is no picture.
            WorkerError: if frames cannot be read any more.
        """
        begin = time.perf_counter()
        image = decode(data, limits.FRAME_PIXELS, "frame")
        frame = Frame(image, "camera", self._frames, time.monotonic() - self._start, still=False)
        self._frames += 1
        result = self._pipeline(frame)
        if result.frame.note is not None:
            raise SourceError(result.frame.note)
        elapsed = (time.perf_counter() - begin) * 1e3
        more = {"caption": result.caption, "settled": result.settled, "milliseconds": round(elapsed, 1)}
        return {"read": None, **result.record, **more}


class Live:
    """The endpoint. Each message is a JPEG, PNG or WebP; each is answered, in order, with a record or an error.

    Args:
        workers: read the frames.
        relay: is shown the frames of paired devices.
    """

    def __init__(self, workers: Workers, relay: Relay | None = None) -> None:
        self._workers = workers
        self._relay = relay if relay is not None else Relay()
        self.clients = 0
        self._of_one: Counter[str] = Counter()  # by address
        self._silent: dict[WebSocket, tuple[float, asyncio.Timeout]] = {}  # since when each is waited for, and how long

    async def __call__(self, socket: WebSocket) -> None:
        """Serve one client until it leaves, is idle, or has to make room."""
        await socket.accept()
        address = address_of(socket)
        if self._of_one[address] >= limits.CLIENTS_OF_ONE and not self._make_room(address):
            await _close(socket, TRY_AGAIN_LATER, "too many clients from one address")
            return
        if self.clients >= limits.CLIENTS and not self._make_room():
            await _close(socket, TRY_AGAIN_LATER, "too many clients")
            return
        self.clients += 1
        self._of_one[address] += 1
        try:
            await self._serve(socket)
        except WebSocketDisconnect:
            pass
        except TimeoutError:
            await _close(socket, TRY_AGAIN_LATER, "idle")
        except WorkerError as error:
            await _close(socket, TRY_AGAIN_LATER, str(error))
        finally:
            self.clients -= 1
            self._of_one[address] -= 1
            if not self._of_one[address]:
                del self._of_one[address]

    def _make_room(self, address: str | None = None) -> bool:
        """Send the client away that has been silent longest, of those at an address where one is given.

        Returns:
            Whether there is one that has been silent for a while.
        """
        now = asyncio.get_running_loop().time()
        silent = [item for item in self._silent.items() if address in (None, address_of(item[0]))]
        socket, (since, limit) = min(silent, key=lambda item: item[1][0], default=(None, (now, None)))
        if socket is None or limit is None or now - since < limits.YIELD_SECONDS:
            return False
        del self._silent[socket]
        limit.reschedule(now)
        return True

    async def _serve(self, socket: WebSocket) -> None:
        try:
            asked = await self._workers.quick(parse_asked, socket.query_params)
        except AskedError as error:
            await _close(socket, POLICY, str(error)[:_LONGEST_REASON])
            return
        reader = PooledReader(self._workers, asyncio.get_running_loop(), asked.form)
        camera, mistakes = Camera(reader, asked), 0
        try:
            while mistakes < limits.MISTAKES:
                async with asyncio.timeout(limits.IDLE_SECONDS) as limit:
                    self._silent[socket] = asyncio.get_running_loop().time(), limit
                    try:
                        message = await socket.receive()
                    finally:
                        self._silent.pop(socket, None)
                if message["type"] == "websocket.disconnect":
                    return
                data = message.get("bytes") or b""
                try:
                    answer = await self._workers.quick(camera, data)
                    mistakes = 0
                    if is_paired(socket):
                        self._relay.show(answer, data)
                except SourceError as error:
                    answer = {"error": str(error)}
                    mistakes += 1
                try:
                    await socket.send_json(answer)
                except RuntimeError as error:  # uvicorn's word for a client that left in this moment
                    raise WebSocketDisconnect from error
            await _close(socket, POLICY, "no pictures")
        finally:
            reader.close()


async def _close(socket: WebSocket, code: int, reason: str) -> None:
    with suppress(RuntimeError):  # the client was quicker
        await socket.close(code, reason)

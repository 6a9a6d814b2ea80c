"""The body of a request, raw or as a form, never more than is allowed of it and of all of them together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from typing import IO

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from realtime.web import limits

AGAIN = "5"
"""Seconds after which one who was refused may try again."""


class Room:
    """How many bytes of bodies are held at once; what has not come yet takes no room.

    Args:
        most: bytes.
    """

    def __init__(self, most: int) -> None:
        self._left = most

    @contextmanager
    def taken(self) -> Iterator[Callable[[int], None]]:
        """Gives a function that takes so many bytes more; they are free again at the end of the block.

        Raises:
            HTTPException: 503, by that function, where there is no room for them.
        """
        mine = 0

        def take(count: int) -> None:
            nonlocal mine
            if count > self._left:
                raise HTTPException(503, "too many uploads at once; try again", headers={"Retry-After": AGAIN})
            self._left -= count
            mine += count

        try:
            yield take
        finally:
            self._left += mine


async def chunks(request: Request, most: int, take: Callable[[int], None]) -> AsyncGenerator[bytes]:
    """The body as it comes; each part is told to `take` before it is held.

    Raises:
        HTTPException: what `take` raises; 413 if it is longer than `most`, said before it is read where its length is
            announced; 408 if it comes too slowly; 400 if it breaks off.
    """
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit():
        raise HTTPException(400, "bad Content-Length")
    if int(length) > most:
        raise _too_long(most)
    total = 0
    begin = asyncio.get_running_loop().time()
    try:
        async with asyncio.timeout(limits.BODY_SECONDS) as limit:
            async for chunk in request.stream():
                total += len(chunk)
                if total > most:
                    raise _too_long(most)
                take(len(chunk))
                limit.reschedule(begin + limits.BODY_SECONDS + total / limits.BODY_RATE)
                yield chunk
    except TimeoutError as error:
        raise HTTPException(408, "the request came too slowly") from error
    except ClientDisconnect as error:
        raise HTTPException(400, "the request broke off") from error


async def read_file(request: Request, most: int, take: Callable[[int], None]) -> tuple[bytes, str]:
    """The file that a request carries, as its body or as the first file of a form, and its name, "" where unknown."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return b"".join([chunk async for chunk in chunks(request, most, take)]), ""
    parser = MultiPartParser(request.headers, chunks(request, most + 4096, take), max_files=1, max_fields=8)
    parser.spool_max_size = most + 4096  # in memory: nothing uploaded touches the disk
    try:
        form = await parser.parse()
    except (MultiPartException, ValueError) as error:
        raise HTTPException(400, "not a form that can be read") from error
    try:
        for value in form.values():
            if isinstance(value, UploadFile):
                return await value.read(), value.filename or ""
    finally:
        await form.close()
    raise HTTPException(400, "the form has no file in it")


async def save_file(request: Request, file: IO[bytes], most: int, take: Callable[[int], None]) -> None:
    """Write the body to `file`, whatever its length within `most`."""
    async for chunk in chunks(request, most, take):
        file.write(chunk)


def _too_long(most: int) -> HTTPException:
    return HTTPException(413, f"too large: {most // 1_000_000} MB are the most")


def flag(request: Request, name: str, default: bool) -> bool:
    """A parameter of the query that is 0 or 1.

    Raises:
        HTTPException: 400 where it is anything else.
    """
    value = request.query_params.get(name)
    if value not in (None, "0", "1"):
        raise HTTPException(400, f"{name} must be 0 or 1")
    return default if value is None else value == "1"


def number(request: Request, name: str, default: int) -> int:
    """A parameter of the query that is a whole number from 1 on.

    Raises:
        HTTPException: 400 where it is anything else.
    """
    value = request.query_params.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= 6 and int(value) > 0):
        raise HTTPException(400, f"{name} must be a whole number from 1 on")
    return int(value)

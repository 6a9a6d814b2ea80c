"""The routes: the page, the samples, the live WebSocket and the HTTP API."""

from __future__ import annotations

import asyncio
import csv
import mimetypes
import os
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

import cv2
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from realtime import __version__
from realtime.live.worker import Worker, make_recognizer
from realtime.recognition.recognizer import Recognizer
from realtime.shipped import shipped_folder
from realtime.web import limits
from realtime.web.asked import AskedError, parse_asked
from realtime.web.corrections import Corrections
from realtime.web.corrections_api import correction_routes
from realtime.web.errors import HANDLERS
from realtime.web.guard import LOCAL, Guard
from realtime.web.live import Live
from realtime.web.phone import Relay, is_paired
from realtime.web.photo import Upload, read_photo
from realtime.web.pictures import is_large
from realtime.web.places import Places
from realtime.web.uploads import Room, flag, number, read_file, save_file
from realtime.web.video import Annotated, Video, sweep
from realtime.web.workers import Workers

STATIC = Path(__file__).resolve().parent / "static"
SAMPLES = shipped_folder("samples")

mimetypes.add_type("text/javascript", ".js")  # on Windows any program may have said otherwise


def make_app(
    make_recognizer: Callable[[], Recognizer] = make_recognizer,
    *,
    most: int | None = None,
    names: Iterable[str] = LOCAL,
    any_address: bool = False,
    corrections: Path | None = None,
) -> ASGIApp:
    """The web app, guarded.

    Args:
        make_recognizer: see `make_routes`.
        most: see `make_routes`.
        names: host names under which it may be called.
        any_address: whether also by any IP address.
        corrections: see `make_routes`.
    """
    return Guard(make_routes(make_recognizer, most=most, corrections=corrections), names, any_address)


def make_routes(
    make_recognizer: Callable[[], Recognizer] = make_recognizer,
    *,
    most: int | None = None,
    corrections: Path | None = None,
    relay: Relay | None = None,
) -> Starlette:
    """The web app without a guard: it answers everybody.

    Args:
        make_recognizer: called once in each process that reads pictures, see `realtime.live.worker`; one with the
            shipped model where it is left out.
        most: pictures read at the same time; as many as there are processors where it is left out.
        corrections: folder for what is put right on the page; where it is left out nothing is kept.
        relay: shows the page of this computer what paired devices read; none can be paired where it is left out.
    """
    cv2.setNumThreads(1)  # many pictures at once instead of one picture fast
    workers = Workers(make_recognizer, most or os.cpu_count() or 1)
    live = Live(workers, relay)
    held, stored, videos = Room(limits.HELD_BYTES), Room(limits.STORED_BYTES), asyncio.Semaphore(limits.VIDEOS)
    uploads_of_one = Places("uploads", limits.UPLOADS_OF_ONE)
    videos_of_one = Places("videos", limits.VIDEOS_OF_ONE)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        sweep()
        yield
        workers.close()

    async def page(_: Request) -> Response:
        return FileResponse(STATIC / "index.html")

    async def api(_: Request) -> Response:
        return FileResponse(STATIC / "api.html")

    async def openapi(_: Request) -> Response:
        return FileResponse(STATIC / "openapi.json")

    async def health(request: Request) -> Response:
        state = {"status": "ok", "version": __version__, "clients": live.clients}
        phone = relay is not None and not is_paired(request)
        return JSONResponse({**state, "corrections": corrections is not None, "phone": phone})

    async def check(request: Request) -> Response:
        try:
            await workers.quick(parse_asked, request.query_params)
        except AskedError as error:
            return JSONResponse({"error": str(error)})
        return JSONResponse({"error": None})

    async def recognize(request: Request) -> Response:
        turn, trace, picture = (
            flag(request, "turn", True),
            flag(request, "trace", False),
            flag(request, "picture", False),
        )
        page = number(request, "page", 1)
        asked = await workers.quick(parse_asked, request.query_params)
        with uploads_of_one.taken(request), held.taken() as take:
            data, name = await read_file(request, limits.PHOTO_BYTES, take)
            upload = Upload(data, _name(request, name), page - 1, turn, asked)

            def read(worker: Worker) -> dict[str, Any]:
                return worker.run(read_photo, upload, trace, picture)

            return JSONResponse(await (workers.unhurried if is_large(data) else workers.live)(read))

    async def opened(request: Request, stack: AsyncExitStack, preview: bool) -> tuple[Video, Callable[[int], None]]:
        """The video that a request carries, and what takes room on the disk for it; both end with the stack."""
        asked = await workers.quick(parse_asked, request.query_params)
        stack.enter_context(uploads_of_one.taken(request))
        stack.enter_context(videos_of_one.taken(request))
        take = stack.enter_context(stored.taken())
        upload = stack.enter_context(closing(Video(_name(request, "video"), preview, asked)))
        await save_file(request, upload.file, limits.VIDEO_BYTES, take)
        await stack.enter_async_context(videos)
        await workers.unhurried(upload.open)
        return upload, take

    async def video(request: Request) -> Response:
        preview = flag(request, "preview", False)
        async with AsyncExitStack() as stack:
            upload, _ = await opened(request, stack, preview)
            rest = stack.pop_all()  # to be closed when the last line is sent, or nobody wants it any more

        async def lines() -> AsyncIterator[str]:
            async with rest:
                while (line := await workers.unhurried(upload.next_line)) is not None:
                    yield line

        headers = {} if upload.frames is None else {"X-Frames": str(upload.frames)}
        return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)

    async def annotated(request: Request) -> Response:
        async with AsyncExitStack() as stack:
            upload, take = await opened(request, stack, False)
            copy = stack.enter_context(closing(Annotated(upload, take)))
            while await workers.unhurried(copy.next_frame):
                if await request.is_disconnected():
                    raise HTTPException(400, "the request broke off")
            rest = stack.pop_all()
        return FileResponse(copy.path, media_type="video/mp4", background=BackgroundTask(rest.aclose))

    async def samples(_: Request) -> Response:
        return JSONResponse(list_samples(SAMPLES))

    async def sample(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in {entry["file"] for entry in list_samples(SAMPLES)}:
            raise HTTPException(404, "no such sample")
        return FileResponse(SAMPLES / name)

    routes: list[BaseRoute] = [] if relay is None else relay.routes()
    if corrections is not None:
        routes += correction_routes(Corrections(corrections), workers, uploads_of_one, held)

    return Starlette(
        routes=[
            *routes,
            Route("/", page),
            Route("/api", api),
            Route("/openapi.json", openapi),
            Route("/api/health", health),
            Route("/api/check", check),
            Route("/api/recognize", recognize, methods=["POST"]),
            Route("/api/video", video, methods=["POST"]),
            Route("/api/video/annotated", annotated, methods=["POST"]),
            Route("/api/samples", samples),
            Route("/api/samples/{name}", sample),
            WebSocketRoute("/api/live", live.__call__),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )


def list_samples(folder: Path) -> list[dict[str, str]]:
    """The pictures of the samples, each with its `file` and `notes`; none where the folder is missing."""
    labels = folder / "labels.csv"
    if not labels.is_file():
        return []
    with labels.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["file"].endswith((".jpg", ".png"))]
    return [{"file": row["file"], "notes": row.get("notes") or ""} for row in rows if (folder / row["file"]).is_file()]


def _name(request: Request, default: str) -> str:
    name = request.query_params.get("name") or default or "picture"
    return "".join(char for char in name if char.isprintable())[:200]

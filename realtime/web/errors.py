"""Errors as answers: JSON with one line for the user."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from realtime.live.worker import WorkerError
from realtime.sinks.paths import OutputError
from realtime.sources.frame import SourceError
from realtime.web.asked import AskedError


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _not_understood(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _not_here(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 507)


async def _bad_picture(_: Request, error: Exception) -> Response:
    status = 413 if "megapixels" in str(error) else 415
    return JSONResponse({"error": str(error)}, status)


async def _deadly(_: Request, __: Exception) -> Response:
    return JSONResponse({"error": "the process that reads it has ended, twice"}, 422)


async def _fault(_: Request, error: Exception) -> Response:
    return JSONResponse({"error": "internal server error; see the terminal of the server"}, 500)


HANDLERS: dict[Any, Callable[[Request, Exception], Awaitable[Response]]] = {
    HTTPException: _http_error,
    AskedError: _not_understood,
    OutputError: _not_here,
    SourceError: _bad_picture,
    WorkerError: _deadly,
    Exception: _fault,
}
"""What answers each kind of error."""

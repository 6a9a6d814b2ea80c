"""Who scanned the code may use the camera page from another device; nobody else is answered."""

from __future__ import annotations

import hmac
import secrets
from http import HTTPStatus

from starlette.datastructures import QueryParams
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

PAIR = "/pair"
_COOKIE = "pairing"
_REFUSAL = "Scan the code that the computer shows: only its address opens this page.\n"


class Paired:
    """Lets in only clients that know the token: from the address that was scanned, later from a cookie.

    Requests that are let in have `scope["paired"]` set.

    Args:
        app: what it guards.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._token = secrets.token_urlsafe(16)

    @property
    def path(self) -> str:
        """Path and query of the address that pairs a device."""
        return f"{PAIR}?token={self._token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, pair its device, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif self._is_token(HTTPConnection(scope).cookies.get(_COOKIE)):
            await self._app({**scope, "paired": True}, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "not paired"})
        else:
            await self._answer(scope)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response:
        given = QueryParams(scope["query_string"]).get("token")
        if scope["method"] != "GET" or scope["path"] != PAIR or not self._is_token(given):
            return PlainTextResponse(_REFUSAL, HTTPStatus.FORBIDDEN)
        answer = RedirectResponse("/#/camera", HTTPStatus.SEE_OTHER)  # the token leaves the address bar
        answer.set_cookie(_COOKIE, self._token, secure=True, httponly=True, samesite="lax")
        return answer

    def _is_token(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode(), self._token.encode())

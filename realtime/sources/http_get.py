"""GET over HTTP with bounds: on the time that an answer takes, and on the length of its header."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
import urllib.error
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit
from urllib.request import (
    HTTPBasicAuthHandler,
    HTTPDefaultErrorHandler,
    HTTPDigestAuthHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPPasswordMgrWithDefaultRealm,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)


class Refused(Exception):
    """The answer is a status that means no; `status` is its number."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status}")
        self.status = status


class NotHttp(Exception):
    """The address or the answer is not as HTTP has it."""


class TooLong(Exception):
    """The header of the answer is."""


class Deadline:
    """Hangs up a connection that takes longer than it may, whatever it is doing: also one byte at a time is too slow.

    Args:
        seconds: from now on.
    """

    def __init__(self, seconds: float) -> None:
        self._connections: list[socket.socket] = []
        self._closed = threading.Event()
        self.passed = False
        self.allow(seconds)
        self._thread = threading.Thread(target=self._watch, name="deadline", daemon=True)
        self._thread.start()

    def allow(self, seconds: float) -> None:
        """So many seconds from now on."""
        self._end = time.monotonic() + seconds

    def watch(self, connection: socket.socket) -> None:
        """Hang this one up as well."""
        self._connections.append(connection.dup())  # encryption takes the original away
        if self.passed:
            self._hang_up()

    def close(self) -> None:
        """There is nothing to be hung up any more."""
        self._closed.set()
        self._thread.join()
        for connection in self._connections:
            connection.close()

    def _watch(self) -> None:
        while (left := self._end - time.monotonic()) > 0:
            if self._closed.wait(left):
                return
        self.passed = True
        self._hang_up()

    def _hang_up(self) -> None:
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Plain(http.client.HTTPConnection):
    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = partial(_connected, deadline)


class _Encrypted(http.client.HTTPSConnection):
    def __init__(self, *args: Any, deadline: Deadline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._create_connection = partial(_connected, deadline)


def _connected(deadline: Deadline, *args: Any) -> socket.socket:
    connection = socket.create_connection(*args)
    deadline.watch(connection)
    return connection


class _PlainHandler(HTTPHandler):
    def __init__(self, deadline: Deadline) -> None:
        super().__init__()
        self._deadline = deadline

    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_Plain, req, deadline=self._deadline)  # type: ignore[arg-type]


class _EncryptedHandler(HTTPSHandler):
    def __init__(self, deadline: Deadline, context: ssl.SSLContext) -> None:
        super().__init__()
        self._deadline, self._its = deadline, context

    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_Encrypted, req, deadline=self._deadline, context=self._its)  # type: ignore[arg-type]


def get(url: str, context: ssl.SSLContext, deadline: Deadline, seconds: float) -> http.client.HTTPResponse:
    """The answer of an address; its body is not read.

    Args:
        url: begins with http or https; may hold a user name and a password.
        context: how the certificate of an encrypted one is checked.
        deadline: hangs up; to be closed by the caller.
        seconds: within which somebody must take the call.

    Raises:
        Refused: the answer is 400 or more.
        NotHttp: it is none that can be understood.
        TooLong: its header is longer than a hundred lines, or than 64 kB in one.
        OSError: nobody answers, or not in time, or under a certificate that is not to be trusted.
    """
    parts = urlsplit(url)
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))
    passwords = HTTPPasswordMgrWithDefaultRealm()
    signs_in = []
    if parts.username is not None:
        passwords.add_password(None, plain, unquote(parts.username), unquote(parts.password or ""))
        signs_in = [HTTPDigestAuthHandler(passwords), HTTPBasicAuthHandler(passwords)]
    opener = OpenerDirector()
    for handler in (
        ProxyHandler(),
        _PlainHandler(deadline),
        _EncryptedHandler(deadline, context),
        HTTPDefaultErrorHandler(),
        HTTPRedirectHandler(),
        HTTPErrorProcessor(),
        *signs_in,
    ):
        opener.add_handler(handler)
    try:
        answer: http.client.HTTPResponse = opener.open(Request(plain), timeout=seconds)
        return answer
    except urllib.error.HTTPError as error:
        error.close()
        raise Refused(error.code) from error
    except urllib.error.URLError as error:
        raise (error.reason if isinstance(error.reason, ssl.SSLError) else error) from None
    except OSError:
        raise
    except (http.client.BadStatusLine, http.client.InvalidURL, ValueError) as error:
        raise NotHttp from error
    except http.client.HTTPException as error:
        raise TooLong from error

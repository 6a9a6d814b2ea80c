"""Webhook: each reading as a POST of JSON to an address."""

from __future__ import annotations

import base64
import http.client
import ssl
from urllib.parse import quote, unquote, urlsplit

from realtime.sinks.delivery import Never, NotNow
from realtime.sinks.paths import OutputError
from realtime.sources.certificates import context, why

SECONDS = 10.0
"""Within which an answer must come."""

_AGAIN = frozenset((408, 425, 429))  # statuses, besides all from 500 on, that may be others next time


_AS_THEY_ARE = "".join(map(chr, range(0x21, 0x7F)))  # in an address; all else is written with %


class Webhook:
    """Called with the id and the JSON of a reading.

    Args:
        url: begins with `http://` or `https://`; may hold a user name and a password.
        insecure: whether the certificate of an encrypted one may be anybody's.

    Raises:
        OutputError: if it is no such address.
    """

    def __init__(self, url: str, insecure: bool = False) -> None:
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or parts.port == 0:
                raise ValueError
            self._encrypted, self._insecure, self._port = parts.scheme == "https", insecure, parts.port
            self._host = (parts.hostname or "").encode("idna").decode()
            self._path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_AS_THEY_ARE)
            self._headers = {"Content-Type": "application/json", "User-Agent": "digits"}
            if parts.username is not None:
                pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
                self._headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
            if not self._host:
                raise ValueError
            self._connection()  # refuses what cannot be a host; nothing is sent yet
        except (ValueError, http.client.InvalidURL) as error:
            raise OutputError("--webhook needs an address like https://example.com/readings") from error

    def __call__(self, name: str, data: bytes) -> None:
        """POST it; see `realtime.sinks.delivery.Send`."""
        connection = self._connection()
        try:
            connection.request("POST", self._path, data, {**self._headers, "Idempotency-Key": name})
            status = connection.getresponse().status
        except ssl.SSLCertVerificationError as error:
            raise Never(why(error)) from error
        except (OSError, http.client.HTTPException) as error:
            raise NotNow("it does not answer") from error
        finally:
            connection.close()
        if status >= 500 or status in _AGAIN:
            raise NotNow(f"it answers {status}")
        if status >= 300:
            raise Never(f"it answers {status}")

    def close(self) -> None:
        """Each reading has a connection of its own, which is closed when it is sent."""

    def _connection(self) -> http.client.HTTPConnection:
        if self._encrypted:
            trust = context(self._insecure)
            return http.client.HTTPSConnection(self._host, self._port, timeout=SECONDS, context=trust)
        return http.client.HTTPConnection(self._host, self._port, timeout=SECONDS)

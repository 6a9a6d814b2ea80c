"""The answer of an address over HTTP, read piece by piece with bounds on time."""

from __future__ import annotations

import http.client
import ssl

from realtime.sources.frame import SourceError
from realtime.sources.http_get import Deadline, NotHttp, Refused, TooLong, get

ENDLESS_HEADER = "it sends a header without an end"
_PART = 65_536  # bytes that are read at a time


class NotWanted(Exception):
    """What an address gives is of another kind, which somebody else may be able to read."""


class Answer:
    """An answer whose head has come.

    Args:
        url: begins with http or https; it may hold a user name and a password.
        name: what messages call it.
        context: how the certificate of an encrypted one is checked.
        seconds: within which it must begin, until `allow` says otherwise.

    Attributes:
        buffer: what has been read and not been taken.
        ended: whether there is no more.

    Raises:
        NotWanted: the answer is no answer of HTTP, or a status that means no.
        OSError: nobody answers, or not in time.
        SourceError: a password is wanted, or its header has no end.
    """

    def __init__(self, url: str, name: str, context: ssl.SSLContext, seconds: float) -> None:
        self._name = name
        self.buffer = bytearray()
        self.ended = False
        self._deadline = Deadline(seconds)
        self._answer: http.client.HTTPResponse | None = None
        try:
            self._answer = get(url, context, self._deadline, seconds)
        except BaseException as error:
            self.close()
            raise self.explained(error) from error

    @property
    def multipart(self) -> bool:
        """Whether it says that it has several parts."""
        return self._answer is not None and self._answer.headers.get_content_maintype() == "multipart"

    @property
    def late(self) -> bool:
        """Whether the time that it had has passed."""
        return self._deadline.passed

    def allow(self, seconds: float) -> None:
        """Let it take so many seconds from now on."""
        self._deadline.allow(seconds)

    def fill(self, size: int) -> bool:
        """Read until so many bytes are in the buffer; False where it ends before."""
        while len(self.buffer) < size and not self.ended:
            assert self._answer is not None
            try:
                data = b"" if self.late else self._answer.read1(_PART)
            except (OSError, http.client.HTTPException, ValueError):
                data = b""
            self.ended = not data
            self.buffer += data
        return len(self.buffer) >= size

    def take(self, size: int) -> bytes:
        """Bytes from the beginning of the buffer, which has no more of them then."""
        taken = bytes(self.buffer[:size])
        del self.buffer[:size]
        return taken

    def explained(self, error: BaseException) -> BaseException:
        """What to raise in the place of an error that came while the answer began."""
        if isinstance(error, Refused) and error.status in (401, 403):
            return SourceError(f"{self._name}: it asks for a user name and a password, or for other ones")
        if isinstance(error, TooLong):
            return SourceError(f"{self._name}: {ENDLESS_HEADER}")
        if self.late:
            return TimeoutError()
        return NotWanted() if isinstance(error, (Refused, NotHttp)) else error

    def close(self) -> None:
        """Hang up."""
        self.ended = True
        self._deadline.close()
        if self._answer is not None:
            self._answer.close()

"""JPEGs over HTTP, as network cameras send them: one answer without an end, read with bounds.

FFmpeg would keep a picture that never ends in memory. Here a picture, its header and the time that both may take are
bounded; so is the size that a picture claims, before it is decoded.
"""

from __future__ import annotations

import http.client
import io
import ssl

import cv2
import imagesize
import numpy as np

from realtime.sources.frame import SourceError
from realtime.sources.http_get import Deadline, NotHttp, Refused, TooLong, get
from realtime.system.native_stderr import native_stderr_off

PICTURE_BYTES = 16_000_000
"""Of one picture as it is sent."""

PICTURE_PIXELS = 7680 * 4320
"""Of one picture."""

HEADER_BYTES = 16_384
"""Of what stands before a picture."""

SCANS = 64
"""Passes that a progressive JPEG may make: each costs time and next to no bytes."""

DAMAGED = 10
"""Pictures in a row that cannot be read, after which the stream is given up."""

_ENDLESS_HEADER = "it sends a header without an end"
_JPEG = b"\xff\xd8"
_SCAN = b"\xff\xda"
_PART = 65_536  # bytes that are read at a time


class Mjpeg:
    """A stream of JPEGs; has the methods of `cv2.VideoCapture` that sources call.

    Args:
        url: an address that begins with http or https; it may hold a user name and a password.
        name: what messages call it.
        context: how the certificate of an encrypted one is checked.
        opening: seconds within which the first picture must have come.
        reading: seconds within which each further one must.

    Raises:
        NotMjpeg: something else is sent, which somebody else may be able to read.
        OSError: nobody answers, or not in time.
        SourceError: what is sent breaks a bound, or a password is wanted.
    """

    def __init__(self, url: str, name: str, context: ssl.SSLContext, opening: float, reading: float) -> None:
        self._name, self._reading = name, reading
        self._buffer = bytearray()
        self._delimiter = b"--"
        self._ended = False
        self._deadline = Deadline(opening)
        self._answer: http.client.HTTPResponse | None = None
        self._first: np.ndarray | None = None
        try:
            self._answer = get(url, context, self._deadline, opening)
            self._multipart = self._answer.headers.get_content_maintype() == "multipart"
            if not self._multipart:
                self._fill(2)
                self._multipart = self._buffer[:2] == b"--"
                if not self._multipart and self._buffer[:2] != _JPEG:
                    raise NotMjpeg
            self._first = self._next()
            if self._first is None:
                raise TimeoutError
        except BaseException as error:
            self.release()
            if isinstance(error, Refused) and error.status in (401, 403):
                raise self._error("it asks for a user name and a password, or for other ones") from error
            if isinstance(error, TooLong):
                raise self._error(_ENDLESS_HEADER) from error
            if self._deadline.passed:
                raise TimeoutError from error
            if isinstance(error, (Refused, NotHttp)):
                raise NotMjpeg from error
            raise

    def isOpened(self) -> bool:
        """Whether there may be more pictures."""
        return not self._ended

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Whether a picture came, and the picture: `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: what is sent breaks a bound.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return True, first
        self._deadline.allow(self._reading)
        image = self._next()
        return image is not None, image

    def grab(self) -> bool:
        """Pass a picture by."""
        return self.read()[0]

    def get(self, _: int) -> float:
        """Such a stream says nothing of itself."""
        return 0.0

    def release(self) -> None:
        """Hang up."""
        self._ended = True
        self._deadline.close()
        if self._answer is not None:
            self._answer.close()

    def _next(self) -> np.ndarray | None:
        """The next picture that can be read; None where the stream ends."""
        for _ in range(DAMAGED):
            part = self._part() if self._multipart else self._whole()
            if part is None:
                return None
            if (image := self._decoded(part)) is not None:
                return image
        raise self._error("what it sends are no JPEGs, or damaged ones")

    def _part(self) -> bytes | None:
        """The next part of a multipart answer."""
        length = self._header()
        if length is None:
            return None
        if length >= 0:
            if length > PICTURE_BYTES:
                raise self._too_many_bytes()
            return self._take(length) if self._fill(length) else None
        end = b"\n" + self._delimiter
        searched = 0
        while (at := self._buffer.find(end, searched)) < 0:
            searched = max(0, len(self._buffer) - len(end))
            if len(self._buffer) > PICTURE_BYTES:
                raise self._too_many_bytes()
            if not self._fill(len(self._buffer) + 1):
                return None
        return self._take(at)

    def _header(self) -> int | None:
        """Read up to the next part: its length, -1 where it does not say; None where the stream ends."""
        length, began, left = -1, False, HEADER_BYTES
        while True:
            while (at := self._buffer.find(b"\n", 0, left)) < 0:
                if len(self._buffer) >= left:
                    raise self._error(_ENDLESS_HEADER)
                if not self._fill(len(self._buffer) + 1):
                    return None
            left -= at + 1
            line = self._take(at + 1).strip()
            if line.startswith(b"--"):
                # Cameras differ in whether the boundary that they announce has these dashes, so it is not asked.
                self._delimiter, began = line, True
            elif began and not line:
                return length
            name, _, value = line.partition(b":")
            if began and name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value.strip()[:20])

    def _whole(self) -> bytes | None:
        """All that is sent, as one picture."""
        while self._fill(len(self._buffer) + 1):
            if len(self._buffer) > PICTURE_BYTES:
                raise self._too_many_bytes()
        return self._take(len(self._buffer)) if self._buffer else None

    def _fill(self, size: int) -> bool:
        """Read until so many bytes are there; False where the stream ends before."""
        while len(self._buffer) < size and not self._ended:
            assert self._answer is not None
            try:
                data = b"" if self._deadline.passed else self._answer.read1(_PART)
            except (OSError, http.client.HTTPException, ValueError):
                data = b""
            self._ended = not data
            self._buffer += data
        return len(self._buffer) >= size

    def _take(self, size: int) -> bytes:
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _decoded(self, data: bytes) -> np.ndarray | None:
        """The picture in a JPEG; None where it is none, or damaged."""
        if not data.startswith(_JPEG) or data.count(_SCAN) > SCANS:
            return None
        try:
            info = imagesize.get_info(io.BytesIO(data), dpi=False, colors=False, exif_rotation=False)
        except Exception:  # whatever a hostile header makes it raise
            return None
        if info.width * info.height > PICTURE_PIXELS:
            size = f"{info.width}x{info.height}, {PICTURE_PIXELS // 1_000_000} megapixels are the most"
            raise self._error(f"its pictures are too large: {size}")
        with native_stderr_off():
            try:
                image: np.ndarray | None = cv2.imdecode(
                    np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
                )
            except cv2.error:
                return None
        return image

    def _too_many_bytes(self) -> SourceError:
        return self._error(f"its pictures are too large: {PICTURE_BYTES // 1_000_000} MB are the most")

    def _error(self, reason: str) -> SourceError:
        return SourceError(f"{self._name}: {reason}")


class NotMjpeg(Exception):
    """What an address gives are no JPEGs."""

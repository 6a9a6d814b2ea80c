"""JPEGs over HTTP, as network cameras send them: one answer without an end, read with bounds.

FFmpeg would keep a picture that never ends in memory. Here a picture, its header and the time that both may take are
bounded; so is the size that a picture claims, before it is decoded.
"""

from __future__ import annotations

import io

import cv2
import imagesize
import numpy as np

from realtime.sources.answer import ENDLESS_HEADER, Answer
from realtime.sources.capture import Capture
from realtime.sources.frame import SourceError
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

_JPEG = b"\xff\xd8"
_SCAN = b"\xff\xda"


class Mjpeg(Capture):
    """A stream of JPEGs; has the methods of `cv2.VideoCapture` that sources call.

    Args:
        answer: what the address gives; belongs to this object from now on.
        name: what messages call it.
        reading: seconds within which each picture after the first must come.

    Raises:
        TimeoutError: no picture comes in time.
        SourceError: what is sent breaks a bound.
    """

    def __init__(self, answer: Answer, name: str, reading: float) -> None:
        self._answer, self._name, self._reading = answer, name, reading
        self._delimiter = b"--"
        self._first = self._next()
        if self._first is None:
            raise TimeoutError

    def isOpened(self) -> bool:
        """Whether there may be more pictures."""
        return not self._answer.ended

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Whether a picture came, and the picture: `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: what is sent breaks a bound.
        """
        if self._first is not None:
            first, self._first = self._first, None
            return True, first
        self._answer.allow(self._reading)
        image = self._next()
        return image is not None, image

    def release(self) -> None:
        """Hang up."""
        self._answer.close()

    def _next(self) -> np.ndarray | None:
        """The next picture that can be read; None where the stream ends."""
        for _ in range(DAMAGED):
            part = self._part()
            if part is None:
                return None
            if (image := decoded_jpeg(part, self._name)) is not None:
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
            return self._answer.take(length) if self._answer.fill(length) else None
        end = b"\n" + self._delimiter
        searched = 0
        while (at := self._answer.buffer.find(end, searched)) < 0:
            searched = max(0, len(self._answer.buffer) - len(end))
            if len(self._answer.buffer) > PICTURE_BYTES:
                raise self._too_many_bytes()
            if not self._answer.fill(len(self._answer.buffer) + 1):
                return None
        return self._answer.take(at)

    def _header(self) -> int | None:
        """Read up to the next part: its length, -1 where it does not say; None where the stream ends."""
        length, began, left = -1, False, HEADER_BYTES
        while True:
            while (at := self._answer.buffer.find(b"\n", 0, left)) < 0:
                if len(self._answer.buffer) >= left:
                    raise self._error(ENDLESS_HEADER)
                if not self._answer.fill(len(self._answer.buffer) + 1):
                    return None
            left -= at + 1
            line = self._answer.take(at + 1).strip()
            if line.startswith(b"--"):
                # Cameras differ in whether the boundary that they announce has these dashes, so it is not asked.
                self._delimiter, began = line, True
            elif began and not line:
                return length
            name, _, value = line.partition(b":")
            if began and name.strip().lower() == b"content-length" and value.strip().isdigit():
                length = int(value.strip()[:20])

    def _too_many_bytes(self) -> SourceError:
        return self._error(f"its pictures are too large: {PICTURE_BYTES // 1_000_000} MB are the most")

    def _error(self, reason: str) -> SourceError:
        return SourceError(f"{self._name}: {reason}")


def decoded_jpeg(data: bytes, name: str) -> np.ndarray | None:
    """The picture in a JPEG, `(H, W, 3) uint8` BGR, as it lies; None where it is none, or damaged.

    Raises:
        SourceError: it claims to have more than `PICTURE_PIXELS`.
    """
    if not data.startswith(_JPEG) or data.count(_SCAN) > SCANS:
        return None
    try:
        info = imagesize.get_info(io.BytesIO(data), dpi=False, colors=False, exif_rotation=False)
    except Exception:  # whatever a hostile header makes it raise
        return None
    if info.width * info.height > PICTURE_PIXELS:
        size = f"{info.width}x{info.height}, {PICTURE_PIXELS // 1_000_000} megapixels are the most"
        raise SourceError(f"{name}: its pictures are too large: {size}")
    with native_stderr_off():
        try:
            image: np.ndarray | None = cv2.imdecode(
                np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
            )
        except cv2.error:
            return None
    return image

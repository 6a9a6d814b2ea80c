"""The picture or document behind an address over HTTP; a camera's picture is another one each time it is asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from realtime.sources.answer import Answer, NotWanted
from realtime.sources.capture import Capture
from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError
from realtime.sources.kinds import HEAD, Kind, kind_of
from realtime.sources.mjpeg import PICTURE_BYTES, PICTURE_PIXELS, decoded_jpeg
from realtime.sources.photos import Photo

DOCUMENT_BYTES = 200_000_000
"""Of a document; a picture has `PICTURE_BYTES`."""

PAUSE = 0.1
"""Seconds from one picture of a camera to the next, at least."""

LOOK_AGAIN = 1.0
"""Seconds after which a camera has another picture than before."""

_RATE = 50_000  # bytes a second, slower than which nothing is waited for
_JPEG = b"\xff\xd8"


class Snapshots(Capture):
    """Has the methods of `cv2.VideoCapture` that sources call; each `read` asks for the picture anew.

    Args:
        answer: what the address gave; it is read and closed.
        again: asks it once more.
        name: what messages call it.
        seconds: within which an answer must come, longer where it is long.

    Attributes:
        data: the first file that it gave.

    Raises:
        NotWanted: it is no picture and no document.
        SourceError: it has too many bytes.
        TimeoutError: it comes too slowly.
    """

    def __init__(self, answer: Answer, again: Callable[[], Answer], name: str, seconds: float) -> None:
        self._again, self._name, self._seconds = again, name, seconds
        self._released = threading.Event()
        self.data = self._read_all(answer)
        self._next: bytes | None = self.data
        self._last = 0.0

    def changes(self) -> bool:
        """Whether it gives another picture when it is asked again, as cameras do; a document never does."""
        if kind_of(self.data[:HEAD]) is not Kind.PICTURE or self._released.wait(LOOK_AGAIN):
            return False
        self._next = self._ask()
        return self._next is not None and self._next != self.data

    def isOpened(self) -> bool:
        """Whether there may be more pictures."""
        return not self._released.is_set()

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Whether a picture came, and the picture: `(H, W, 3) uint8` BGR.

        Raises:
            SourceError: what is sent breaks a bound.
        """
        if self._next is None:
            self._released.wait(max(0.0, self._last + PAUSE - time.monotonic()))
            self._next = self._ask()
        data, self._next = self._next, None
        image = None if data is None else self._decoded(data)
        return image is not None, image

    def release(self) -> None:
        """Ask no more."""
        self._released.set()

    def _ask(self) -> bytes | None:
        self._last = time.monotonic()
        if self._released.is_set():
            return None
        try:
            return self._read_all(self._again())
        except (OSError, NotWanted):
            return None

    def _read_all(self, answer: Answer) -> bytes:
        try:
            answer.fill(HEAD)
            kind = kind_of(bytes(answer.buffer[:HEAD]))
            if kind in (Kind.OTHER, Kind.EMPTY):
                raise TimeoutError if answer.late else NotWanted
            most = PICTURE_BYTES if kind is Kind.PICTURE else DOCUMENT_BYTES
            allowed = 0
            while answer.fill(len(answer.buffer) + 1):
                if len(answer.buffer) > most:
                    raise SourceError(f"{self._name}: its pictures are too large: {most // 1_000_000} MB are the most")
                if len(answer.buffer) - allowed > _RATE:
                    allowed = len(answer.buffer)
                    answer.allow(self._seconds)
            if answer.late:
                raise TimeoutError
            return answer.take(len(answer.buffer))
        finally:
            answer.close()

    def _decoded(self, data: bytes) -> np.ndarray | None:
        if data.startswith(_JPEG):
            return decoded_jpeg(data, self._name)
        try:
            return next(Photo(File(self._name, data, PICTURE_PIXELS, 3 * PICTURE_PIXELS)).pages(0, 1))
        except SourceError:
            return None

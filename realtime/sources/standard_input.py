"""Frames on standard input: a file, or pictures and videos that another program makes while they are read."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

from realtime.sources.file_bytes import File
from realtime.sources.frame import FPS, MAX_PIXELS, Frame, SourceError, too_large
from realtime.sources.kinds import HEAD, Kind, kind_of
from realtime.sources.photos import Photo
from realtime.sources.stills import Stills, frames_of, open_stills
from realtime.sources.stream import CONTAINERS
from realtime.sources.videos import Clock, is_text, still_if_alone

NAME = "standard input"

MOST_BYTES = 1_000_000_000
"""Of a document, which is read as a whole."""

_UNREADABLE = "not a picture or a video that can be read, or damaged"
_IN_A_ROW = {b"\xff\xd8": "mjpeg", b"\x89P": "png_pipe"}  # formats of FFmpeg, by the first bytes of a picture


class StandardInput:
    """What comes on standard input: JPEGs or PNGs in a row, a video, or a document.

    Attributes:
        stills: the pages of a document, which is read as a whole; None where frames follow as they come.

    Raises:
        SourceError: if it is nothing that can be read.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        head = stream.read(HEAD)
        kind = kind_of(head)
        self.stills: Stills | None = None
        self._in_a_row = _IN_A_ROW.get(head[:2]) if kind is Kind.PICTURE else None
        self._file: io.IOBase = _rewound(head, stream)
        if kind is Kind.EMPTY:
            raise SourceError(f"{NAME}: nothing came")
        if kind is Kind.OTHER and is_text(head, NAME):
            raise SourceError(f"{NAME}: text, not a picture or a video")
        as_it_comes = kind is Kind.OTHER and (self._file.seekable() or not _has_its_index_behind(head))
        if as_it_comes or self._in_a_row is not None:
            return
        data = stream.read(MOST_BYTES + 1) if stream.seekable() else head + stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise SourceError(f"{NAME}: it is too large, {MOST_BYTES // 1_000_000} MB are the most")
        self.stills = None if kind is Kind.OTHER else open_stills(File(NAME, data))
        self._file = io.BytesIO(data)

    def frames(self, fail: Callable[[str], None]) -> Iterator[Frame]:
        """Every frame.

        Args:
            fail: called with one line where something is missing.

        Raises:
            SourceError: if it cannot be read, or PyAV is not installed.
        """
        if self.stills is not None:
            return frames_of(self.stills, NAME, fail)
        frames = _video(self._file, fail) if self._in_a_row is None else _pictures(self._file, self._in_a_row, fail)
        return still_if_alone(frames)


def _rewound(head: bytes, stream: io.BufferedIOBase) -> io.IOBase:
    """A stream from its beginning, of which the head has been read."""
    if stream.seekable():
        stream.seek(0)
        return stream
    return _Together(head, stream)


def _has_its_index_behind(head: bytes) -> bool:
    """Whether an MP4 or MOV tells behind its frames, or beyond what is seen here, where they are."""
    at = 0
    while (kind := head[at + 4 : at + 8]) in (b"ftyp", b"free", b"skip", b"wide", b"uuid"):
        at += max(8, int.from_bytes(head[at : at + 4], "big"))
    return at > 0 and kind != b"moov"


class _Together(io.RawIOBase):
    """What has been read, and what follows it, as one file that cannot be wound back."""

    def __init__(self, head: bytes, rest: io.BufferedIOBase) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """Some of the next bytes, as soon as there are any."""
        if self._head:
            taken, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return taken + self._rest.read() if size < 0 else taken
        return self._rest.read() if size < 0 else self._rest.read1(size)


def _pictures(file: io.IOBase, kind: str, fail: Callable[[str], None]) -> Iterator[Frame]:
    index = 0
    with _opened(file, kind) as container:
        for packet in container.demux(video=0):
            if packet.size:
                photo = Photo(File(NAME, bytes(packet)))
                (image,) = photo.pages(0, 1)
                yield Frame(image, NAME, index, index / FPS, still=False)
                index += 1
                if photo.damage is not None:
                    fail(photo.damage)


def _video(file: io.IOBase, fail: Callable[[str], None]) -> Iterator[Frame]:
    import av  # `_opened` says where it is missing

    with _opened(file, None) as container:
        stream = container.streams.video[0]
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MAX_PIXELS:
            raise SourceError(too_large(NAME, width, height))
        fps = float(stream.average_rate or stream.guessed_rate or FPS)
        clock, index = Clock(1 / fps), 0
        try:
            for frame in container.decode(stream):
                time = index / fps if frame.time is None else float(frame.time)
                image = frame.to_ndarray(format="bgr24")
                yield Frame(image, NAME, index, clock(time), still=False, fps=fps)
                index += 1
        except av.FFmpegError as error:
            if index == 0:
                raise SourceError(f"{NAME}: {_UNREADABLE}") from error
            fail(f"{NAME}: damaged: {index} frames could be read")


def _opened(file: io.IOBase, kind: str | None) -> Any:
    try:
        import av  # the light install does without
    except ImportError as error:
        raise SourceError(f"{NAME}: pictures and videos there need PyAV: pip install av") from error
    av.logging.set_level(None)
    try:
        # Of pictures in a row no more is looked at than the first: what follows may be long in coming.
        options = {"probesize": "32", "analyzeduration": "0"} if kind else {"format_whitelist": CONTAINERS}
        container = av.open(file, format=kind, options=options, buffer_size=4096)
    except (av.FFmpegError, ValueError) as error:
        raise SourceError(f"{NAME}: {_UNREADABLE}") from error
    if not container.streams.video:
        container.close()
        raise SourceError(f"{NAME}: {_UNREADABLE}")
    return container

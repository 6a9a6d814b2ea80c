"""Photos, documents and videos as frames: every page or frame, in order."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Self

import cv2

from realtime.sources.file_bytes import File
from realtime.sources.frame import FPS, Frame, SourceError, mirrored, to_bgr
from realtime.sources.photos import PHOTOS
from realtime.sources.stills import frames_of, open_stills, page_count
from realtime.sources.stream import hide_password, is_url
from realtime.sources.videos import VIDEOS, Clock, OpenVideo, promise, still_if_alone

logger = logging.getLogger(__name__)

READ = PHOTOS | VIDEOS | {".pdf"}
"""Suffixes of all that is looked for in folders, in small letters."""

_COMPLETE = 0.9  # a video that gives less of the frames it promised is damaged; some formats only estimate the promise


class FileSource:
    """Photos, documents and videos one after the other; iterate it once.

    Attributes:
        many: whether several files were asked for, so that outputs go to a folder.
        name: what to call it in a title.
        inputs: the files that are read.
        failures: one line for each file that could not be read, or not to its end.
    """

    live = False
    dropped = 0
    size: tuple[int, int] | None = None

    def __init__(
        self,
        inputs: Sequence[str],
        *,
        many: bool = False,
        name: str | None = None,
        stride: int = 1,
        max_frames: int | None = None,
        mirror: bool = False,
        on_failure: Callable[[str], None] | None = None,
        insecure: bool = False,
    ) -> None:
        self.inputs = list(inputs)
        self.many = many
        self.name = printable(name or self.inputs[0])
        self.failures: list[str] = []
        self._stride = stride
        self._max_frames = max_frames
        self._mirror = mirror
        self._insecure = insecure
        self._on_failure = on_failure or logger.warning
        self._frames = self._deliver()

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file that is open; there are no more frames."""
        self._frames.close()

    @cached_property
    def fps(self) -> float:
        """Frames a second of the first video, 30.0 where unknown."""
        videos = (path for path in self.inputs if not is_still(path))
        return next((promise(path, self._insecure)[1] / self._stride for path in videos), FPS)

    @cached_property
    def total(self) -> int | None:
        """Frames to expect, `None` where unknown. A hint: damaged videos promise too much."""
        total = 0
        for path in self.inputs:
            if is_still(path):
                total += _promised_pages(path)
                continue
            count = promise(path, self._insecure)[0]
            if count is None:
                return self._max_frames
            total += math.ceil(count / self._stride)
        return total if self._max_frames is None else min(total, self._max_frames)

    def _deliver(self) -> Generator[Frame]:
        left = math.inf if self._max_frames is None else self._max_frames
        for path in self.inputs:
            if left <= 0:
                return
            try:
                for frame in self._frames_of(path):
                    yield mirrored(frame) if self._mirror else frame
                    left -= 1
                    if left <= 0:
                        return
            except SourceError as error:
                if not self.many:
                    raise
                self._fail(str(error))

    def _frames_of(self, path: str) -> Iterator[Frame]:
        stills = None if is_url(path) else open_stills(File(path))
        if stills is None:
            yield from still_if_alone(self._video(path))
        else:
            yield from frames_of(stills, path, self._fail)

    def _fail(self, message: str) -> None:
        self.failures.append(message)
        self._on_failure(message)

    def _video(self, path: str) -> Iterator[Frame]:
        name = hide_password(path) if is_url(path) else path
        with OpenVideo(path, self._insecure) as video:
            read = 0
            clock = Clock(self._stride / video.fps)
            while True:
                # A frame that is left out need not be converted to BGR.
                wanted = read % self._stride == 0
                ok, image = video.capture.read() if wanted else (video.capture.grab(), None)
                if not ok:
                    break
                if image is not None:
                    time = clock(video.capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
                    yield Frame(to_bgr(image), name, read, time, still=False, fps=video.fps / self._stride)
                read += 1
        if read == 0:
            raise SourceError(f"{name}: not a picture or a video that can be read, or damaged")
        if video.count is not None and read < _COMPLETE * video.count - 1:
            self._fail(f"{name}: damaged: only {read} of about {video.count} frames could be read")


def _promised_pages(path: str) -> int:
    try:
        return page_count(path) or 1
    except SourceError:
        return 0


def is_still(path: str) -> bool:
    """Whether it is a photo or a document, by its content."""
    try:
        return not is_url(path) and page_count(path) is not None
    except SourceError:
        return Path(path).suffix.lower() in READ - VIDEOS


def printable(text: str) -> str:
    """`text` without the surrogates of an undecodable file name, on which OpenCV crashes and terminals stumble."""
    return text.encode("utf-8", "replace").decode()

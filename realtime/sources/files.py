"""Photos, documents and videos as frames: every page or frame, in order."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Self

import cv2
import numpy as np

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
    """Photos, documents and videos one after the other; an iterator that `seek` sends to another place.

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
        self._counts: dict[str, int | None] = {}
        self._frames = self._deliver()

    def __iter__(self) -> Iterator[Frame]:
        return self

    def __next__(self) -> Frame:
        return next(self._frames)

    def seek(self, place: int) -> None:
        """Go on with another frame, also after the last one.

        Args:
            place: how many frames come before it, as `total` counts them; of a place beyond the end the last frame
                comes. In a video whose frames do not follow each other steadily it is the frame at that share of
                its time.

        Raises:
            SourceError: where `total` is unknown.
        """
        if self.total is None:
            raise SourceError(f"{self.name}: nobody knows how long it is, so no place in it can be found")
        self._frames.close()
        self._frames = self._deliver(min(max(place, 0), max(self.total - 1, 0)))

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
            count = self._promised(path)
            if count is None:
                return self._max_frames
            total += count
        return total if self._max_frames is None else min(total, self._max_frames)

    def _promised(self, path: str) -> int | None:
        """Frames to expect of a file."""
        if path not in self._counts:
            self._counts[path] = _pages(path)
            if self._counts[path] is None:
                count = promise(path, self._insecure)[0]
                self._counts[path] = None if count is None else math.ceil(count / self._stride)
        return self._counts[path]

    def _deliver(self, place: int = 0) -> Generator[Frame]:
        left = math.inf if self._max_frames is None else self._max_frames - place
        for path in self.inputs:
            if left <= 0:
                return
            if place and (count := self._promised(path) or 0) <= place:
                place -= count
                continue
            try:
                for frame in self._frames_of(path, place):
                    yield mirrored(frame) if self._mirror else frame
                    left -= 1
                    if left <= 0:
                        return
            except SourceError as error:
                if not self.many:
                    raise
                self._fail(str(error))
            place = 0

    def _frames_of(self, path: str, place: int) -> Iterator[Frame]:
        stills = None if is_url(path) else open_stills(File(path))
        if stills is not None:
            yield from frames_of(stills, path, self._fail, place)
        elif place:
            yield from self._video(path, place)
        else:
            yield from still_if_alone(self._video(path))

    def _fail(self, message: str) -> None:
        if message not in self.failures:  # it may have been come to before
            self.failures.append(message)
            self._on_failure(message)

    def _video(self, path: str, place: int = 0) -> Iterator[Frame]:
        name = hide_password(path) if is_url(path) else path
        with OpenVideo(path, self._insecure) as video:
            read = 0
            clock = Clock(self._stride / video.fps)
            image: np.ndarray | None
            there = video.go_to(place * self._stride) if place else None
            if place and there is None:  # a format without places: what comes before is decoded
                yield from islice(self._video(path), place, None)
                return
            if there is not None:
                clock.go_to(there.first, there.stamp)
                read = round((there.stamp - there.first) * video.fps / self._stride) * self._stride
            while True:
                # A frame that is left out need not be converted to BGR.
                wanted = read % self._stride == 0
                if there is not None:
                    ok, image, there = True, there.image, None
                else:
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


def _pages(path: str) -> int | None:
    """How many pages a photo or document has, 0 where it cannot be read; None for a video."""
    try:
        return None if is_url(path) else page_count(path)
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

"""Video files: opened, what they say of themselves, and the time of each frame."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, Self, cast

import cv2
import numpy as np

from realtime.sources.frame import FPS, MAX_PIXELS, Frame, SourceError, open_file, sane_fps, too_large
from realtime.sources.kinds import HEAD
from realtime.sources.stream import is_url, open_stream

VIDEOS = frozenset(
    ".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .ts .mts .m2ts .wmv .flv .3gp .ogv .y4m .mjpeg .gif".split()
)
"""Suffixes of videos, in small letters. A GIF is one unless its pictures follow as slowly as pages are turned."""

_EARLIER = 0.0, 1.0, 10.0, 60.0, math.inf
"""Seconds before a wanted frame at which decoding begins, tried in turn."""
_PAUSE = 10.0  # seconds; a longer step between two frames is a wrong clock


class Found(NamedTuple):
    """A frame of a video that was gone to.

    Attributes:
        first: time stamp of the video's first frame, in seconds.
        stamp: that of the frame.
        image: as OpenCV decodes it.
    """

    first: float
    stamp: float
    image: np.ndarray


class OpenVideo:
    """An open video: `capture`, its `fps`, and the `count` of frames it promises."""

    def __init__(self, path: str, insecure: bool = False) -> None:
        self._file = None
        if is_url(path):
            self.capture = open_stream(path, insecure)
        else:
            with open_file(path) as file:
                head = file.read(HEAD)
            # FFmpeg shows a text file as a video of the text, and follows the addresses in a playlist.
            if not head or is_text(head, path):
                raise SourceError(f"{path}: {'text, not a picture or a video' if head else 'empty file'}")
            try:
                path.encode()
            except UnicodeEncodeError:  # OpenCV 5 crashes on such a name
                self._file = open_file(path)
                self.capture = cv2.VideoCapture(self._file, cv2.CAP_FFMPEG, [])
            else:
                # A relative name with a colon would be taken for an address.
                self.capture = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)
        if not self.capture.isOpened():
            self.close()
            raise SourceError(f"{path}: not a picture or a video that can be read, or damaged")
        count, self.fps = self.capture.get(cv2.CAP_PROP_FRAME_COUNT), sane_fps(self.capture.get(cv2.CAP_PROP_FPS))
        self.count = int(count) if 0 < count < 1e8 else None
        width, height = self.capture.get(cv2.CAP_PROP_FRAME_WIDTH), self.capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if width * height > MAX_PIXELS:
            self.close()
            raise SourceError(too_large(path, int(width), int(height)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def go_to(self, index: int) -> Found | None:
        """Read the frame of an index, by its time: the decoder is sent there, and decodes on to it.

        Of an index beyond the end it is the last frame. The first frame must not have been read.

        Returns:
            The frame; None where the decoder does not find it.
        """
        if not isinstance(self.capture, cv2.VideoCapture) or not self.capture.grab():
            return None
        first = self._stamp
        wanted = first + index / self.fps
        last = self._grab(first, wanted)
        if last is not None and last < wanted - 0.5 / self.fps:  # the video ends there; that frame is gone by now
            last = self._grab(first, last)
        ok, image = self.capture.retrieve() if last is not None else (False, None)
        return Found(first, last, image) if image is not None and ok and last is not None else None

    def _grab(self, first: float, wanted: float) -> float | None:
        """Grab the frame of a time stamp; the stamp of the last that was grabbed, None where there is none."""
        for early in _EARLIER:
            cast(cv2.VideoCapture, self.capture).set(cv2.CAP_PROP_POS_MSEC, 1000 * max(first, wanted - early))
            last = self._decode_to(wanted)
            if last is not None and last <= wanted + 0.5 / self.fps:
                return last  # else there is no key frame so late, or the decoder has gone too far
        return None

    def _decode_to(self, wanted: float) -> float | None:
        """Grab frames until one has this time stamp or a later one; the stamp of the last, None where there is none."""
        last = None
        while self.capture.grab():
            last = self._stamp
            if last >= wanted - 0.5 / self.fps:
                break
        return last

    @property
    def _stamp(self) -> float:
        return float(self.capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000

    def close(self) -> None:
        """Release the decoder and the file."""
        self.capture.release()
        if self._file:
            self._file.close()


class Clock:
    """Seconds since the first frame: a video's own time stamps where they can be true, else steps of its frame rate."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._start = 0.0
        self._time = -1.0

    def go_to(self, first: float, stamp: float) -> None:
        """Go on with a frame of this time stamp in a video whose first frame has that one, both in seconds."""
        self._start = first if math.isfinite(first) else 0.0
        self._time = max(0.0, stamp - self._start - self._step)

    def __call__(self, stamp: float) -> float:
        """Seconds since the first frame, of a frame with this time stamp in seconds."""
        if self._time < 0:
            self._start = stamp if math.isfinite(stamp) else 0.0
            self._time = 0.0
        else:
            time = stamp - self._start
            self._time = time if self._time < time <= self._time + _PAUSE + self._step else self._time + self._step
        return self._time


def promise(path: str, insecure: bool) -> tuple[int | None, float]:
    """How many frames a video says it has, and how many a second."""
    try:
        with OpenVideo(path, insecure) as video:
            return video.count, video.fps
    except SourceError:
        return 0, FPS


def is_text(head: bytes, path: str) -> bool:
    """Whether a file is text, by its first bytes; FFmpeg would show it as a video of it."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return True
    if b"\0" in head:
        return False
    try:
        head[:-4].decode()  # the end may cut a character in two
    except UnicodeDecodeError:
        return Path(path).suffix.lower() not in VIDEOS
    return True


def still_if_alone(frames: Iterator[Frame]) -> Iterator[Frame]:
    """The frames of a video; its only one is a picture, in which the tracker would have nothing to confirm."""
    first, second = next(frames, None), next(frames, None)
    if first is None:
        return
    if second is None:
        yield replace(first, still=True)
        return
    yield first
    yield second
    yield from frames

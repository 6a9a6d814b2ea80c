"""Annotated videos and pictures."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np

from realtime.frame import FPS, Frame
from realtime.paths import OutputError, fitting, identities, make_folder, prepare, prepare_folder, refuse_input
from realtime.quiet import native_stderr_off

logger = logging.getLogger(__name__)

CODECS = {".mp4": "mp4v", ".webm": "VP80", ".avi": "MJPG"}
"""Videos that can be written, by suffix. Browsers play the `.webm` only."""

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
"""Pictures that can be written, by suffix."""

_RESERVE = 16_000_000  # bytes to leave free on the disk, so that a video can be finished
_FINISHED = 0.5  # the share of its frames that a finished video must own up to
_COST = {".mp4": 6.0, ".webm": 60.0, ".avi": 10.0}  # milliseconds to encode a megapixel, on a slow core
_CHOICE = "a name in .mp4, .webm or .avi for a video, .jpg or .png for a photo, or a folder"


class SaveSink:
    """Annotated pictures: one video, one picture, or a folder with one for each source.

    A video has the size of its first picture, and the frame rate of its source. A camera's video keeps real
    time however many frames the loop got through.

    Args:
        path: ends in `.mp4`, `.webm` or `.avi` for a video, `.jpg`, `.png` ... for a photo; anything else is a folder.
        many: whether several files will come, which need a folder.
        inputs: files that must not be overwritten.
        on_warning: called with one line when pictures had to be fitted to the size of a video; else it is logged.

    Attributes:
        path: as given.
        saved: the files written so far.

    Raises:
        OutputError: if it cannot be written, now or later. What was written until then is complete.
    """

    def __init__(
        self,
        path: str,
        *,
        many: bool = False,
        inputs: Sequence[str] = (),
        on_warning: Callable[[str], None] | None = None,
    ) -> None:
        self.path = path
        self.saved: list[str] = []
        self._inputs = identities(inputs)
        self._on_warning = on_warning or logger.warning
        self._video: _Video | None = None
        self._now: tuple[str, int] | None = None  # source and index of the last frame
        self._taken: set[str] = set()
        suffix = Path(path).suffix.lower()
        self._folder = os.path.isdir(path) or path.endswith(("/", os.sep)) or not suffix
        self._empty: str | None = None  # a file made to see whether it can be written
        if self._folder:
            prepare_folder(path)
        elif suffix not in CODECS and suffix not in PICTURES:
            raise OutputError(f"{path}: cannot write {suffix}; use {_CHOICE}")
        elif many:
            raise OutputError(f"{path}: several files need a folder to be saved in")
        elif prepare(path, self._inputs):
            self._empty = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.close()
        except OutputError as error:
            # What ended the loop matters more.
            if kind is None:
                raise
            self._on_warning(str(error))

    def write(self, frame: Frame, image: np.ndarray) -> None:
        """Save `image (H, W, 3) uint8` BGR, the annotated picture of `frame`."""
        new = frame.still or self._now is None or self._now[0] != frame.source or frame.index < self._now[1]
        self._now = (frame.source, frame.index)
        if new:
            self._finish()
            target = self._target(frame)
            if frame.still:
                save_picture(target, image)
            else:
                self._video = _Video(target, frame, image, self._on_warning)
            self._empty = None
        if self._video is not None:
            self._video.write(frame, image)
        if new:
            self.saved.append(target)

    def close(self) -> None:
        """Finish the video that is open."""
        try:
            self._finish()
        finally:
            if self._empty is not None:
                Path(self._empty).unlink(missing_ok=True)
                self._empty = None

    def _finish(self) -> None:
        video, self._video = self._video, None
        if video is not None:
            video.close()

    def _target(self, frame: Frame) -> str:
        suffixes: Sequence[str] = PICTURES if frame.still else tuple(CODECS)
        if not self._folder:
            if Path(self.path).suffix.lower() not in suffixes:
                raise OutputError(f"{self.path}: wrong ending; use {_CHOICE}")
            return self.path
        name = frame.source if "://" not in frame.source else re.sub(r"\W+", "-", frame.source)
        stem, suffix = os.path.splitext(os.path.basename(name))
        stem = fitting(stem)
        if suffix.lower() not in suffixes:
            suffix = ".png" if frame.still else ".mp4"
        path, number = os.path.join(self.path, stem + suffix), 2
        while path in self._taken:
            path, number = os.path.join(self.path, f"{stem}-{number}{suffix}"), number + 1
        self._taken.add(path)
        refuse_input(path, self._inputs)
        return path


class _Video:
    """One video file that is being written."""

    def __init__(self, path: str, frame: Frame, image: np.ndarray, on_warning: Callable[[str], None]) -> None:
        suffix = Path(path).suffix.lower()
        self._path = path
        self._on_warning: Callable[[str], None] | None = on_warning
        self._size = height, width = image.shape[:2]
        self._start = frame.time
        self._written = 0
        self._fps = frame.fps
        if frame.captured is not None:
            # Half of a core at the most, else encoding takes the time that the loop needs.
            self._fps = max(1.0, min(FPS, frame.fps, 500 / (_COST[suffix] * height * width / 1e6)))
        # mpeg-4 counts time in 65535ths: a rate with more decimals may be refused.
        fps = round(self._fps, 2)
        try:
            path.encode()
        except UnicodeEncodeError as error:  # OpenCV crashes on such a name
            raise OutputError(f"{os.fsencode(path)!r}: a video's name must be valid UTF-8") from error
        with native_stderr_off():
            codec = cv2.VideoWriter.fourcc(*CODECS[suffix])
            self._writer = cv2.VideoWriter(os.path.abspath(path), cv2.CAP_FFMPEG, codec, fps, (width, height))
        if not self._writer.isOpened():
            raise OutputError(f"{path}: a video of {width}x{height} at {fps:g} frames a second cannot be written here")

    def write(self, frame: Frame, image: np.ndarray) -> None:
        """Append one picture, as often as the time that has passed asks for."""
        # The writer itself says nothing when the disk is full.
        try:
            free = shutil.disk_usage(os.path.dirname(self._path) or ".").free
        except OSError as error:
            raise OutputError(f"{self._path}: {error.strerror}") from error
        if free < _RESERVE:
            raise OutputError(f"{self._path}: the disk is full; the video ends after {self._written} frames")
        if image.shape[:2] != self._size:
            image = self._fit(image)
        copies = 1
        if frame.captured is not None:
            due = int((frame.time - self._start) * self._fps + 0.5) + 1 - self._written
            copies = min(due, int(self._fps) + 1)
            self._start += max(0, due - copies) / self._fps  # a longer gap is cut out
        for _ in range(copies):
            self._writer.write(image)
            self._written += 1

    def close(self) -> None:
        """Finish the file and see whether it can be read."""
        self._writer.release()
        if self._written == 0:
            Path(self._path).unlink(missing_ok=True)
            return
        capture = cv2.VideoCapture(os.path.abspath(self._path), cv2.CAP_FFMPEG)
        frames = capture.get(cv2.CAP_PROP_FRAME_COUNT)  # a file without its end has no such number
        capture.release()
        if not frames >= _FINISHED * self._written:
            raise OutputError(f"{self._path}: the video could not be finished; is the disk full?")

    def _fit(self, image: np.ndarray) -> np.ndarray:
        """`image` scaled into the size of the video, black around it."""
        height, width = self._size
        if self._on_warning is not None:
            was = f"{image.shape[1]}x{image.shape[0]}"
            self._on_warning(f"{self._path}: pictures of {was} are fitted into the video's {width}x{height}")
            self._on_warning = None
        scale = min(height / image.shape[0], width / image.shape[1])
        h, w = max(1, int(image.shape[0] * scale)), max(1, int(image.shape[1] * scale))
        canvas = np.zeros((height, width, 3), np.uint8)
        top, left = (height - h) // 2, (width - w) // 2
        canvas[top : top + h, left : left + w] = cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA)
        return canvas


def save_picture(path: str, image: np.ndarray) -> None:
    """Write `image (H, W, 3) uint8` BGR to `path`, whole or not at all; folders are made.

    Raises:
        OutputError: if it cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in PICTURES:
        raise OutputError(
            f"{path}: cannot write {suffix or 'a name without an ending'}; use one of {' '.join(PICTURES)}"
        )
    try:
        ok, data = cv2.imencode(suffix, image)
    except cv2.error:
        ok = False
    if not ok:
        raise OutputError(f"{path}: a picture of {image.shape[1]}x{image.shape[0]} cannot be written as {suffix}")
    make_folder(os.path.dirname(path) or ".")
    part = Path(f"{path}.part")
    try:
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from error

"""Annotated videos and pictures."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.sinks.paths import OutputError, fitting, identities, make_folder, prepare, prepare_folder, refuse_input
from realtime.sinks.video_file import CODECS, VideoFile
from realtime.sources.frame import FPS, Frame

logger = logging.getLogger(__name__)

PICTURES = (".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff")
"""Pictures that can be written, by suffix."""

_SILENCE = 1.0  # seconds without a picture, at most, in a camera's video
_COST = {".mp4": 8.0, ".webm": 60.0, ".avi": 10.0}  # milliseconds to encode a megapixel, on a slow core
_CHOICE = "a name in .mp4, .webm or .avi for a video, .jpg or .png for a photo, .pdf for documents, or a folder"


class SaveSink:
    """Annotated pictures: one video, one picture, or a folder with one for each source.

    A video has the size of its first picture, and each picture its time in the source: a camera's video keeps real
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

    def write(self, frame: Frame, image: NDArray[np.uint8]) -> None:
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
        if frame.pages > 1:
            stem += f"-page-{frame.index + 1:0{len(str(frame.pages))}d}"
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

    def __init__(self, path: str, frame: Frame, image: NDArray[np.uint8], on_warning: Callable[[str], None]) -> None:
        self._path = path
        self._on_warning: Callable[[str], None] | None = on_warning
        self._size = height, width = image.shape[:2]
        self._start = frame.time
        self._last = 0.0  # seconds of the video at which its last picture stands
        self._fps = frame.fps
        if frame.captured is not None:
            # Half of a core at the most, else encoding takes the time that the loop needs.
            cost = _COST[Path(path).suffix.lower()] * height * width / 1e6
            self._fps = max(1.0, min(FPS, frame.fps, 500 / cost))
        self._slot = -1  # of so many a second each gets one picture of a camera
        self._file = VideoFile(path, (width, height), self._fps)

    def write(self, frame: Frame, image: NDArray[np.uint8]) -> None:
        """Append one picture; of a camera that gives more than can be encoded, some are left out."""
        seconds = max(0.0, frame.time - self._start)
        if frame.captured is not None:
            silence = seconds - self._last - _SILENCE
            if silence > 0:
                self._start += silence  # a longer one is cut out
                seconds -= silence
            slot = int(seconds * self._fps + 0.5)
            if slot <= self._slot:
                return
            self._slot = slot
        if image.shape[:2] != self._size:
            image = self._fit(image)
        self._file.write(image, seconds)
        self._last = seconds

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _fit(self, image: NDArray[np.uint8]) -> np.ndarray:
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


def save_picture(path: str, image: NDArray[np.uint8]) -> None:
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

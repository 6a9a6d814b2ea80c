"""An uploaded video -> one record a frame, as it is read; or the video with what was read drawn into it."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import IO

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.live.worker import Worker, WorkerError
from realtime.recognition.recognizer import Recognizing
from realtime.sinks.video import SaveSink
from realtime.sources.frame import SourceError
from realtime.sources.kinds import HEAD
from realtime.web import limits
from realtime.web.asked import Asked, Expecting
from realtime.web.data_url import jpeg_url
from realtime.web.decoder import Bounds, Decoder
from realtime.web.pictures import is_video

_PREFIX = "digits-upload-"
_PREVIEW_EVERY = 0.4  # seconds
_PREVIEW_WIDTH = 640  # pixels


class Video:
    """A file that is gone when it is closed; ask it for one line after the other, or for one frame.

    Args:
        name: what the records call it.
        preview: whether some lines carry the annotated frame, as a small JPEG in a data URL.
        asked: the form of its numbers, and the part of its frames that is read.
    """

    def __init__(self, name: str, preview: bool, asked: Asked) -> None:
        self._name, self._preview, self._asked = name, preview, asked
        self.file = temporary_file()
        self.frames: int | None = None
        self._shown = -np.inf  # when the last preview was made
        self._results: Iterator[FrameResult | str] = iter(())
        self._decoder: Decoder | None = None

    def open(self, worker: Worker) -> None:
        """Read the first frame; to be called when `file` is written.

        Raises:
            SourceError: if it is no video, one of too large a picture, or ends the process that decodes it.
        """
        self.file.flush()
        self.file.seek(0)
        if not is_video(self.file.read(HEAD)):
            raise SourceError(f"{self._name}: not a video that can be read: MP4, MOV, WebM, MKV or AVI, among others")
        bounds = Bounds(limits.VIDEO_FRAMES, limits.FRAME_PIXELS, limits.DECODER_BYTES, limits.DECODER_SECONDS)
        self._decoder = decoder = Decoder(self.file.name, self._name, bounds)
        self.frames = decoder.total
        self._pipeline = EveryFrame(self._reading(worker), form=self._asked.form, region=self._asked.region)
        results = self._read(decoder)
        self._results = chain([next(results)], results)

    def next_line(self, worker: Worker) -> str | None:
        """The record of the next frame as a line of JSON, or what went wrong; None at the end."""
        result = self.next_result(worker)
        if result is None or isinstance(result, str):
            return None if result is None else json.dumps({"error": result}) + "\n"
        answer = {**result.record, "source": self._name}
        if self._preview and time.monotonic() - self._shown >= _PREVIEW_EVERY:
            self._shown = time.monotonic()
            answer["preview"] = _small_jpeg(result.annotated())
        return json.dumps(answer) + "\n"

    def next_result(self, worker: Worker) -> FrameResult | str | None:
        """What was read in the next frame, or what went wrong; None at the end."""
        self._pipeline.recognizer = self._reading(worker)
        return next(self._results, None)

    def close(self) -> None:
        """End the decoder and remove the file."""
        self._results = iter(())
        if self._decoder is not None:
            self._decoder.close()
        self.file.close()
        os.unlink(self.file.name)

    def _reading(self, worker: Worker) -> Recognizing:
        return worker if self._asked.form is None else Expecting(worker, self._asked.form)

    def _read(self, decoder: Decoder) -> Iterator[FrameResult | str]:
        begun = False
        try:
            for frame in decoder:
                yield self._pipeline(frame)
                begun = True
        except (SourceError, WorkerError) as error:
            if not begun:
                raise
            yield str(error)
        yield from decoder.failures


class Annotated:
    """The video with what was read drawn into each frame, as an MP4 that is gone when it is closed.

    Args:
        video: the open upload.
        take: told how many bytes more the file has, before they are counted on.

    Attributes:
        path: of the file.
    """

    def __init__(self, video: Video, take: Callable[[int], None]) -> None:
        self._video, self._take = video, take
        with temporary_file() as file:
            self.path = file.name
        self._sink = SaveSink(self.path)
        self._size = 0

    def next_frame(self, worker: Worker) -> bool:
        """Write the next frame; whether there was one.

        Raises:
            OutputError: the package that encodes videos is missing, or the disk is full.
        """
        result = self._video.next_result(worker)
        if result is None:
            self._sink.close()
            return False
        if not isinstance(result, str):
            self._sink.write(replace(result.frame, still=False), result.saved())
            size = os.stat(self.path).st_size
            if size > self._size:
                self._take(size - self._size)
                self._size = size
        return True

    def close(self) -> None:
        """Remove the file."""
        try:
            self._sink.close()
        finally:
            Path(self.path).unlink(missing_ok=True)


def temporary_file() -> IO[bytes]:
    """A file that `sweep` of a later server removes where this one is killed."""
    prefix = f"{_PREFIX}{os.getpid()}-"
    return tempfile.NamedTemporaryFile(prefix=prefix, suffix=".mp4", delete=False)


def sweep() -> None:
    """Remove the uploads of servers that were killed."""
    for path in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = path.name.removeprefix(_PREFIX).split("-")[0]
        if pid.isdigit() and not _lives(int(pid)):
            with suppress(OSError):
                path.unlink()


def _lives(pid: int) -> bool:
    if os.name != "posix":
        return True  # there the signal 0 would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def _small_jpeg(image: NDArray[np.uint8]) -> str:
    height, width = image.shape[:2]
    if width > _PREVIEW_WIDTH:
        image = cv2.resize(
            image, (_PREVIEW_WIDTH, round(height * _PREVIEW_WIDTH / width)), interpolation=cv2.INTER_AREA
        )
    return jpeg_url(image)

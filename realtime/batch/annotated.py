"""Annotated copies: what was read drawn on each picture, in a folder that mirrors the inputs."""

from __future__ import annotations

import os
import re
from typing import Self

import numpy as np
from numpy.typing import NDArray

from realtime.batch.task import Task
from realtime.sinks.paths import OutputError, fitting, identities, make_folder, refuse_input
from realtime.sinks.video import PICTURES, SaveSink, save_picture
from realtime.sources.frame import Frame


class Copies:
    """The copies of one task; a context manager that finishes its video.

    Args:
        folder: where all copies go.
        task: `sheets/a.png` is copied to `sheets/a.png` in there, page 3 of `b.pdf` to `b.pdf.0003.jpg`, `c.avi` to
            `c.avi.mp4`, and the part of it from its second 60 on to `c.avi.0060.mp4`.
        many: whether it is one of many pages.

    Attributes:
        failure: why a copy could not be written, in one line; there are no more of this task then.
    """

    def __init__(self, folder: str, task: Task, many: bool) -> None:
        self._stem = os.path.join(folder, _within(task.source))
        self._paths = [task.path]
        self._part = task.part
        self._many = many
        self._video: SaveSink | None = None
        self.failure: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._video is not None:
                self._video.close()
        except OutputError as error:
            self.failure = self.failure or str(error)

    def write(self, frame: Frame, picture: NDArray[np.uint8]) -> None:
        """Add the annotated picture of a frame."""
        try:
            if self.failure is None:
                self._write(frame, picture)
        except OutputError as error:
            self.failure = str(error)

    def _write(self, frame: Frame, picture: NDArray[np.uint8]) -> None:
        if frame.still:
            path = self._stem
            if self._many or os.path.splitext(path)[1].lower() not in PICTURES:
                path += f".{frame.index + 1:04d}.jpg" if self._many else ".jpg"
            refuse_input(path, identities(self._paths))
            save_picture(path, picture)
            return
        if self._video is None:
            start = "" if self._part is None else f".{self._part[0]:04d}"
            ending = "" if self._stem.endswith(".mp4") and not start else ".mp4"
            make_folder(os.path.dirname(self._stem))
            self._video = SaveSink(f"{self._stem}{start}{ending}", inputs=self._paths)
        self._video.write(frame, picture)


def _within(source: str) -> str:
    """The source as a path that leads nowhere but down."""
    parts = re.split(r"[/\\]+", source.replace("://", "/").replace(":", ""))
    *folders, name = [part for part in parts if part not in ("", ".", "..")]
    stem, suffix = os.path.splitext(name)
    return os.path.join(*folders, fitting(stem) + suffix)

"""The picture behind a row of the results."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Self

import numpy as np

from realtime.batch.remote import fetched, is_remote
from realtime.sources.file_bytes import File
from realtime.sources.frame import SourceError
from realtime.sources.stills import open_stills


class Pictures:
    """Called with a source and a frame: its picture; the last one is kept, and a context manager lets go of copies.

    Raises:
        SourceError: if it cannot be read any more.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._source: str | None = None
        self._path = ""
        self._kept: tuple[str, int, np.ndarray] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, source: str, frame: int) -> np.ndarray:
        """A frame of a source, `(H, W, 3) uint8` BGR."""
        if self._kept is not None and self._kept[:2] == (source, frame):
            return self._kept[2]
        if source != self._source:
            self._stack.close()
            self._path = self._stack.enter_context(fetched(source)) if is_remote(source) else source
            self._source = source
        picture = _read(self._path, frame)
        self._kept = source, frame, picture
        return picture


def _read(path: str, frame: int) -> np.ndarray:
    stills = open_stills(File(path))
    page = None if stills is None else next(stills.pages(frame, frame + 1), None)
    if page is None:
        raise SourceError(f"{path}: there is no page {frame + 1} any more")
    return page

"""Task and Answer: what goes to a worker and what comes back."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field

import pyarrow as pa

from realtime.batch.rows import EMPTY
from realtime.sources.stream import hide_password

Stamp = tuple[int, int]
"""Bytes of a file, and when it was changed last, in nanoseconds."""


@dataclass(frozen=True)
class Task:
    """A file, or a part of a long one.

    Attributes:
        path: of the file, or its address.
        part: seconds of a video or pages of a document, the end excluded and -1 where it is that of the file;
            None = all of it.
    """

    path: str
    part: tuple[int, int] | None = None

    @property
    def source(self) -> str:
        """The file in the results: without a password, and fit for Parquet whatever bytes are in its name."""
        return hide_password(self.path).encode("utf-8", "backslashreplace").decode()

    @property
    def key(self) -> str:
        """The task in the results: `sheets/a.png`, `clip.mp4#60-120`."""
        if self.part is None:
            return self.source
        start, end = self.part
        return f"{self.source}#{start}-{end if end >= 0 else ''}"


@dataclass(frozen=True, eq=False)
class Answer:
    """What came of one task.

    Attributes:
        key: of the task.
        rows: one a digit, as in `realtime.batch.rows.SCHEMA`.
        error: one line where the file could not be read, or not to its end; else None.
        parts: tasks to be done in its stead, where the file turned out to be a long one.
        stamp: size and time of the last change of the file before it was read; None where it is none of this machine.
        transient: whether it may go well another time: it could not be had at all, or its worker died.
    """

    key: str
    rows: pa.Table = field(default_factory=lambda: EMPTY)
    error: str | None = None
    parts: list[Task] = field(default_factory=list)
    stamp: Stamp | None = None
    transient: bool = False


def source_of(key: str) -> str:
    """The source of a task by its key."""
    return re.sub(r"#\d+-\d*$", "", key)


def stamp_of(path: str) -> Stamp | None:
    """Size and time of the last change of a file; None where there is none."""
    try:
        stat = os.stat(path)
    except (OSError, ValueError):
        return None
    return stat.st_size, stat.st_mtime_ns

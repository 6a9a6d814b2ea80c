"""Task and Answer: what goes to a worker and what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa

from realtime.batch.rows import EMPTY
from realtime.camera import hide_password


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
        unreachable: whether it could not be had at all, and may be when tried another time.
    """

    key: str
    rows: pa.Table = field(default_factory=lambda: EMPTY)
    error: str | None = None
    parts: list[Task] = field(default_factory=list)
    unreachable: bool = False

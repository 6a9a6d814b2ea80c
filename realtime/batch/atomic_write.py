"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from realtime.sinks.paths import OutputError

SUFFIX = ".part"
"""Of a file that is being written."""


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which gets its name once all of it is on the disk.

    Raises:
        OutputError: if it cannot be written; what stood under the name before still does.
    """
    aside = path.with_name(path.name + SUFFIX)
    try:
        try:
            with aside.open("wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync(path.parent)
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror or error}") from error


def _sync(folder: Path) -> None:
    """Bring the new name to the disk as well."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

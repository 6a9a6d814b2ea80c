"""Paths, folders and globs -> files."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path

from realtime.sources.files import READ
from realtime.sources.frame import SourceError


def find(spec: str) -> list[str]:
    """The files behind a path, a folder or a glob; of the last two only those with the suffix of what can be read."""
    if os.path.isfile(spec):
        return [spec]
    if os.path.isdir(spec):
        try:
            found = [os.path.join(spec, name) for name in os.listdir(spec) if not name.startswith(".")]
        except OSError as error:
            raise SourceError(f"{spec}: {error.strerror}") from error
        where = "the folder"
    elif os.path.exists(spec):
        raise SourceError(f"{spec}: neither a file nor a folder")
    elif glob.has_magic(spec):
        found = glob.glob(spec, recursive=True)
        if not found:
            raise SourceError(f"{spec}: no file matches")
        where = "what matches"
    else:
        raise SourceError(f"{spec}: no such file, folder or camera")
    paths = [path for path in found if Path(path).suffix.lower() in READ and os.path.isfile(path)]
    if not paths:
        raise SourceError(f"{spec}: no photo, video or PDF in {where}")
    return sorted(paths, key=natural)


def natural(path: str) -> list[str | int]:
    """Sorts sheet2 before sheet10."""
    parts: list[str | int] = list(re.split(r"(\d+)", path.casefold()))
    parts[1::2] = [int(number) for number in parts[1::2]]
    return parts

"""Where outputs may go: folders are made, inputs are never overwritten, names are new."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

Identities = set[tuple[int, int]]

_LONGEST = 200  # bytes of a name, so that an ending and a number fit into the 255 that a file system takes
_DIGEST = 12  # hexadecimal figures


class OutputError(Exception):
    """Something cannot be written; the text is one line for the user."""


def prepare(path: str, inputs: Identities) -> bool:
    """Make the folders of `path` and see that it can be written; whether this made the file."""
    refuse_input(path, inputs)
    existed = os.path.exists(path)
    make_folder(os.path.dirname(path) or ".")
    try:
        with open(path, "ab"):
            return not existed
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: {reason_of(error)}") from error


def prepare_folder(path: str) -> None:
    """Make the folder `path` and see that files can be made in it."""
    make_folder(path)
    try:
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise OutputError(f"{path}: {error.strerror}") from error


def make_folder(path: str) -> None:
    """Make the folder `path` and those above it."""
    try:
        os.makedirs(path, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise OutputError(f"{path}: not a folder, but a file is there") from error
    except (OSError, ValueError) as error:
        raise OutputError(f"{path}: {reason_of(error)}") from error


def reason_of(error: Exception) -> str:
    """What the system says is wrong, without the path; the error's own words where it says nothing."""
    return str(getattr(error, "strerror", None) or error)


def identities(paths: Sequence[str]) -> Identities:
    """Device and number of each file: one file may have many names."""
    found = set()
    for path in paths:
        with suppress(OSError, ValueError):  # a name with a zero byte is none
            stat = os.stat(path)
            found.add((stat.st_dev, stat.st_ino))
    return found


def refuse_input(path: str, inputs: Identities) -> None:
    """Raise an `OutputError` if `path` is one of the files that are read."""
    if identities([path]) & inputs:
        raise OutputError(f"{path}: this is what is being read; save under another name")


def new_path(folder: str, suffix: str) -> Path:
    """A name in `folder`, made of the time, that is not taken."""
    stem = time.strftime("%Y-%m-%d_%H-%M-%S")
    path, number = Path(folder, stem + suffix), 2
    while path.exists():
        path, number = Path(folder, f"{stem}_{number}{suffix}"), number + 1
    return path


def fitting(name: str) -> str:
    """A file's name, cut where it is so long that no ending could be put after it: its hash tells it from others."""
    plain = os.fsencode(name)
    if len(plain) <= _LONGEST:
        return name
    digest = hashlib.sha256(plain).hexdigest()[:_DIGEST]
    return f"{plain[: _LONGEST - _DIGEST - 1].decode('utf-8', 'ignore')}~{digest}"

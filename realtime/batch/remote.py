"""Files elsewhere, `s3://`, `gs://`, `https://` and so on: fsspec lists and fetches them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from types import ModuleType
from urllib.parse import urlsplit

from realtime.batch.optional import need
from realtime.sinks.paths import OutputError
from realtime.sources.frame import SourceError
from realtime.sources.stream import hide_password


class Unreachable(SourceError):
    """A file elsewhere that cannot be had now, and may be another time."""


_ENDLESS = ("rtsp", "rtsps", "rtmp", "udp", "tcp")


def is_remote(path: str) -> bool:
    """Whether it has a scheme."""
    return re.match(r"[a-z][a-z0-9+.-]+://", path, re.IGNORECASE) is not None


def listed(address: str) -> list[str]:
    """The addresses of the files under an address: of a folder or a glob all of them, in order.

    Raises:
        SourceError: nothing is there, or nobody answers.
        OutputError: a package is missing.
    """
    name = hide_password(address)
    scheme = address.partition("://")[0].lower()
    if scheme in _ENDLESS:
        raise SourceError(f"{name}: a stream has no end")
    if scheme in ("http", "https"):  # has no folders
        return [address]
    with _told(name):
        system, path = _fsspec().core.url_to_fs(address)
        if any(sign in path for sign in "*?["):
            found = system.glob(path)
        elif system.isdir(path):
            found = system.find(path)
        elif system.exists(path):
            return [address]
        else:
            found = []
        found = [system.unstrip_protocol(path) for path in found]
    if not found:
        raise SourceError(f"{name}: nothing is there")
    return sorted(found)


@contextmanager
def fetched(address: str) -> Iterator[str]:
    """A copy on this machine for as long as the block lasts.

    Raises:
        Unreachable: it cannot be had.
    """
    name = hide_password(address)
    handle, copy = tempfile.mkstemp(suffix=PurePosixPath(urlsplit(address).path).suffix)
    try:
        with os.fdopen(handle, "wb") as file, _told(name), _fsspec().open(address, "rb") as far:
            shutil.copyfileobj(far, file, 1 << 20)
        yield copy
    finally:
        os.unlink(copy)


def _fsspec() -> ModuleType:
    return need("fsspec", "fsspec", "an address")


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Whatever goes wrong elsewhere, as one line."""
    try:
        yield
    except (SourceError, OutputError):
        raise
    except ImportError as error:  # s3fs, gcsfs, aiohttp: fsspec says which
        raise OutputError(f"{name}: {error}") from error
    except Exception as error:  # each of the many systems has errors of its own
        reason = "no such file" if isinstance(error, FileNotFoundError) else f"{type(error).__name__}: {error}"
        raise Unreachable(f"{name}: {' '.join(hide_password(reason).split())}") from error

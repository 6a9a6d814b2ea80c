"""A folder into which a scanner or another program puts files: each is read when it is complete."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from realtime.sources.files import READ, FileSource
from realtime.sources.find import natural
from realtime.sources.frame import Frame, SourceError

PAUSE = 0.5
"""Seconds between two looks into the folder. Looking also finds what comes over a network, which notifies nobody."""

_State = tuple[int, int]


class WatchedFolder:
    """The files of a folder, those that are there first, and then each that comes or changes.

    Args:
        folder: is looked into, and not into the folders in it.
        insecure: see `FileSource`.
    """

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._closed = threading.Event()

    def frames(self, fail: Callable[[str], None]) -> Iterator[Frame]:
        """Their frames, without an end, until `close`; a file counts as complete when it has stopped growing.

        Raises:
            SourceError: if the folder is gone.
        """
        read: dict[str, _State] = {}
        before: dict[str, _State] = {}
        while not self._closed.is_set():
            now = self._look()
            for path in sorted(now, key=natural):
                if now[path] == before.get(path) != read.get(path):
                    read[path] = now[path]
                    with FileSource([path], many=True, on_failure=fail) as source:
                        yield from source
                    if self._closed.is_set():
                        return
            before = now
            self._closed.wait(PAUSE)

    def close(self) -> None:
        """Look no more, also while another thread waits for a file."""
        self._closed.set()

    def _look(self) -> dict[str, _State]:
        """Size and time of the last change of each file that may be read."""
        found: dict[str, _State] = {}
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if entry.name.startswith(".") or Path(entry.name).suffix.lower() not in READ:
                        continue
                    try:
                        stat = entry.stat()
                    except OSError:  # it was there a moment ago
                        continue
                    if entry.is_file() and stat.st_size:
                        found[entry.path] = stat.st_size, stat.st_mtime_ns
        except OSError as error:
            raise SourceError(f"{self._folder}: {error.strerror}") from error
        return found

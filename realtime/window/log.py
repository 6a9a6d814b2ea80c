"""The readings of a session with their times, for the panel."""

from __future__ import annotations

import time
from collections import deque

from realtime.live.result import FrameResult

_FLASH = 0.3
"""Seconds of a flash."""
_KEPT = 200
"""Readings that are remembered."""


class ReadingLog:
    """Remembers the last readings, the newest first.

    Args:
        flash: whether to flash at each.
    """

    def __init__(self, flash: bool = False) -> None:
        self._seconds = _FLASH if flash else 0.0
        self._until = 0.0
        self._rows: deque[str] = deque(maxlen=_KEPT)

    def add(self, result: FrameResult) -> None:
        """Note the reading that a frame finished, if it did."""
        if result.reading is None:
            return
        self._until = time.monotonic() + self._seconds
        seconds = int(result.reading.time)
        when = result.frame.source if result.frame.still else f"{seconds // 60}:{seconds % 60:02}"
        self._rows.appendleft(f"{when}  {' / '.join(result.reading.lines)}")

    @property
    def flashing(self) -> bool:
        """Whether a reading was taken just now."""
        return time.monotonic() < self._until

    @property
    def lines(self) -> list[str]:
        """One reading each; a line that says so where there is none yet."""
        return list(self._rows) or ["no readings yet"]

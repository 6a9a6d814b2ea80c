"""The readings of a session with their times, for the panel."""

from __future__ import annotations

from collections import deque

from realtime.live.result import FrameResult

_KEPT = 200
"""Readings that are remembered."""


class ReadingLog:
    """Remembers the last readings, the newest first."""

    def __init__(self) -> None:
        self._rows: deque[str] = deque(maxlen=_KEPT)

    def add(self, result: FrameResult) -> None:
        """Note the reading that a frame finished, if it did."""
        if result.reading is None:
            return
        seconds = int(result.reading.time)
        when = result.frame.source if result.frame.still else f"{seconds // 60}:{seconds % 60:02}"
        self._rows.appendleft(f"{when}  {' / '.join(result.reading.lines)}")

    @property
    def lines(self) -> list[str]:
        """One reading each; a line that says so where there is none yet."""
        return list(self._rows) or ["no readings yet"]

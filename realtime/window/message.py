"""A line that stands in the picture for a while."""

from __future__ import annotations

import time


class Message:
    """What was said last, until it has had its time.

    Args:
        seconds: for which a line stands.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._text, self._until = "", 0.0

    def say(self, text: str) -> None:
        """Say something; "" takes away what was said before."""
        self._text, self._until = text, time.monotonic() + self._seconds

    @property
    def text(self) -> str:
        """What there is to say now, "" for nothing."""
        return self._text if time.monotonic() < self._until else ""

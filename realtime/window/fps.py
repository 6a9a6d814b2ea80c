"""How fast frames come, and how long each stage of the work on them takes."""

from __future__ import annotations

import time

from realtime.live.result import FrameResult


class FpsMonitor:
    """Averages over the last ten frames or so."""

    def __init__(self) -> None:
        self._stages: dict[str, _Average] = {}
        self._interval = _Average()
        self._last: float | None = None

    @property
    def rate(self) -> float:
        """Frames a second; 0 before the second one."""
        return 1 / self._interval.value if self._interval.value else 0.0

    @property
    def stages(self) -> dict[str, float]:
        """Milliseconds of each stage."""
        return {name: average.value for name, average in self._stages.items()}

    def lines(self, paused: bool) -> list[str]:
        """All of it, one a line; none before there is anything to tell."""
        rate = ["paused"] if paused else [f"{self.rate:.0f} fps"] if self.rate else []
        return rate + [f"{name} {value:.1f} ms" for name, value in self.stages.items()]

    def add(self, result: FrameResult) -> None:
        """Count a frame in."""
        now = time.monotonic()
        if self._last is not None and not result.frame.still:
            self._interval.add(now - self._last)
        self._last = now
        for name, value in result.milliseconds.items():
            self._stages.setdefault(name, _Average()).add(value)

    def rest(self) -> None:
        """The time until the next frame does not count: nobody waited for it."""
        self._last = None


class _Average:
    """An average that forgets: the last ten values or so count."""

    def __init__(self) -> None:
        self.value = 0.0
        self._n = 0

    def add(self, value: float) -> None:
        self._n = min(self._n + 1, 10)
        self.value += (value - self.value) / self._n

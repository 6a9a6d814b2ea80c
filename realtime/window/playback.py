"""Which frame is on show and for how long: pause, single steps, earlier frames and photos, the hold at the end."""

from __future__ import annotations

import math
import time

from realtime.live.result import FrameResult

_MEMORY = 256e6
"""Bytes that the frames to go back to may take, about."""
_COST = 3
"""Bytes of a frame and what was read in it, to one of its picture."""


class Playback:
    """Holds the frames of a source that the user can step back to.

    Args:
        wait: whether a photo stays until the user goes on.

    Attributes:
        paused: whether the picture stands still.
        total: how many frames or photos the source has; None where unknown.
    """

    def __init__(self, wait: bool) -> None:
        self.paused = False
        self.total: int | None = None
        self._wait = wait
        self._kept: list[FrameResult] = []
        self._back = 0  # steps from the newest frame to the one on show
        self._count = 0
        self._due = 0.0
        self._gone_on = self._stepping = self._ended = False

    @property
    def started(self) -> bool:
        """Whether there is a frame on show."""
        return bool(self._kept)

    @property
    def result(self) -> FrameResult:
        """The frame on show, once there is one."""
        return self._kept[-1 - self._back]

    @property
    def video(self) -> bool:
        """Whether a video file is played."""
        return self.started and not self._kept[-1].frame.still and self._kept[-1].frame.captured is None

    @property
    def held(self) -> bool:
        """Whether the user has stopped it."""
        return self.paused and not self._stepping

    @property
    def left(self) -> float:
        """Seconds for which the frame on show still stays; infinite where the user is waited for."""
        if self._ended or self._waits:
            return 0.0 if self._gone_on else math.inf
        return 0.0 if self._stepping else self._due - time.monotonic()

    @property
    def position(self) -> str:
        """Which photo of how many is on show, "" for one alone and for videos."""
        return f"{self._at} of {self.total}" if self._waits and self.total is not None and self.total > 1 else ""

    @property
    def progress(self) -> float | None:
        """From 0 to 1, how much of a video lies before the frame on show; None where that is unknown."""
        return min(1.0, self._at / self.total) if self.video and self.total else None

    def show(self, result: FrameResult) -> None:
        """Show the next frame of the source."""
        if result.frame.captured is not None:
            self._kept.clear()
        self._kept.append(result)
        cost = _COST * result.frame.image.nbytes
        del self._kept[: -max(1, int(_MEMORY / max(1, cost)))]
        self._count += 1
        self._back, self._gone_on, self._stepping = 0, False, False
        at_once = result.frame.captured is not None or result.frame.still
        now = time.monotonic()
        self._due = now if at_once else max(now, self._due + 1 / result.frame.fps)

    def end(self) -> bool:
        """Hold the last frame of a video: there are no more; whether it is one."""
        self._ended = self.video
        return self._ended

    def toggle(self, shown: FrameResult) -> None:
        """Obey the space bar that was pressed before a frame: pause and go on, or the next photo."""
        if not self._waits:
            self.paused = not self.paused
        elif self._back:
            self._back -= 1
        else:
            self._gone_on |= shown.frame is self.result.frame

    def back(self) -> bool:
        """Go one frame or photo back; whether it is remembered. A video is paused."""
        if self._back + 1 >= len(self._kept):
            return False
        self._back += 1
        self.paused |= not self._waits
        return True

    def forward(self, shown: FrameResult) -> None:
        """Go one frame or photo on. A video is paused."""
        if self._waits:
            self.toggle(shown)
            return
        self.paused = True
        if self._back:
            self._back -= 1
        else:
            self._stepping = not self._ended

    @property
    def _waits(self) -> bool:
        return self._wait and self.started and self._kept[-1].frame.still

    @property
    def _at(self) -> int:
        return self._count - self._back

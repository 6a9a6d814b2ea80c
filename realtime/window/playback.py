"""Which frame is on show and for how long: pause, single steps, jumps, earlier frames, the hold at the end."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

from realtime.live.result import FrameResult

_MEMORY = 256e6
"""Bytes that the frames to go back to may take, about."""
_COST = 3
"""Bytes of a frame and what was read in it, to one of its picture."""


_LEAD = 0.25
"""Seconds before a frame of a paused video that are read too: the tracker shows nothing that it has seen once."""


@dataclass(frozen=True)
class Jump:
    """Where the source is to go on.

    Attributes:
        place: of the frame that is wanted, see `realtime.sources.files.FileSource.seek`.
        lead: frames before it that are to be read without being shown; at most `place`.
    """

    place: int
    lead: int


class Playback:
    """Holds the frames of a source that the user can step back to.

    Args:
        wait: whether a photo stays until the user goes on.

    Attributes:
        paused: whether the picture stands still.
        total: how many frames or photos the source has; None where unknown.
        why_not: why the source cannot be sent to another place; "" where it can.
    """

    def __init__(self, wait: bool) -> None:
        self.paused = False
        self.total: int | None = None
        self.why_not = "nothing here to go back or forward in"
        self._wait = wait
        self._kept: list[FrameResult] = []
        self._back = 0  # steps from the newest frame to the one on show
        self._count = 0
        self._due = 0.0
        self._gone_on = self._stepping = self._ended = False
        self._wanted: int | None = None  # the place to jump to
        self._jumped: int | None = None  # the one that the source was sent to
        self._passing = False  # whether the user is on the way to another one

    @property
    def started(self) -> bool:
        """Whether there is a frame on show."""
        return bool(self._kept)

    @property
    def result(self) -> FrameResult:
        """The frame on show, once there is one."""
        return self._kept[-1 - self._back]

    @property
    def seekable(self) -> bool:
        """Whether the source can be sent to another place."""
        return not self.why_not and self.started

    @property
    def video(self) -> bool:
        """Whether a video file is played."""
        return self.started and not self._kept[-1].frame.still and self._kept[-1].frame.captured is None

    @property
    def held(self) -> bool:
        """Whether the user has stopped it."""
        return self.paused and not self._stepping and not self.away

    @property
    def left(self) -> float:
        """Seconds for which the frame on show still stays; infinite where the user is waited for."""
        if self._wanted is not None:
            return 0.0
        if self._ended or self._waits:
            return 0.0 if self._gone_on else math.inf
        return 0.0 if self._stepping else self._due - time.monotonic()

    @property
    def position(self) -> str:
        """Which photo of how many is on show, "" for one alone and for videos."""
        return f"{self._at} of {self.total}" if self._waits and self.total is not None and self.total > 1 else ""

    @property
    def progress(self) -> float | None:
        """From 0 to 1, how far the source has come with the frame on show; None where that is unknown, or none yet."""
        if not self.started or self.total is None or not (self.video or (self._waits and self.total > 1)):
            return None
        return min(1.0, (self._going_to + 1) / self.total)

    @property
    def clock(self) -> str:
        """The time of the frame on show and that of the end of the video, or which photo of how many."""
        if not self.video or self.total is None:
            return self.position
        fps = self._kept[-1].frame.fps
        now = self._going_to / fps if self.away else self.result.frame.time
        return f"{_minutes(now)} / {_minutes(self.total / fps)}"

    def show(self, result: FrameResult) -> None:
        """Show the next frame of the source."""
        if self._jumped is not None:
            self._count, self._due, self._ended = self._jumped, 0.0, False
        if result.frame.captured is not None or self._jumped is not None:
            self._kept.clear()
        self._jumped = None
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
        self._ended, self._jumped = self.video, None
        return self._ended

    def jump(self, place: float, *, passing: bool = False) -> None:
        """Ask for another place of the source.

        Args:
            place: frames before it; what is beyond its ends becomes its first or last frame.
            passing: whether the user is still on the way to another one.
        """
        assert self.total is not None
        self._wanted, self._passing = int(min(max(place, 0), self.total - 1)), passing

    def jump_by(self, steps: int) -> None:
        """Ask for a place so many steps on, or back: seconds of a video, or photos."""
        self.jump(self._going_to + steps * (round(self._kept[-1].frame.fps) if self.video else 1))

    def again(self) -> None:
        """Have the frame on show read once more, where the source can be sent back to it."""
        if self.seekable:
            self.jump(self._going_to)

    @property
    def jumping(self) -> bool:
        """Whether another place was asked for, and the source has not been told."""
        return self._wanted is not None

    @property
    def away(self) -> bool:
        """Whether another place was asked for, and no frame of it has been shown."""
        return self.jumping or self._jumped is not None

    def take_jump(self) -> Jump | None:
        """The place that was asked for, for the source to be told, once."""
        place, self._wanted = self._wanted, None
        if place is None:
            return None
        self._jumped = place
        settles = self.paused and self.video and not self._passing
        lead = math.ceil(_LEAD * self._kept[-1].frame.fps) if settles else 0
        return Jump(place, min(lead, place))

    def toggle(self, shown: FrameResult) -> None:
        """Obey the space bar that was pressed before a frame: pause and go on, or the next photo."""
        if not self._waits:
            self.paused = not self.paused
        elif self._back:
            self._back -= 1
        else:
            self._gone_on |= shown.frame is self.result.frame

    def back(self) -> bool:
        """Go one frame or photo back; whether it can be reached. A video is paused."""
        if self._back + 1 < len(self._kept):
            self._back += 1
        elif self.seekable and self._at > 1:
            self.jump(self._at - 2)
        else:
            return False
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
    def _going_to(self) -> int:
        """The place of the frame on show, or of the one that is to be."""
        known = (place for place in (self._wanted, self._jumped) if place is not None)
        return next(known, self._at - 1)

    @property
    def _at(self) -> int:
        return self._count - self._back


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"

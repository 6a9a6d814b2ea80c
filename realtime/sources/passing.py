"""Frames that pass by: from standard input, the clipboard, an address or a watched folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

from realtime.sources.frame import FPS, Frame, mirrored


class PassingSource:
    """Frames of which nobody knows beforehand how many will come; iterate it once. Each of them is delivered.

    Attributes:
        name: what to call it in a title.
        many: whether several pictures may come, so that outputs go to a folder.
        total: `max_frames`.
        failures: one line for each thing that could not be read, or not to its end.

    Args:
        frames: called with the function that takes a failure; gives the frames.
        close: lets go of what is behind them, also while another thread waits for a frame.
        stride: take every so many-th moving frame.
        max_frames: end after so many frames.
        mirror: swap left and right before anything else.
        on_failure: called at once with each of the failures.
    """

    live = False
    dropped = 0
    fps = FPS
    size: tuple[int, int] | None = None

    def __init__(
        self,
        name: str,
        frames: Callable[[Callable[[str], None]], Iterator[Frame]],
        *,
        many: bool = False,
        close: Callable[[], None] = lambda: None,
        stride: int = 1,
        max_frames: int | None = None,
        mirror: bool = False,
        on_failure: Callable[[str], None],
    ) -> None:
        self.name, self.many, self.total = name, many, max_frames
        self.inputs: list[str] = []
        self.failures: list[str] = []
        self._stride, self._mirror, self._close, self._on_failure = stride, mirror, close, on_failure
        self._frames = frames(self._fail)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what the frames come from; there are no more."""
        self._close()

    def __iter__(self) -> Iterator[Frame]:
        delivered = 0
        for frame in self._frames:
            if frame.index % self._stride and not frame.still:
                continue
            yield mirrored(frame) if self._mirror else frame
            delivered += 1
            if delivered == self.total:
                return

    def _fail(self, message: str) -> None:
        self.failures.append(message)
        self._on_failure(message)

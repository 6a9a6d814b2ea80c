"""The cameras of this machine as one source: one of them at a time, and the next one when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

from realtime.sources.camera import LiveSource
from realtime.sources.camera_names import camera_names
from realtime.sources.frame import Frame, NoCamera, SourceError

_GUESSED = 4
"""How many numbers are tried where the system does not tell its cameras."""


class Cameras:
    """A camera that can be exchanged for the next one; iterate it once.

    Its other attributes are those of a `realtime.sources.camera.LiveSource`.

    Args:
        number: of the first camera.
        connect: opens the camera of a number, for so many frames; for ever where that is None.
        max_frames: end after so many frames, of all cameras together.
        names: tells the cameras by number and name.

    Raises:
        SourceError: if the first one cannot be had.
    """

    live = True
    many = False

    def __init__(
        self,
        number: int,
        connect: Callable[[int, int | None], LiveSource],
        *,
        max_frames: int | None = None,
        names: Callable[[], dict[int, str]] = camera_names,
    ) -> None:
        self.total = max_frames
        self.inputs: list[str] = []
        self.failures: list[str] = []
        self._number, self._connect, self._names = number, connect, names
        self._delivered = 0
        self._source = connect(number, max_frames)

    @property
    def name(self) -> str:
        """What to call the camera: `camera 0`."""
        return self._source.name

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its picture."""
        return self._source.size

    @property
    def fps(self) -> float:
        """Frames a second it says it gives."""
        return self._source.fps

    @property
    def dropped(self) -> int:
        """Frames of it that were left out because a newer one had come."""
        return self._source.dropped

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the camera."""
        self._source.close()

    def __iter__(self) -> Iterator[Frame]:
        source = None
        while source is not self._source:
            source = self._source
            for frame in source:
                self._delivered += frame.note is None
                yield frame
                if source is not self._source:
                    break

    def switch(self) -> str:
        """Go on with the next camera that gives a picture; to be called between two frames.

        Returns:
            One line that says which one it is, or that there is no other.
        """
        try:
            names = self._names()
        except NoCamera:  # perhaps the system does not tell
            names = dict.fromkeys(range(_GUESSED), "")
        later = sorted(names, key=lambda number: (number <= self._number, number))
        left = None if self.total is None else self.total - self._delivered
        for number in later:
            if number == self._number:
                continue
            try:
                source = self._connect(number, left)
            except SourceError:
                continue
            self._source.close()
            self._source, self._number = source, number
            name = f", {names[number]}" if names[number] else ""
            return "{}{}: {}x{}".format(source.name, name, *source.size)
        return "there is no other camera"

"""An uploaded video, decoded in a process of its own: what is hostile there ends that process, and not the server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import cv2

from realtime.sources.frame import Frame, SourceError
from realtime.sources.open import open_source
from realtime.system.processes import SPAWN, no_ctrl_c, settle_in

NAME = "decoder"
"""Of the process."""

_NO_MEMORY = "takes more memory to decode than a video may"


@dataclass(frozen=True)
class Bounds:
    """What one video may ask for.

    Attributes:
        frames: that are decoded.
        pixels: of a frame.
        memory: bytes that the process may hold.
        seconds: that a frame may take.
    """

    frames: int
    pixels: int
    memory: int
    seconds: float


class Decoder:
    """The frames of a video file; iterate it once, and close it in the end, also while another thread iterates.

    Args:
        path: the file.
        name: what messages call it.
        bounds: what it may ask for.

    Attributes:
        total: frames to expect, None where unknown.
        failures: one line where the video breaks off.

    Raises:
        SourceError: it cannot be decoded, breaks a bound, or ends the process that tries. Iterating raises it too.
    """

    def __init__(self, path: str, name: str, bounds: Bounds) -> None:
        self._path, self._name, self._bounds = path, name, bounds
        self._receiving, self._ending = threading.Lock(), threading.Lock()
        self.failures: list[str] = []
        self._pipe, theirs = SPAWN.Pipe(duplex=False)
        self._process: Any = SPAWN.Process(target=serve, args=(theirs, path, bounds), name=NAME, daemon=True)
        with no_ctrl_c():
            self._process.start()
        theirs.close()
        try:
            self.total: int | None = self._receive()
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[Frame]:
        while isinstance(answer := self._receive(), Frame):
            yield answer
        self.failures = [failure.replace(self._path, self._name) for failure in answer]

    def close(self) -> None:
        """End the process, whatever it is doing."""
        with self._ending:
            if self._process is None:
                return
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        with self._receiving:  # whoever waits there has noticed
            self._pipe.close()

    def _receive(self) -> Any:
        with self._receiving:
            try:
                if not self._pipe.poll(self._bounds.seconds):
                    raise SourceError(f"{self._name}: a frame takes longer than {self._bounds.seconds:.0f} s to decode")
                answer = self._pipe.recv()
            except (EOFError, OSError) as error:
                raise SourceError(
                    f"{self._name}: the process that decodes it has ended: it is damaged, or there is no memory"
                ) from error
        if isinstance(answer, SourceError):
            raise SourceError(str(answer).replace(self._path, self._name))
        if isinstance(answer, Exception):
            raise answer
        return answer


def serve(pipe: Connection, path: str, bounds: Bounds) -> None:
    """Send how many frames there are, each frame, and what went wrong; or the exception."""
    settle_in(bounds.memory)
    cv2.setNumThreads(1)
    try:
        _send_frames(pipe, path, bounds)
    except (BrokenPipeError, EOFError):
        pass
    except MemoryError:
        pipe.send(SourceError(f"{path}: {_NO_MEMORY}"))
    except cv2.error as error:
        pipe.send(SourceError(f"{path}: {_NO_MEMORY if error.code == cv2.Error.StsNoMem else 'damaged'}"))
    except Exception as error:
        pipe.send(error)


def _send_frames(pipe: Connection, path: str, bounds: Bounds) -> None:
    too_large = SourceError(f"{path}: {bounds.pixels // 1_000_000} megapixels a frame are the most")
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG)
    pixels = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    capture.release()
    if pixels > bounds.pixels:
        raise too_large
    with open_source(path, max_frames=bounds.frames, on_failure=lambda _: None) as source:
        pipe.send(source.total)
        for frame in source:
            if frame.image.shape[0] * frame.image.shape[1] > bounds.pixels:  # it may change on the way
                raise too_large
            pipe.send(frame)
    pipe.send(source.failures)

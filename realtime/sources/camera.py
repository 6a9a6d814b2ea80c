"""Cameras and streams as frames: the newest one, always."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.sources.capture import Capture
from realtime.sources.frame import Frame, NoCamera, SourceError, sane_fps, to_bgr
from realtime.sources.stream import OPEN_TIMEOUT, READ_TIMEOUT

logger = logging.getLogger(__name__)

PATIENCE = 60.0
"""Seconds without a picture after which a live source gives up, unless it is told otherwise."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0  # seconds between two attempts to open a lost camera
POLL = 0.2  # seconds; while nothing comes, a frame with a note goes out this often, so that a window stays alive
STALL = 1.0  # seconds without a picture that are worth a note
_BLACK = 10  # grey level; a lit room never stays below it, however dark


class LiveSource:
    """A camera or stream, read by a thread of its own that keeps the newest frame only; iterate it once.

    When the camera is lost the thread tries again, with growing pauses, while the loop gets the last picture
    with a `note`. It goes on by itself.

    Attributes:
        name: what to call it: `camera 0`, or the address without its password.
        size: `(width, height)` of the picture the camera really gives.
        fps: frames a second the camera says it gives, after the stride; 30.0 where unknown.
        total: `max_frames`.
        dropped: frames left out because a newer one had come.

    Args:
        capture: the open camera; it belongs to this object from now on.
        reconnect: opens it again; called from the thread each time the camera is lost.
        patience: seconds without a picture after which the loop gets a `SourceError`; `None` = never.

    Raises:
        SourceError: if there is no first picture.
    """

    live = True
    many = False

    def __init__(
        self,
        capture: Capture,
        reconnect: Callable[[], Capture],
        name: str,
        *,
        stride: int = 1,
        max_frames: int | None = None,
        mirror: bool = False,
        patience: float | None = PATIENCE,
    ) -> None:
        self.name = name
        self.inputs: list[str] = []
        self.failures: list[str] = []
        self.total = max_frames
        self.dropped = 0
        self._capture = capture
        self._reconnect = reconnect
        self._stride = stride
        self._mirror = mirror
        self._patience = patience
        image = _read(capture)
        if image is None:
            capture.release()
            raise SourceError(f"{name}: it answers, but gives no picture")
        self.fps = sane_fps(capture.get(cv2.CAP_PROP_FPS)) / stride
        self.size = (image.shape[1], image.shape[0])
        self._start = time.monotonic()
        self._seen = self._start  # when the last picture came
        self._count = 0  # pictures that came
        self._slot: Frame | None = None  # the newest frame that the loop has not had
        self._reason: str | None = None  # why none come, where that is known
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._stop = threading.Event()
        self._post(image)
        self._thread = threading.Thread(target=self._run, name=f"capture {name}", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the thread and let go of the camera. Waits for a read that hangs, `READ_TIMEOUT` at the longest."""
        self._stop.set()
        self._thread.join(max(OPEN_TIMEOUT, READ_TIMEOUT) + 1)

    def __iter__(self) -> Iterator[Frame]:
        delivered = 0
        dark_since: float | None = None
        last: Frame | None = None
        while not self._stop.is_set() and (self.total is None or delivered < self.total):
            with self._changed:
                self._changed.wait_for(lambda: self._slot or self._error, POLL)
                frame, self._slot = self._slot, None
            if self._error is not None:
                raise self._error
            if frame is not None:
                last = frame
                self.size = (frame.image.shape[1], frame.image.shape[0])
                dark_since = dark_since or frame.time if _is_black(frame.image) else None
                if dark_since is not None and frame.time - dark_since > STALL:
                    yield replace(frame, note=f"{self.name}: the picture is black")
                else:
                    yield frame
                    delivered += 1
                continue
            silence = time.monotonic() - self._seen
            if self._patience is not None and silence > self._patience:
                raise SourceError(f"{self._reason or self.name}: no picture for {silence:.0f} s")
            if last is not None and silence > STALL:
                note = f"{self._reason or self.name}: no picture for {silence:.0f} s, trying again"
                yield replace(last, image=last.image.copy(), time=self._seen - self._start + silence, note=note)

    def _run(self) -> None:
        """The thread: pictures off the camera into the slot until `close`."""
        pause = FIRST_PAUSE
        try:
            while not self._stop.is_set():
                try:
                    image = _read(self._capture)  # none either from one that is released
                except SourceError as error:
                    image, self._reason = None, str(error)
                if image is not None:
                    self._reason = None
                    self._post(image)
                    pause = FIRST_PAUSE
                    continue
                self._capture.release()
                logger.info("%s: lost, opening it again in %.1f s", self.name, pause)
                if self._stop.wait(pause):
                    return
                pause = min(2 * pause, LONGEST_PAUSE)
                try:
                    self._capture = self._reconnect()
                except SourceError:
                    continue
        except BaseException as error:  # raised again where the loop is
            self._error = error
        finally:
            self._capture.release()
            with self._changed:
                self._changed.notify()

    def _post(self, image: NDArray[np.uint8]) -> None:
        index, self._count = self._count, self._count + 1
        self._seen = now = time.monotonic()
        if index % self._stride:
            return
        image = to_bgr(image)
        if self._mirror:
            image = cv2.flip(image, 1)
        frame = Frame(image, self.name, index, now - self._start, still=False, fps=self.fps, captured=now)
        with self._changed:
            self.dropped += self._slot is not None
            self._slot = frame
            self._changed.notify()


def open_camera(index: int, size: tuple[int, int] | None = None) -> cv2.VideoCapture:
    """Open camera number `index` and ask it for `size` `(width, height)`; it may give another.

    Raises:
        NoCamera: if there is none, or it cannot be opened.
    """
    capture = cv2.VideoCapture(index)
    if not capture.isOpened():
        capture.release()
        raise NoCamera(_why_no_camera(index))
    if size is not None:
        # Uncompressed, most cameras give no more than 10 of the larger frames a second over USB.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, size[0])
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size[1])
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    end = time.monotonic() + OPEN_TIMEOUT
    while not capture.grab():  # some need a moment before they give anything
        if time.monotonic() > end:
            capture.release()
            raise NoCamera(f"camera {index} opens, but gives no picture; another program may be using it")
        time.sleep(0.05)
    return capture


def _read(capture: Capture) -> np.ndarray | None:
    try:
        ok, image = capture.read()
    except cv2.error:
        return None
    return image if ok and image is not None and image.size else None


def _is_black(image: NDArray[np.uint8]) -> bool:
    return bool(image[::16, ::16].max() < _BLACK)


def _why_no_camera(index: int) -> str:
    if sys.platform == "darwin":
        return f"camera {index} cannot be opened; let the terminal use it: System Settings, Privacy & Security, Camera"
    if sys.platform == "win32":
        return (
            f"camera {index} cannot be opened; another program may be using it, or Settings, Privacy, Camera forbids it"
        )
    if os.path.exists(f"/dev/video{index}"):
        return f"camera {index} cannot be opened; another program may be using it, or you may not be in the group video"
    others = sorted(int(path.name[5:]) for path in Path("/dev").glob("video*") if path.name[5:].isdigit())
    return f"no camera {index}" + (f"; there is {', '.join(map(str, others))}" if others else "")

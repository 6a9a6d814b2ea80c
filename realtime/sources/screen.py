"""What a screen shows, as a camera would see it."""

from __future__ import annotations

import re
import time
from typing import Any

import numpy as np

from realtime.sources.capture import Capture
from realtime.sources.frame import SourceError

PAUSE = 1 / 30
"""Seconds from one picture to the next, at least."""


class Screen(Capture):
    """A screen; has the methods of `cv2.VideoCapture` that sources call.

    Args:
        number: of the screen, from 1.

    Raises:
        SourceError: if there is none, it cannot be seen, or mss is not installed.
    """

    def __init__(self, number: int = 1) -> None:
        try:
            import mss  # the light install does without
            from mss.exception import ScreenShotError
        except ImportError as error:
            raise SourceError("screen: it needs mss: pip install mss") from error
        self._error = ScreenShotError
        self._last = 0.0
        self._screens: Any = None
        try:
            self._screens = mss.MSS()
            screens = self._screens.monitors[1:]
        except (ScreenShotError, OSError) as error:
            self.release()
            raise SourceError("screen: it cannot be seen; is there a display, and X11 rather than Wayland?") from error
        if number > len(screens):
            self.release()
            raise SourceError(f"screen {number}: there " + ("is one" if len(screens) == 1 else f"are {len(screens)}"))
        self._screen = screens[number - 1]

    def isOpened(self) -> bool:
        """Whether there may be more pictures."""
        return self._screens is not None

    def read(self) -> tuple[bool, np.ndarray | None]:
        """Whether a picture came, and the picture: `(H, W, 3) uint8` BGR."""
        time.sleep(max(0.0, self._last + PAUSE - time.monotonic()))
        self._last = time.monotonic()
        try:
            shot = self._screens.grab(self._screen)
        except self._error:
            return False, None
        return True, np.array(shot, np.uint8)[..., :3].copy()

    def release(self) -> None:
        """Let go of it."""
        if self._screens is not None:
            self._screens.close()
            self._screens = None


def screen_number(spec: str) -> int | None:
    """The number of the screen that `screen` or `screen:2` names; None where it names none."""
    match = re.fullmatch(r"screen(?::([1-9]\d?))?", spec, re.ASCII)
    return None if match is None else int(match[1] or 1)

"""What the program does with its window, written down as it happens, so that a test can wait for it.

The program calls `write_down`, a test reads a `Log`. Each line is a kind, the time of `time.monotonic`, and of a key
its code:

- `show`: a picture was handed to the window;
- `wait`: the window's events were worked off for a while, and no key was among them;
- `glance`: the same, but only for a moment, because there is something else to do;
- `key`, `click`: the program has taken a key or a click.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2

WHILE = 10
"""Milliseconds that an idle program waits for a key at least."""

VARIABLE = "WINDOW_LOG"
"""Of the environment: the file to write to."""


def write_down(path: str) -> None:
    """From now on, let OpenCV's window functions in this process tell what they do."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def tell(kind: str, more: object = "") -> None:
        os.write(file, f"{kind} {time.monotonic()} {more}\n".encode())

    def telling_keys(wait: Callable[..., int]) -> Callable[..., int]:
        def wait_and_tell(*args: Any) -> int:
            code = wait(*args)
            if code != -1:
                tell("key", code)
            else:
                tell("wait" if args and args[0] >= WHILE else "glance")
            return code

        return wait_and_tell

    for name in ("waitKey", "waitKeyEx", "pollKey"):
        setattr(cv2, name, telling_keys(getattr(cv2, name)))
    show, set_mouse_callback = cv2.imshow, cv2.setMouseCallback

    def show_and_tell(*args: Any) -> None:
        show(*args)
        tell("show")

    def set_telling_callback(name: str, callback: Callable[..., None], *rest: Any) -> None:
        def call_and_tell(event: int, *args: Any) -> None:
            callback(event, *args)
            if event == cv2.EVENT_LBUTTONUP:
                tell("click")

        set_mouse_callback(name, call_and_tell, *rest)

    cv2.imshow = show_and_tell
    cv2.setMouseCallback = set_telling_callback


class Log:
    """What a program wrote down so far.

    Args:
        path: the file; it may not be there yet.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def kinds(self) -> list[str]:
        """The kinds of all lines, oldest first."""
        return [line.split()[0] for line in self.lines()]

    def times(self, kind: str) -> list[float]:
        """When each line of a kind was written."""
        return [float(line.split()[1]) for line in self.lines() if line.split()[0] == kind]

    def lines(self) -> list[str]:
        """All lines, as they were written."""
        text = self._path.read_text() if self._path.exists() else ""
        return text[: text.rfind("\n") + 1].splitlines()

"""One window of OpenCV's: opened with its first picture, closed by the user or by us."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.window.areas import window_size

_NAME = "digits"
_LARGEST = 1280, 720
"""Width and height that a window takes up at the most, to begin with."""
_SMALLEST = 200
"""And at the least, either way."""
_LEAST = 64
"""Pixels: a window that says it is smaller is being made, or put away."""


class Pane:
    """A window that may not be open yet.

    Attributes:
        name: by which OpenCV knows it.
        open: whether it was opened and has not been closed by us.
        area: width and height of the room for a picture, in pixels; see `fit`.
    """

    def __init__(self) -> None:
        self.name = _NAME
        self.open = False
        self.area = _LARGEST
        self._title = ""

    def show(self, picture: NDArray[np.uint8], title: str) -> bool:
        """Show a `(H, W, 3) uint8` BGR picture. The first one opens the window, as large as it, and answers True."""
        first = not self.open
        if first:
            cv2.namedWindow(self.name, cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL | cv2.WINDOW_FREERATIO)
            cv2.resizeWindow(self.name, picture.shape[1], picture.shape[0])
            self.open = True
        if title != self._title:
            cv2.setWindowTitle(self.name, title)
            self._title = title
        cv2.imshow(self.name, picture)
        return first

    @property
    def closed(self) -> bool:
        """Whether the user has closed it."""
        try:
            # Not "< 1": GTK always answers -1.
            return bool(cv2.getWindowProperty(self.name, cv2.WND_PROP_VISIBLE) == 0)
        except cv2.error:
            return True

    def fit(self, shape: tuple[int, ...]) -> None:
        """Find out the area: that of the window; before it is open, one that this frame and its reading fill."""
        if not self.open:
            width, height = window_size((shape[1], shape[0]), _LARGEST)
            self.area = max(_SMALLEST, width), max(_SMALLEST, height)
            return
        try:
            _, _, width, height = cv2.getWindowImageRect(self.name)
        except cv2.error:
            return
        if width >= _LEAST and height >= _LEAST:
            self.area = width, height

    def close(self) -> None:
        """Close it, if it is open."""
        if self.open:
            self.open = False
            try:
                cv2.destroyWindow(self.name)
                cv2.waitKey(1)
            except cv2.error:
                pass  # the user was faster

"""Eyes and hands before a real screen: for the tests of the window."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from witness import Log

KEYSYMS = {"space": 0x20, "Escape": 0xFF1B, "Left": 0xFF51, "Right": 0xFF53, "Return": 0xFF0D, "Tab": 0xFF09}
KEYSYMS |= {"BackSpace": 0xFF08, "Up": 0xFF52, "Down": 0xFF54}

DROPPED = 150
"""Times that the program looks for keys and finds none, after which Qt has dropped the one that was sent."""

PICTURE = 0.75
"""Part of a new window's width that a picture takes; the rest is the panel of the reading."""


def until(condition: Callable[[], Any], what: str = "it", seconds: float = 150) -> Any:
    """The value of a condition once it holds."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"{what} never came to pass"
        time.sleep(0.03)
    return value


class Screen:
    """Eyes and hands before the screen: finds the program's window, reads it, presses keys, closes it.

    Args:
        name: of the display.
        log: what the program does with its window.
    """

    def __init__(self, name: str, log: Log) -> None:
        from Xlib import display

        self.log = log
        self.display = display.Display(name)
        self._root = self.display.screen().root

    def close(self) -> None:
        self.display.close()

    def find(self) -> Any:
        """The window, or None where there is none (yet)."""
        from Xlib.error import BadWindow

        try:
            for frame in self._root.query_tree().children:
                for window in frame.query_tree().children:  # the manager puts a frame around it
                    if (window.get_wm_name() or "").endswith("digits"):
                        return window
        except BadWindow:  # gone while being looked at
            pass
        return None

    def managed(self) -> list[int]:
        """The numbers of the windows that the manager knows of."""
        from Xlib import X

        clients = self._root.get_full_property(self.display.intern_atom("_NET_CLIENT_LIST"), X.AnyPropertyType)
        return [] if clients is None else list(clients.value)

    def title(self) -> str:
        window = self.find()
        return window.get_wm_name() if window is not None else ""

    def picture(self) -> np.ndarray:
        """What the window shows, `(H, W, 3) uint8` BGR."""
        from Xlib import X
        from Xlib.error import BadMatch

        patience = time.monotonic() + 5

        def look() -> Any:
            nonlocal patience
            window = until(self.find)
            size = window.get_geometry()
            try:
                data = window.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF).data
            except BadMatch:  # not yet on the screen
                return None
            picture = np.frombuffer(data, np.uint8).reshape(size.height, size.width, 4)[..., :3].copy()
            if (picture[-1, -1] == 255).all():
                # Nothing of ours is so white: Qt has not painted it. Where the manager sizes a window while Qt opens
                # it, on a busy machine, it may never do so until the window gets another size.
                if time.monotonic() > patience:
                    self.resize(size.width, size.height + 1)
                    until(lambda: window.get_geometry().height != size.height)
                    self.resize(size.width, size.height)
                    patience = time.monotonic() + 5
                return None
            return [picture]

        return until(look)[0]

    def press(self, key: str) -> None:
        """Press and release a key, given as its character or by its name, and wait until the program has taken it."""
        from Xlib import X
        from Xlib.protocol import event

        window = until(self.find)
        # Without the focus the window drops what it is sent.
        until(lambda: getattr(self.display.get_input_focus().focus, "id", None) == window.id, "the focus")
        code = self.display.keysym_to_keycode(KEYSYMS.get(key) or ord(key))
        before = self.log.kinds().count("key")

        def taken() -> bool:
            return self.log.kinds().count("key") > before

        def dropped() -> bool:
            return len(self.log.kinds()) >= begin + DROPPED

        while not taken():
            begin = len(self.log.kinds())
            for kind in (event.KeyPress, event.KeyRelease):
                window.send_event(
                    kind(
                        time=X.CurrentTime, root=self._root, window=window, child=X.NONE, same_screen=1, state=0,
                        root_x=0, root_y=0, event_x=0, event_y=0, detail=code,
                    )
                )  # fmt: skip
            self.display.sync()
            until(lambda: taken() or dropped(), f"the key {key}")

    def click(self, x: float, y: float) -> None:
        """Click at a place given as shares of the picture's width and height; wait until the program has taken it."""
        from Xlib import X
        from Xlib.ext import xtest

        taken = self.log.kinds().count("click")
        self.point_at(x, y)
        for kind in (X.ButtonPress, X.ButtonRelease):
            xtest.fake_input(self.display, kind, detail=1)
        self.display.sync()
        until(lambda: self.log.kinds().count("click") > taken, "the click")

    def point_at(self, x: float, y: float) -> None:
        """Move the mouse to a place given as shares of the picture's width and height; see `PICTURE`."""
        from Xlib import X
        from Xlib.ext import xtest

        def there() -> bool:
            window = until(self.find)
            size, corner = window.get_geometry(), window.translate_coords(self._root, 0, 0)
            place = round(x * PICTURE * size.width), round(y * size.height)
            # From the corner of the root window to that of ours is the other way round.
            xtest.fake_input(self.display, X.MotionNotify, x=place[0] - corner.x, y=place[1] - corner.y)
            self.display.sync()
            pointer = window.query_pointer()  # the manager may have moved the window meanwhile
            return (pointer.win_x, pointer.win_y) == place

        until(there, "the mouse in its place")

    def press_close(self) -> None:
        """What a window manager does when the user clicks on the cross."""
        from Xlib import X
        from Xlib.protocol import event

        window = until(self.find)
        atom = self.display.intern_atom
        data = (32, [atom("WM_DELETE_WINDOW"), X.CurrentTime, 0, 0, 0])
        window.send_event(event.ClientMessage(window=window, client_type=atom("WM_PROTOCOLS"), data=data))
        self.display.sync()

    def resize(self, width: int, height: int) -> None:
        until(self.find).configure(width=width, height=height)
        self.display.sync()

    def settle(self, polls: int = 3) -> None:
        """Wait until the program has looked for keys so many times in a row and had nothing to draw in between."""
        begin = len(self.log.kinds())
        until(lambda: (self.log.kinds()[begin:])[-polls:] == ["wait"] * polls, "a picture that stands still")

    def still_picture(self) -> np.ndarray:
        """The picture once all has been done about what was pressed, and it is on the screen."""
        self.settle()
        return until(lambda: [picture] if (picture := self.picture()).any() else None)[0]

    def picture_other_than(self, picture: np.ndarray) -> np.ndarray:
        """The picture once it has become another and stands still."""
        until(lambda: not self.shows(picture), "another picture")
        return self.still_picture()

    def shows(self, picture: np.ndarray) -> bool:
        """Whether the window shows this picture."""
        return np.array_equal(self.picture(), picture)


def kept(folder: Path) -> list[tuple[str, str, int, int]]:
    """Label, what was read, and left and top of each digit in a folder of one's own."""
    with open(folder / "labels.csv", newline="") as file:
        return [(row["label"], row["read"], int(row["x1"]), int(row["y1"])) for row in csv.DictReader(file)]

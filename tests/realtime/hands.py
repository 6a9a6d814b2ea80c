"""Hands that are faster than the program, or draw with the mouse: for the tests of the window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from test_window import KEYSYMS, until


def type_fast(screen: Any, keys: Sequence[str]) -> None:
    """Press keys, each as soon as the last was taken, whatever came of it; characters or names of `KEYSYMS`."""
    from Xlib import X
    from Xlib.ext import xtest

    _focus(screen)
    for key in keys:
        code = screen._display.keysym_to_keycode({**KEYSYMS, "BackSpace": 0xFF08}.get(key) or ord(key))
        taken = screen.log.kinds().count("key")
        for kind in (X.KeyPress, X.KeyRelease):
            xtest.fake_input(screen._display, kind, code)
        screen._display.sync()
        until(lambda: screen.log.kinds().count("key") > taken, f"the key {key}")  # noqa: B023


def drag(screen: Any, begin: tuple[float, float], end: tuple[float, float], *, release: bool = True) -> None:
    """Drag with the mouse from one place to another, given as shares of the window's width and height."""
    from Xlib import X
    from Xlib.ext import xtest

    _focus(screen)
    window = until(screen.find)
    size, corner = window.get_geometry(), window.translate_coords(screen._root, 0, 0)

    def move(x: float, y: float) -> None:
        # From the corner of the root window to that of ours is the other way round.
        place = {"x": round(x * size.width) - corner.x, "y": round(y * size.height) - corner.y}
        xtest.fake_input(screen._display, X.MotionNotify, **place)

    move(*begin)
    xtest.fake_input(screen._display, X.ButtonPress, 1)
    for part in (0.25, 0.5, 0.75, 1):
        move(begin[0] + part * (end[0] - begin[0]), begin[1] + part * (end[1] - begin[1]))
        screen._display.sync()
    if release:
        let_go(screen)


def let_go(screen: Any) -> None:
    """Release the mouse."""
    from Xlib import X
    from Xlib.ext import xtest

    xtest.fake_input(screen._display, X.ButtonRelease, 1)
    screen._display.sync()


def _focus(screen: Any) -> None:
    window = until(screen.find)
    until(lambda: getattr(screen._display.get_input_focus().focus, "id", None) == window.id)

"""A hand that draws with the mouse: for the tests of the window."""

from __future__ import annotations

from typing import Any

from screen import until


def drag(screen: Any, begin: tuple[float, float], end: tuple[float, float], *, release: bool = True) -> None:
    """Drag with the mouse from one place to another, given as shares of the window's width and height."""
    from Xlib import X
    from Xlib.ext import xtest

    screen.point_at(*begin)
    xtest.fake_input(screen.display, X.ButtonPress, 1)
    for part in (0.25, 0.5, 0.75, 1):
        screen.point_at(begin[0] + part * (end[0] - begin[0]), begin[1] + part * (end[1] - begin[1]))
    if release:
        let_go(screen)


def let_go(screen: Any) -> None:
    """Release the mouse, and wait until the program has noticed."""
    from Xlib import X
    from Xlib.ext import xtest

    taken = screen.log.kinds().count("click")
    xtest.fake_input(screen.display, X.ButtonRelease, 1)
    screen.display.sync()
    until(lambda: screen.log.kinds().count("click") > taken, "the release")

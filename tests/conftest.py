"""A screen for the tests of the window, and a clip for all who run the program."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_NEEDED = "Xvfb", "openbox"

# A job in the background begins with a ctrl-C that is ignored, and so would all that the tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


LONGEST_FIRST = "whole", "training", "browser", "window", "live", "batch", "project", "benchmarks", "unit"
"""Folders in the order in which they are begun: of many small files at the end each process gets its share."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; within a folder all stays in order."""
    tests = Path(__file__).parent
    order = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(item.path.relative_to(tests).parts[0], len(order)))


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """The name of an X display that nobody sees, with a window manager: without one Qt draws nothing now and then."""
    missing = [name for name in _NEEDED if shutil.which(name) is None]
    if missing and os.environ.get("CI") == "true":
        pytest.fail(f"the window would go untested: {' and '.join(missing)} missing")
    if missing:
        pytest.skip(f"{' and '.join(missing)} missing")
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    read, write = os.pipe()
    options = ["-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(["Xvfb", *options], pass_fds=[write], **quiet)
    os.close(write)
    try:
        with os.fdopen(read) as number:
            name = f":{number.readline().strip()}"  # comes when the server is ready; empty if it has died
        assert name != ":", "Xvfb did not start"
        manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": name}, **quiet)
        try:
            _wait_for_manager(name)
            yield name
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.wait(10)


def _wait_for_manager(name: str) -> None:
    from Xlib import X, display

    screen = display.Display(name)
    try:
        ready, end = screen.intern_atom("_NET_SUPPORTING_WM_CHECK"), time.monotonic() + 30
        while screen.screen().root.get_full_property(ready, X.AnyPropertyType) is None:
            assert time.monotonic() < end, "openbox did not start"
            time.sleep(0.02)
    finally:
        screen.close()


@pytest.fixture
def display(screen: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Windows opened in this test, and by the processes it starts, go to the screen."""
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return screen


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no screen in this test."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video of a sheet that lies still for a minute: longer than any test takes to do with it what it wants."""
    from fake_program import write_clip

    return write_clip(tmp_path_factory.mktemp("clips") / "long.mp4", "71", seconds=60, fps=10)

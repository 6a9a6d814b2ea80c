"""A screen for the tests of the window."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session")
def screen() -> Iterator[str]:
    """The name of an X display that nobody sees."""
    if shutil.which("Xvfb") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Xvfb is missing: the window would go untested")
        pytest.skip("Xvfb is missing")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as number:
        name = number.readline().strip()  # comes when the server is ready; empty if it has died
    assert name, "Xvfb did not start"
    try:
        yield f":{name}"
    finally:
        server.terminate()
        server.wait(10)


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

"""A program on a screen of its own, and somebody who sits before it."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_program import start, write_sheet
from screen import Screen, until
from witness import VARIABLE, Log


@pytest.fixture
def screen_before_me(
    display: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Screen]:
    path = tmp_path_factory.mktemp("log") / "window.log"
    monkeypatch.setenv(VARIABLE, str(path))
    screen = Screen(display, Log(path))
    until(lambda: not screen.managed(), "the end of the windows of other tests")
    yield screen
    screen.close()


@pytest.fixture
def program(display: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the program on the screen, in an empty folder."""
    started = []

    def run(*args: str | Path) -> subprocess.Popen[str]:
        started.append(start(*args, cwd=tmp_path))
        return started[-1]

    yield run
    for process in started:
        alive = process.poll() is None
        process.kill()
        # Shown where the test has failed.
        print("was running" if alive else "had ended", *process.communicate(), sep="\n")
        if path := os.environ.get(VARIABLE):
            lines = Log(Path(path)).lines()
            print(*(line for line in lines if not line.startswith("wait")), *lines[-9:], time.monotonic(), sep="\n")


@pytest.fixture
def correcting(program, screen_before_me, tmp_path):
    """Opens a sheet of two rows, 717 and 71, read as such, and corrects with the key c or a click."""

    def begin(*args: str, click: tuple[float, float] | None = None) -> subprocess.Popen[str]:
        write_sheet(tmp_path / "a.png", "717", "71")
        process = program("a.png", *args)
        until(screen_before_me.find)
        screen_before_me.still_picture()
        if click is None:
            screen_before_me.press("c")
        else:
            screen_before_me.click(*click)
        until(lambda: "correcting" in screen_before_me.title())
        screen_before_me.settle()
        return process

    return begin

"""Whoever has no mouse can do everything in the window: each key does what the help says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_program import finish, write_clip
from screen import Screen, kept, until

from realtime.window.keys import KEYS

# On a busy machine Qt never paints a window in one start of ninety, a bare OpenCV script's as well: it is opened again.
pytestmark = [pytest.mark.flaky(reruns=2, only_rerun="never came to pass"), pytest.mark.timeout(900)]


class Keyboard:
    """Somebody who has a keyboard only, before a video of a sheet, 717 and 71, that is paused."""

    def __init__(self, screen: Screen, folder: Path) -> None:
        self.screen, self.folder = screen, folder

    def press(self, *keys: str) -> None:
        for key in keys:
            self.screen.press(key)
            self.screen.settle()

    def snapshot(self) -> dict[str, Any]:
        """The record of the frame on show."""
        runs = self.folder / "runs"
        before = set(runs.glob("*.json"))
        self.press("s")
        (new,) = until(lambda: set(runs.glob("*.json")) - before, "a snapshot")
        until(lambda: new.read_text().endswith("\n"))
        assert new.with_suffix(".png").exists()
        record: dict[str, Any] = json.loads(new.read_text())
        self.press("0")  # takes the message away
        return record

    def titled(self, word: str, there: bool = True) -> None:
        until(lambda: (word in self.screen.title()) == there, f"{word} in the title")

    def comes_and_goes(self, key: str, back: str) -> None:
        """A key changes the picture, and another one changes it back."""
        before = self.screen.still_picture()
        self.press(key)
        self.screen.picture_other_than(before)
        self.press(back)
        until(lambda: self.screen.shows(before), f"what was there before {key}")

    @property
    def labels(self) -> list[str]:
        return [row[0] for row in kept(self.folder / "mine")] if (self.folder / "mine/labels.csv").exists() else []


def pause(user: Keyboard) -> None:
    user.screen.press("space")
    user.titled("paused", False)
    user.screen.press("space")
    user.titled("paused")
    user.screen.settle()


def step(user: Keyboard) -> None:
    here = user.snapshot()["frame"]
    for back, on in ((",", "."), ("Left", "Right")):
        user.press(back)
        assert user.snapshot()["frame"] == here - 1
        user.press(on)
        assert user.snapshot()["frame"] == here


def jump(user: Keyboard) -> None:
    here = user.snapshot()["frame"]
    user.press("f", "f", "b")
    assert user.snapshot()["frame"] == here + 50


def zoom(user: Keyboard) -> None:
    user.comes_and_goes("+", "-")
    user.comes_and_goes("+", "0")
    user.press("+", "+")
    user.comes_and_goes("Right", "Left")
    user.comes_and_goes("Down", "Up")
    user.press("0")


def snapshot(user: Keyboard) -> None:
    assert user.snapshot()["lines"] == ["717", "71"]


def record(user: Keyboard) -> None:
    user.screen.press("r")
    (video,) = until(lambda: list((user.folder / "runs").glob("*.mp4")))
    user.press(".", ".", "r")
    until(lambda: cv2.VideoCapture(str(video)).read()[0], "a video that plays")
    user.press("0")


def correct(user: Keyboard) -> None:
    for begin in ("c", "Tab"):
        user.press(begin)
        user.titled("correcting")
        user.press("Escape")
        user.titled("correcting", False)
    user.press("c", "Tab", "Tab", "4", "Left", "x", "Down", "5", "Return")
    user.titled("correcting", False)
    assert sorted(user.labels) == ["4", "5", "x"]


def take_back(user: Keyboard) -> None:
    assert user.labels
    user.press("BackSpace")
    assert user.labels == []
    user.titled("correcting")
    user.press("Escape")
    user.titled("correcting", False)


def edit(user: Keyboard) -> None:
    user.press("e", "9", "9", "Return", "Return")
    user.titled("correcting", False)
    assert "99" in user.snapshot()["lines"]
    user.press("BackSpace", "Escape")
    user.titled("correcting", False)


def region(user: Keyboard) -> None:
    user.press("x", "Tab", *("Up",) * 6, *("Left",) * 6, "Tab", *("Up",) * 9, "Return")
    assert user.snapshot()["lines"] == ["717"]
    user.press("x")
    assert user.snapshot()["lines"] == ["717", "71"]


def camera(user: Keyboard) -> None:
    before = user.screen.still_picture()
    user.press("k")
    user.screen.picture_other_than(before)


def mirror(user: Keyboard) -> None:
    left = min(digit["xyxy"][0] for digit in user.snapshot()["digits"])
    user.press("m", "f")
    assert min(digit["xyxy"][0] for digit in user.snapshot()["digits"]) > left + 200
    user.press("m", "b")
    assert min(digit["xyxy"][0] for digit in user.snapshot()["digits"]) == pytest.approx(left, abs=3)


def panel(key: str) -> Callable[[Keyboard], None]:
    return lambda user: user.comes_and_goes(key, key)


def leave(user: Keyboard) -> None:
    user.comes_and_goes("h", "Escape")
    user.comes_and_goes("+", "Escape")


DOES = {
    "space": pause,
    ",  .": step,
    "b  f": jump,
    "+  -  0": zoom,
    "s": snapshot,
    "r": record,
    "c  Tab": correct,
    "Backspace": take_back,
    "e": edit,
    "x": region,
    "k": camera,
    "m": mirror,
    **{key: panel(key) for key in "ntldh"},
    "q  Esc": leave,
}
"""What each entry of the help does, in an order in which one can be tried after the other."""


def test_every_key_of_the_help_does_what_is_said_of_it(program, screen_before_me, tmp_path):
    assert {key for key, _ in KEYS} == set(DOES)
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "717", "71", seconds=60, fps=10)
    process = program("clip.mp4")
    until(screen.find)
    until(lambda: screen.log.kinds().count("show") > 8, "some frames")
    screen.press("space")
    user = Keyboard(screen, tmp_path)
    user.titled("paused")
    for key, does in DOES.items():
        print("trying", key)  # shown where the test has failed
        does(user)
    assert "click" not in screen.log.kinds() and np.asarray(screen.still_picture()).any()
    screen.press("q")
    assert finish(process)[0] == 0

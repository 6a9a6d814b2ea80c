"""A video in a real window is gone through in jumps, with the keyboard and along the time line."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from fake_program import finish, write_clip, write_sheet
from hands import drag
from screen import PICTURE, Screen, until

# On a busy machine Qt never paints a window in one start of ninety, a bare OpenCV script's as well: it is opened again.
pytestmark = [pytest.mark.flaky(reruns=2, only_rerun="never came to pass"), pytest.mark.timeout(900)]

LINE = 1 - 13 / 720
"""Where the time line lies, as a share of the height of a new window."""


@pytest.fixture
def frame_on_show(screen_before_me: Screen, tmp_path: Path) -> Callable[[], int]:
    """Takes a snapshot and tells which frame it is of."""
    folder = tmp_path / "runs"

    def look() -> int:
        screen_before_me.settle()
        before = set(folder.glob("*.json"))
        screen_before_me.press("s")
        (new,) = until(lambda: set(folder.glob("*.json")) - before, "a snapshot")
        until(lambda: new.read_text().endswith("\n"))
        record = json.loads(new.read_text())
        assert record["time"] == pytest.approx(record["frame"] / 10, abs=0.01)
        assert record["lines"] == ["71"] or record["frame"] < 3, "the tracker has seen the frames before"
        return int(record["frame"])

    return look


def test_a_paused_video_is_gone_through_in_jumps(program, screen_before_me, tmp_path, frame_on_show):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=20, fps=10)
    process = program("clip.mp4")
    until(screen.find)
    until(lambda: screen.log.kinds().count("show") > 5)
    screen.press("space")
    until(lambda: "paused" in screen.title())
    begin = frame_on_show()
    for key, steps in (("f", 50), ("f", 100), ("b", 50), (",", 49), (".", 50), ("b", 0)):
        screen.press(key)
        assert frame_on_show() == begin + steps
    screen.click(0.5 / PICTURE, LINE)
    assert frame_on_show() == pytest.approx(100, abs=8)
    drag(screen, (0.5 / PICTURE, LINE), (0.2 / PICTURE, 0.5))
    there = frame_on_show()
    assert there == pytest.approx(42, abs=8) and "correcting" not in screen.title()
    screen.press("space")
    until(lambda: "paused" not in screen.title())
    until(lambda: frame_on_show() > there, "the frames after it")
    screen.press("q")
    assert finish(process)[0] == 0


def test_from_the_end_of_a_video_one_can_go_back(program, screen_before_me, tmp_path, frame_on_show):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=1, fps=10)
    process = program("clip.mp4")
    until(screen.find)
    screen.settle(polls=20)  # longer than a frame of it
    for key, frame in ((",", 8), ("b", 0), (".", 1)):
        screen.press(key)
        assert frame_on_show() == frame
    screen.press("q")
    assert finish(process)[0] == 0


def test_photos_are_gone_through_in_jumps(program, screen_before_me, tmp_path):
    screen = screen_before_me

    def titled(end: str) -> bool:
        return screen.title().endswith(end)

    for name in "abcdefgh":
        write_sheet(tmp_path / f"{name}.png", "71")
    process = program(*sorted(tmp_path.glob("*.png")))
    for key, name in (("f", "a"), ("Right", "f"), ("b", "g"), ("Left", "b"), ("q", "a")):
        until(partial(titled, f"{name}.png - digits"), name)
        screen.still_picture()
        screen.press(key)
    assert finish(process)[0] == 0


def test_where_an_output_is_written_there_are_no_jumps(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=60, fps=10)
    process = program("clip.mp4", "--json", "out.jsonl")
    until(screen.find)
    screen.press("space")
    until(lambda: "paused" in screen.title())
    before = screen.still_picture()
    screen.press("f")
    said = screen.picture_other_than(before)
    screen.click(0.5 / PICTURE, LINE)
    assert screen.still_picture().shape == said.shape
    screen.press("q")
    assert finish(process)[0] == 0
    records = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [record["frame"] for record in records] == list(range(len(records)))

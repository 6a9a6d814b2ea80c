"""The window on a screen of its own, with real key presses and the close button."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_camera import FakeCamera
from fake_program import finish, start, write_clip, write_sheet
from screen import Screen, kept, until

from realtime.drawing.primitives import ORANGE
from realtime.sinks.own_digits import read_digits
from realtime.sinks.paths import new_path
from realtime.window.display import why_no_window
from realtime.window.keys import KEYS

# On a busy machine Qt never paints a window in one start of ninety, a bare OpenCV script's as well: it is opened again.
pytestmark = [pytest.mark.flaky(reruns=2, only_rerun="never came to pass"), pytest.mark.timeout(900)]


@pytest.mark.usefixtures("no_display")
def test_without_a_display_there_is_no_window(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    assert why_no_window() == "no display"


@pytest.mark.usefixtures("no_display")
def test_a_dead_display_is_found_out(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":4711")
    assert why_no_window() == "the display cannot be used"


def test_a_display_is_found(display):
    assert why_no_window() is None


@pytest.mark.parametrize("platform", ["darwin", "win32"])
@pytest.mark.usefixtures("no_display")
def test_elsewhere_there_always_is_one(monkeypatch, platform):
    monkeypatch.setattr(sys, "platform", platform)
    assert why_no_window() is None


def test_an_opencv_without_windows_has_none(monkeypatch):
    monkeypatch.setattr(cv2, "currentUIFramework", lambda: "")
    assert "headless" in str(why_no_window())


def test_new_names_are_never_taken(tmp_path):
    paths = []
    for _ in range(3):
        paths.append(new_path(str(tmp_path), ".png"))
        paths[-1].touch()
    assert len(set(paths)) == 3


def test_a_dead_display_does_not_end_the_program(tmp_path, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":4711")
    write_sheet(tmp_path / "a.png", "71")
    code, out, err = finish(start("a.png", cwd=tmp_path))
    assert (code, out) == (0, "71\n")
    assert err == "the display cannot be used: no window, readings are printed\n"


def test_photos_wait_for_a_key(program, screen_before_me, tmp_path):
    screen = screen_before_me
    for name, text in (("a", "71"), ("b", "11"), ("c", "77")):
        write_sheet(tmp_path / f"{name}.png", text)

    def wait_for_title(title: str) -> None:
        until(lambda: screen.title() == title)

    process = program("a.png", "b.png", "c.png")
    for name, key in (("a", "space"), ("b", "Right"), ("c", "Return")):
        wait_for_title(f"{name}.png - digits")
        screen.still_picture()
        assert process.poll() is None
        screen.press(key)
    code, out, err = finish(process)
    assert code == 0
    assert out == "a.png: 71\nb.png: 11\nc.png: 77\n", "who reads our output gets the readings all the same"
    assert all(what in err for _, what in KEYS), "the keys are said at the start"


@pytest.mark.parametrize("key", ["q", "Escape"])
def test_quit(key, program, screen_before_me, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    process = program("a.png", "a.png")
    until(screen_before_me.find)
    screen_before_me.still_picture()
    screen_before_me.press(key)
    code, _, err = finish(process)
    assert code == 0 and "error:" not in err and "Traceback" not in err


@pytest.mark.parametrize("kind", ["photo", "video"])
def test_closing_the_window_quits(kind, program, screen_before_me, tmp_path, long_clip):
    process = program(write_sheet(tmp_path / "a.png", "71") if kind == "photo" else long_clip)
    screen_before_me.picture()
    screen_before_me.press_close()
    code, _, err = finish(process)
    assert code == 0 and "error:" not in err and "Traceback" not in err


def test_help_numbers_and_debug_come_and_go(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "717 11", "7")
    program("a.png")
    until(screen.find)
    plain = screen.still_picture()
    changes = []
    for key in "hnd":
        screen.press(key)
        other = screen.picture_other_than(plain)
        changes.append((other != plain).any(axis=2).mean())
        screen.press(key)
        until(lambda: screen.shows(plain), f"a second {key} that takes it away")
    help_, numbers, debug = changes
    assert help_ > 0.05 and 0.001 < numbers < 0.1 and debug > 0.3


def test_snapshot(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "717")
    process = program("a.png")
    until(screen.find)
    screen.still_picture()
    screen.press("s")
    (saved,) = until(lambda: list((tmp_path / "runs").glob("*.json")))
    until(lambda: saved.read_text().endswith("\n"))
    answer = json.loads(saved.read_text())
    assert answer["source"] == "a.png" and answer["lines"] == ["717"]
    picture = cv2.imread(str(saved.with_suffix(".png")))
    assert picture.shape == (480, 854, 3), "the reading stands beside it"
    screen.press("q")
    assert f"saved {saved.with_suffix('.png').relative_to(tmp_path)}" in finish(process)[2]


def test_a_snapshot_that_fails_is_said_in_the_window(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "717")
    (tmp_path / "runs").write_text("a file where the folder should be")
    process = program("a.png")
    until(screen.find)
    plain = screen.still_picture()
    screen.press("s")
    assert (screen.picture_other_than(plain) != plain).any()
    assert process.poll() is None
    screen.press("q")
    assert finish(process)[0] == 0


def lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def stands_still(read: Callable[[], int], screen: Screen) -> int:
    """The count of frames read, which does not grow."""
    screen.settle()
    stopped = read()
    screen.settle(polls=10)
    assert read() == stopped
    return stopped


def test_pause_and_recording(program, screen_before_me, tmp_path, long_clip):
    screen = screen_before_me
    process = program(long_clip, "--json", "out.jsonl")

    def read() -> int:
        return lines_in(tmp_path / "out.jsonl")

    until(lambda: read() > 3)
    screen.press("space")
    until(lambda: "paused" in screen.title())
    stopped = stands_still(read, screen)
    screen.press("space")
    until(lambda: read() > stopped and "paused" not in screen.title())
    screen.press("r")
    (video,) = until(lambda: list((tmp_path / "runs").glob("*.mp4")))
    from_here = read()
    until(lambda: read() > from_here + 5)
    screen.press("r")
    until(lambda: cv2.VideoCapture(str(video)).read()[0])
    capture = cv2.VideoCapture(str(video))
    assert capture.read()[1].shape == (480, 854, 3)
    capture.release()
    screen.press("q")
    code, _, err = finish(process)
    assert code == 0 and f"saved {video.relative_to(tmp_path)}" in err


def test_mirror(program, screen_before_me, tmp_path, long_clip):
    program(long_clip, "--json", "out.jsonl")

    def leftmost() -> int:
        """Of the digits in the newest frame that has some; 0 where none has."""
        text = (tmp_path / "out.jsonl").read_text() if (tmp_path / "out.jsonl").exists() else ""
        found = [record["digits"] for record in map(json.loads, text[: text.rfind("\n") + 1].splitlines())]
        return min((digit["xyxy"][0] for digit in next(filter(None, reversed(found)), [])), default=0)

    until(lambda: 0 < leftmost() < 200)
    screen_before_me.press("m")
    until(lambda: leftmost() > 400)


def test_a_video_plays_at_its_own_speed(program, screen_before_me, tmp_path):
    write_clip(tmp_path / "clip.mp4", "71", seconds=3)
    code, out, _ = finish(program("clip.mp4", "--json", "-"))
    assert code == 0 and len(out.splitlines()) == 30
    shown = screen_before_me.log.times("show")
    assert len(shown) >= 30 and shown[-1] - shown[0] > 2.8


def test_a_video_holds_at_its_end_and_is_stepped_back(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=1)
    process = program("clip.mp4")
    until(screen.find)
    end = screen.still_picture()
    screen.press(",")
    before = screen.picture_other_than(end)
    assert "paused" in screen.title() and process.poll() is None
    screen.press(".")
    screen.picture_other_than(before)
    screen.press("q")
    assert finish(process)[0] == 0


def test_photos_are_gone_back_to(program, screen_before_me, tmp_path):
    screen = screen_before_me

    def titled(title: str) -> bool:
        return screen.title() == title

    for name in "ab":
        write_sheet(tmp_path / f"{name}.png", "71")
    process = program("a.png", "b.png")
    for key, name in (("space", "a.png"), ("Left", "b.png"), ("space", "a.png"), ("space", "b.png")):
        until(partial(titled, f"{name} - digits"))
        screen.still_picture()
        screen.press(key)
    assert finish(process)[0] == 0, "after the last one it ends"


def test_with_an_output_photos_do_not_wait(program, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    write_sheet(tmp_path / "b.png", "71")
    code, out, _ = finish(program("a.png", "b.png", "--json", "-"))
    assert code == 0 and len(out.splitlines()) == 2


def test_the_picture_follows_the_size_of_the_window(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "71")
    program("a.png")
    until(screen.find)
    first = screen.still_picture()
    assert first.shape == (720, 1280, 3), "as large as the sizes to begin with allow, with room for the reading"
    screen.resize(500, 700)
    until(lambda: screen.picture().shape == (700, 500, 3))
    until(lambda: 0.3 < (screen.picture().min(axis=2) > 200).mean() < 0.6, "a sheet of 500x375 in 500x700")


def test_a_camera_that_hangs_leaves_the_window_alive(program, screen_before_me):
    with FakeCamera() as camera:
        process = program(camera.url)
        until(screen_before_me.find)
        screen_before_me.picture()
        camera.hang.set()
        until(lambda: (np.abs(screen_before_me.picture() - np.array(ORANGE)) < 40).all(axis=2).sum() > 5000)
        screen_before_me.press("q")
        assert finish(process)[0] == 0


def test_a_digit_is_corrected_with_keys(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    process = correcting()
    before = screen.still_picture()
    screen.press("4")
    named = screen.picture_other_than(before)
    screen.press("Right")
    moved = screen.picture_other_than(named)
    screen.press("x")
    screen.picture_other_than(moved)
    assert not (tmp_path / "mine").exists(), "nothing is kept yet"
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    images, labels = read_digits(tmp_path / "mine")
    assert labels.tolist() == [4, 10] and images.shape == (2, 28, 28)
    (four, none) = kept(tmp_path / "mine")
    assert (four[0], four[1], none[0]) == ("4", "7", "x")
    assert none[2] - four[2] == pytest.approx(70, abs=25) and abs(none[3] - four[3]) < 9, "its neighbour to the right"
    assert (cv2.imread(str(tmp_path / "mine/frames/00001.png")) == cv2.imread(str(tmp_path / "a.png"))).all()
    screen.press("q")
    code, _, err = finish(process)
    assert code == 0 and f"saved {Path('mine', 'labels.csv')}" in err


def test_escape_leaves_all_as_it_was(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    process = correcting()
    screen.press("4")
    screen.press("Escape")
    until(lambda: screen.title() == "a.png - digits")
    assert process.poll() is None
    screen.press("space")
    code, _, err = finish(process)
    assert code == 0 and "saved" not in err and not (tmp_path / "mine").exists()


def test_corrections_that_cannot_be_written_are_told(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    (tmp_path / "mine").write_text("a file where the folder should be")
    process = correcting()
    screen.press("4")
    before = screen.still_picture()
    screen.press("Return")
    screen.picture_other_than(before)
    assert "correcting" in screen.title(), "there is time to mend it"
    screen.press("q")
    code, _, err = finish(process)
    assert code == 1 and err.splitlines()[-1].startswith("error: cannot write to mine")


def test_the_picture_stands_still_while_a_digit_is_chosen(program, screen_before_me, tmp_path, long_clip):
    screen = screen_before_me
    process = program(long_clip, "--json", "out.jsonl")

    def read() -> int:
        return lines_in(tmp_path / "out.jsonl")

    until(lambda: read() > 10)
    screen.press("c")
    until(lambda: "correcting" in screen.title())
    stopped = stands_still(read, screen)
    screen.press("5")
    screen.press("Return")
    until(lambda: read() > stopped)
    assert [row[0] for row in kept(tmp_path / "mine")] == ["5"]
    screen.press("q")
    assert finish(process)[0] == 0

"""Keys and clicks in a real window while a frame is being read, however long that takes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import held_program
import pytest
from fake_program import ROOT, finish, write_clip, write_sheet
from screen import until

# On a busy machine Qt never paints a window in one start of ninety, a bare OpenCV script's as well: it is opened again.
pytestmark = [pytest.mark.flaky(reruns=2, only_rerun="never came to pass"), pytest.mark.timeout(900)]


class Network:
    """Holds up the network of a program that runs in a folder."""

    def __init__(self, folder: Path) -> None:
        self._hold, self._held = folder / held_program.HOLD, folder / held_program.HELD

    def hold(self) -> None:
        """Let no further frame be read."""
        self._hold.touch()

    def wait(self) -> None:
        """Wait until a frame is being read, and held up."""
        until(self._held.exists, "the reading of the next frame")

    def let_go(self) -> None:
        self._hold.unlink()


@pytest.fixture
def network(tmp_path: Path) -> Network:
    return Network(tmp_path)


@pytest.fixture
def held(display: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the program whose network can be held up."""
    pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = []

    def run(*args: str | Path) -> subprocess.Popen[str]:
        command = [sys.executable, held_program.__file__, *map(str, args)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        started.append(subprocess.Popen(command, cwd=tmp_path, env=environment, text=True, **pipes))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        print(*process.communicate(), sep="\n")  # shown where the test has failed


def test_keys_pressed_while_one_frame_is_read_are_all_obeyed_in_order(held, network, screen_before_me, tmp_path):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=60)
    process = held("clip.mp4")
    until(screen.find)
    screen.picture()
    network.hold()
    network.wait()
    for key in ("s", "n", "s", "h", "s", "space"):
        screen.press(key)
    until(lambda: "paused" in screen.title())
    assert len(list((tmp_path / "runs").glob("*.png"))) == 3, "the pause came last"
    network.let_go()
    helped = screen.still_picture()
    screen.press("Escape")
    screen.picture_other_than(helped)
    assert process.poll() is None, "Esc in the help closes the help only"
    screen.press("Escape")
    code, _, err = finish(process)
    assert code == 0 and "Traceback" not in err


def test_a_key_for_the_photo_before_does_not_skip_the_next(held, network, screen_before_me, tmp_path):
    screen = screen_before_me
    for name in "abc":
        write_sheet(tmp_path / f"{name}.png", "71")
    process = held("a.png", "b.png", "c.png")
    until(lambda: screen.title() == "a.png - digits")
    screen.still_picture()
    network.hold()
    screen.press("space")
    network.wait()
    for key in ("space", "s", "space"):
        screen.press(key)
    (record,) = until(lambda: list((tmp_path / "runs").glob("*.json")))
    network.let_go()
    until(lambda: screen.title() == "b.png - digits")
    assert json.loads(record.read_text())["source"] == "a.png", "what was on show when it was pressed"
    before = screen.still_picture()
    screen.press("n")
    screen.picture_other_than(before)
    assert screen.title() == "b.png - digits" and process.poll() is None
    screen.press("q")
    assert finish(process)[0] == 0


def test_a_click_while_the_next_photo_is_read_means_the_one_on_show(held, network, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "71")
    write_sheet(tmp_path / "b.png", "1", left=400)
    process = held("a.png", "b.png")
    until(lambda: screen.title() == "a.png - digits")
    screen.still_picture()
    network.hold()
    screen.press("space")
    network.wait()
    screen.click(100 / 640, 110 / 480)
    until(lambda: screen.title() == "a.png - correcting - digits")
    network.let_go()
    screen.press("4")
    screen.press("Return")
    until(lambda: screen.title() == "b.png - digits")
    (row,) = (tmp_path / "mine" / "labels.csv").read_text().splitlines()[1:]
    assert row.startswith("crops/00001.png,4,7,")
    screen.press("q")
    assert finish(process)[0] == 0


@pytest.mark.parametrize("end", ["q", "close", "ctrl-c"])
def test_the_program_ends_though_a_frame_is_being_read(held, network, screen_before_me, tmp_path, end):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=60)
    process = held("clip.mp4", "--json", "out.jsonl")
    until(screen.find)
    screen.picture()
    network.hold()
    network.wait()
    if end == "q":
        screen.press("q")
    elif end == "close":
        screen.press_close()
    else:
        process.send_signal(signal.SIGINT)
    until(lambda: screen.find() is None, "the end of the window")
    network.let_go()
    code, _, err = finish(process)
    assert code == (130 if end == "ctrl-c" else 0) and "Traceback" not in err and "error" not in err
    assert all(json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines())


def test_a_second_ctrl_c_ends_a_program_that_hangs(held, network, screen_before_me, tmp_path):
    screen = screen_before_me
    write_clip(tmp_path / "clip.mp4", "71", seconds=60)
    process = held("clip.mp4")
    until(screen.find)
    screen.picture()
    network.hold()
    network.wait()
    process.send_signal(signal.SIGINT)
    until(lambda: screen.find() is None, "the end of the window")
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] != 0


def test_an_error_while_a_frame_is_read_ends_the_program(program, screen_before_me, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    (tmp_path / "b.png").write_text("no picture")
    process = program("a.png", "b.png")
    until(lambda: screen_before_me.title() == "a.png - digits")
    screen_before_me.still_picture()
    screen_before_me.press("space")
    code, _, err = finish(process)
    assert code == 1 and "error: b.png: " in err

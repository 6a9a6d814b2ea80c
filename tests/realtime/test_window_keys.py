"""Keys and clicks in a real window while a frame takes long to read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import slow_program
import test_window
from fake_program import ROOT, finish, write_sheet
from hands import type_fast
from test_window import until

program, screen_before_me = test_window.program, test_window.screen_before_me


@pytest.fixture
def slow(display: str, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the program with a network that can be held up; see `slow_program.HELD`."""
    started = []

    def run(*args: str | Path) -> subprocess.Popen[str]:
        started.append(
            subprocess.Popen(
                [sys.executable, slow_program.__file__, *map(str, args)],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Within this block no frame is read to the end."""
    (folder / slow_program.HELD).touch()
    yield
    (folder / slow_program.HELD).unlink()


def test_keys_pressed_while_one_frame_is_read_are_all_obeyed_in_order(slow, screen_before_me, tmp_path, long_clip):
    screen = screen_before_me
    process = slow(long_clip)
    screen.picture()
    with held(tmp_path):
        type_fast(screen, ["s", "n", "s", "h", "s", "space"])
    until(lambda: "paused" in screen.title())
    assert len(list((tmp_path / "runs").glob("*.png"))) == 3, "the pause came last"
    helped = screen.still_picture()
    type_fast(screen, ["Escape"])
    screen.picture_other_than(helped)
    assert process.poll() is None, "Esc in the help closes the help only"
    type_fast(screen, ["Escape"])
    code, _, err = finish(process)
    assert code == 0 and "Traceback" not in err


def test_a_key_for_the_photo_before_does_not_skip_the_next(slow, screen_before_me, tmp_path):
    screen = screen_before_me
    for name in "abc":
        write_sheet(tmp_path / f"{name}.png", "71")
    process = slow("a.png", "b.png", "c.png")
    until(lambda: screen.title() == "a.png - digits")
    screen.still_picture()
    with held(tmp_path):
        type_fast(screen, ["space", "space", "s", "space"])
    until(lambda: screen.title() == "b.png - digits")
    (record,) = (tmp_path / "runs").glob("*.json")
    assert json.loads(record.read_text())["source"] == "a.png", "what was on show when it was pressed"
    before = screen.still_picture()
    type_fast(screen, ["n"])
    screen.picture_other_than(before)
    assert screen.title() == "b.png - digits" and process.poll() is None
    type_fast(screen, ["q"])
    assert finish(process)[0] == 0


def test_a_click_while_the_next_photo_is_read_means_the_one_on_show(slow, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "71")
    write_sheet(tmp_path / "b.png", "1", left=400)
    process = slow("a.png", "b.png")
    until(lambda: screen.title() == "a.png - digits")
    screen.still_picture()
    with held(tmp_path):
        type_fast(screen, ["space"])
        screen.click(100 / 640, 110 / 480)
    until(lambda: screen.title() == "a.png - correcting - digits")
    type_fast(screen, ["4", "Return"])
    until(lambda: (tmp_path / "mine" / "labels.csv").exists())
    until(lambda: screen.title() == "b.png - digits")
    (row,) = (tmp_path / "mine" / "labels.csv").read_text().splitlines()[1:]
    assert row.startswith("crops/00001.png,4,7,")
    type_fast(screen, ["q"])
    assert finish(process)[0] == 0


@pytest.mark.parametrize("end", ["q", "close", "ctrl-c"])
def test_the_program_ends_though_a_frame_is_being_read(slow, screen_before_me, tmp_path, long_clip, end):
    screen = screen_before_me
    process = slow(long_clip, "--json", "out.jsonl")
    screen.picture()
    with held(tmp_path):
        if end == "q":
            type_fast(screen, ["q"])
        elif end == "close":
            screen.press_close()
        else:
            process.send_signal(signal.SIGINT)
    code, _, err = finish(process)
    assert code == (130 if end == "ctrl-c" else 0) and "Traceback" not in err and "error" not in err
    assert all(json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines())


def test_an_error_while_a_frame_is_read_ends_the_program(program, screen_before_me, tmp_path):
    write_sheet(tmp_path / "a.png", "71")
    (tmp_path / "b.png").write_text("no picture")
    process = program("a.png", "b.png")
    until(lambda: screen_before_me.title() == "a.png - digits")
    screen_before_me.still_picture()
    type_fast(screen_before_me, ["space"])
    code, _, err = finish(process)
    assert code == 1 and "error: b.png: " in err

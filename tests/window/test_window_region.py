"""In a real window a part of the picture is chosen, and only that is read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fake_program import finish, write_sheet
from hands import drag
from screen import Screen, until

# On a busy machine Qt never paints a window in one start of ninety, a bare OpenCV script's as well: it is opened again.
pytestmark = [pytest.mark.flaky(reruns=2, only_rerun="never came to pass"), pytest.mark.timeout(900)]


def lines(screen: Screen, folder: Path) -> list[str]:
    """What is read in the picture on show, from a snapshot."""
    screen.settle()
    before = set(folder.glob("*.json"))
    screen.press("s")
    (new,) = until(lambda: set(folder.glob("*.json")) - before, "a snapshot")
    until(lambda: new.read_text().endswith("\n"))
    return list(json.loads(new.read_text())["lines"])


def test_a_part_is_chosen_with_the_mouse_or_with_keys_and_can_be_used_again(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "717", "71")
    process = program("a.png")
    until(screen.find)
    whole = screen.still_picture()
    screen.press("x")
    screen.picture_other_than(whole)
    drag(screen, (0.1, 0.36), (0.5, 0.6))
    assert lines(screen, tmp_path / "runs") == ["71"]
    screen.press("x")
    assert lines(screen, tmp_path / "runs") == ["717", "71"]
    screen.press("x")
    screen.press("Escape")
    assert lines(screen, tmp_path / "runs") == ["717", "71"]
    screen.press("x")
    for key in (*("Left",) * 4, "Tab", *("Up",) * 4, *("Left",) * 5, "Return"):
        screen.press(key)
    assert lines(screen, tmp_path / "runs") == ["717", "71"]
    screen.press("x")
    screen.press("x")
    for key in ("Tab", *("Up",) * 4, *("Left",) * 4, "Tab", *("Up",) * 9, "Return"):
        screen.press(key)
    assert lines(screen, tmp_path / "runs") == ["717"]
    screen.press("q")
    code, _, err = finish(process)
    (said,) = [line for line in err.splitlines() if line.startswith("only a part was read: ")]
    assert code == 0
    code, out, _ = finish(program("a.png", "--no-window", *said.split(": ")[1].split()))
    assert (code, out) == (0, "717\n")

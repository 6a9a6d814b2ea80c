"""Correcting in a real window, with mouse and keyboard."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_program import finish, sheet, write_sheet
from hands import drag, let_go
from screen import kept, until

from realtime.drawing.marks import GREEN
from realtime.sinks.own_digits import read_digits

# On a busy machine Qt never paints a window in one start of ninety, a bare OpenCV script's as well: it is opened again.
pytestmark = [pytest.mark.flaky(reruns=2, only_rerun="never came to pass"), pytest.mark.timeout(900)]

PAPER = 0.9, 0.9
SEVEN = 100 / 640, 220 / 480  # of the second row
ONE = 180 / 640, 220 / 480


def green(screen: Any) -> int:
    """Pixels in the colour of what the user said, once the picture stands still."""
    return int((np.abs(screen.still_picture().astype(int) - GREEN) < 12).all(axis=2).sum())


def count(folder: Path) -> int:
    return (folder / "labels.csv").read_bytes().count(b"\n") - 1 if (folder / "labels.csv").exists() else 0


def test_a_click_on_paper_leaves_nothing_to_label(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    process = correcting(click=SEVEN)
    before = screen.still_picture()
    screen.click(*PAPER)
    unmarked = screen.picture_other_than(before)
    screen.press("3")
    refused = screen.picture_other_than(unmarked)
    assert green(screen) == 0
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    screen.picture_other_than(refused)
    screen.press("q")
    code, _, err = finish(process)
    assert code == 0 and "saved" not in err and not (tmp_path / "mine").exists()


def test_clicks_choose_and_what_was_typed_shows_before_it_is_kept(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    process = correcting("--corrections", "hand", click=SEVEN)
    assert green(screen) == 0
    screen.press("2")
    assert green(screen) > 200
    screen.click(*ONE)
    seven = green(screen)
    screen.press("3")
    assert green(screen) > seven + 200
    assert not (tmp_path / "hand").exists(), "nothing is kept yet"
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    assert [row[:2] for row in kept(tmp_path / "hand")] == [("2", "7"), ("3", "1")]
    screen.press("BackSpace")
    until(lambda: "correcting" in screen.title())
    assert count(tmp_path / "hand") == 0 and not list((tmp_path / "hand").rglob("*.png"))
    screen.press("BackSpace")
    assert green(screen) == seven
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    assert [row[:2] for row in kept(tmp_path / "hand")] == [("2", "7")]
    screen.press("q")
    assert finish(process)[0] == 0


def test_a_box_dragged_around_a_missed_digit_adds_it(program, screen_before_me, tmp_path):
    screen = screen_before_me
    image = sheet("717")
    cv2.polylines(image, [np.array([(318, 330), (322, 330), (320, 335)], np.int32)], False, (60, 60, 60), 1)
    cv2.imwrite(str(tmp_path / "a.png"), image)
    process = program("a.png", "--json", "out.jsonl")
    process.wait(60)
    assert '"lines": ["717"]' in (tmp_path / "out.jsonl").read_text(), "it is too small"
    process = program("a.png")
    until(screen.find)
    before = screen.still_picture()
    drag(screen, (280 / 640, 280 / 480), (360 / 640, 390 / 480), release=False)
    banded = screen.picture_other_than(before)
    assert "correcting" not in screen.title()
    let_go(screen)
    until(lambda: "correcting" in screen.title())
    screen.picture_other_than(banded)
    screen.press("5")
    assert green(screen) > 200
    assert not (tmp_path / "mine").exists()
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    with open(tmp_path / "mine" / "labels.csv", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["label"], row["read"]) == ("5", "10")
    np.testing.assert_allclose([int(row[name]) for name in ("x1", "y1", "x2", "y2")], [318, 330, 323, 336], atol=5)
    images, _ = read_digits(tmp_path / "mine")
    assert images[0].max() == 255 and 40 < (images[0] > 127).sum() < 250
    assert (cv2.imread(str(tmp_path / "mine" / row["frame"])) == image).all()
    screen.press("q")
    assert finish(process)[0] == 0


def test_a_box_around_nothing_begins_nothing(program, screen_before_me, tmp_path):
    screen = screen_before_me
    write_sheet(tmp_path / "a.png", "717")
    program("a.png")
    until(screen.find)
    before = screen.still_picture()
    drag(screen, (0.6, 0.6), (0.8, 0.8))
    screen.picture_other_than(before)
    assert "correcting" not in screen.title()


@pytest.mark.parametrize("end", ["q", "close", "ctrl-c"])
def test_what_was_not_kept_with_enter_is_not_written(correcting, screen_before_me, tmp_path, end):
    screen = screen_before_me
    process = correcting()
    screen.press("4")
    assert green(screen) > 200
    if end == "q":
        screen.press("q")
    elif end == "close":
        screen.press_close()
    else:
        process.send_signal(signal.SIGINT)
    code, _, err = finish(process)
    assert code == (130 if end == "ctrl-c" else 0) and "Traceback" not in err
    assert "Enter was not pressed: 1 of" in err and not (tmp_path / "mine").exists()


def test_a_click_in_the_enlarged_picture_chooses_what_is_there(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    process = correcting()
    whole = screen.still_picture()
    for _ in range(2):
        screen.press("+")
    enlarged = screen.picture_other_than(whole)
    assert np.array_equal(enlarged[:, 960:], whole[:, 960:]), "the panel stays as it is"
    # The chosen digit, the first one, is followed into the upper left corner.
    screen.click(257 / 640 * 1.25**2, 110 / 480 * 1.25**2)
    screen.press("9")
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    (row,) = kept(tmp_path / "mine")
    assert row[:2] == ("9", "7") and row[2] == pytest.approx(240, abs=6), "the second 7 of the first row"
    screen.press("Escape")
    screen.still_picture()
    assert process.poll() is None, "Esc shows the whole picture again"
    screen.press("Escape")
    assert finish(process)[0] == 0


def test_a_number_is_typed_as_text(correcting, screen_before_me, tmp_path):
    screen = screen_before_me
    process = correcting()
    before = screen.still_picture()
    for key in ("e", "4", "1", "7"):
        screen.press(key)
    typed = screen.picture_other_than(before)
    assert (typed[:150, 960:] != before[:150, 960:]).any(), "the panel shows it"
    screen.press("Return")
    assert green(screen) > 200 and not (tmp_path / "mine").exists()
    screen.press("Return")
    until(lambda: "correcting" not in screen.title())
    assert [row[:2] for row in kept(tmp_path / "mine")] == [("4", "7")]
    screen.press("e")
    for key in ("BackSpace", "BackSpace", "Return", "Return"):
        screen.press(key)
    until(lambda: "correcting" not in screen.title())
    assert not (tmp_path / "mine" / "labels.csv").exists(), "of a shorter number no digit is known"
    screen.press("s")
    (saved,) = until(lambda: list((tmp_path / "runs").glob("*.json")))
    until(lambda: saved.read_text().endswith("\n"))
    assert json.loads(saved.read_text())["lines"] == ["4", "71"]
    screen.press("q")
    assert finish(process)[0] == 0

"""What the window keeps, takes back, and refuses to take for a correction."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import OwnDigitsError, read_digits
from realtime.sources.frame import Frame
from realtime.window.corrector import Corrector
from realtime.window.correspondence import point_as_read
from realtime.window.events import Press, Stroke

BOXES = np.array([(20, 20, 40, 60), (60, 20, 80, 60), (100, 20, 120, 60)], np.int32)


def read(digits: str = "713") -> FrameResult:
    """A photo of a row of three digits; the last is the least sure."""
    probabilities = np.full((3, 11), 0.005, np.float32)
    probabilities[np.arange(3), [int(digit) for digit in digits]] = [0.95, 0.95, 0.6]
    found = replace(Detections.from_probabilities(BOXES, probabilities), track=np.arange(3))
    trace = Trace(np.zeros((100, 160), np.uint8), BOXES, np.ones((3, 28, 28), np.float32), probabilities, found)
    frame = Frame(np.full((100, 160, 3), 220, np.uint8), "a.png", 0, 0.0, still=True)
    return FrameResult(frame, trace, found, arrange(found))


class User:
    """A corrector and who uses it; the frame that goes on is always the one on show."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.corrector = Corrector(folder, self.said.append)
        self.result = read()

    def types(self, *keys: str, marked: bool = True) -> None:
        for key in keys:
            if self.corrector.correction is not None:
                self.corrector.press(Press(key, self.on_show, marked), self.result)
            elif key == "backspace":
                self.corrector.take_back()
            elif key == "c":
                self.corrector.begin(self.on_show)

    def clicks(self, x: float, y: float, shown: FrameResult | None = None) -> None:
        self.corrector.point(Stroke(((x, y), (x, y)), False, shown or self.on_show))

    @property
    def on_show(self) -> FrameResult:
        return self.corrector.on_show(self.result)

    @property
    def kept(self) -> list[int]:
        return read_digits(self.folder)[1].tolist() if (self.folder / "labels.csv").exists() else []


@pytest.fixture
def user(tmp_path: Path) -> User:
    return User(tmp_path / "mine")


def test_nothing_is_written_before_enter(user: User) -> None:
    user.types("c", "4")
    assert user.corrector.unkept == 1 and not user.folder.exists()
    user.types("enter")
    assert user.kept == [4] and user.corrector.unkept == 0
    assert user.on_show.layout.lines == ["714"] and user.corrector.saved == [str(user.folder / "labels.csv")]


def test_a_click_on_nothing_before_typing_keeps_nothing(user: User) -> None:
    user.clicks(30, 40)
    user.clicks(140, 90)
    user.types("5")
    assert "5 not taken" in user.said[-1] and user.corrector.unkept == 0
    user.types("enter")
    assert user.kept == [] and user.corrector.correction is None


def test_a_click_on_paper_begins_nothing(user: User) -> None:
    user.clicks(140, 90)
    assert user.corrector.correction is None


def test_a_digit_typed_before_the_choice_is_seen_is_not_taken(user: User) -> None:
    user.types("c")
    user.types("5", marked=False)
    assert "look first" in user.said[-1] and user.corrector.unkept == 0
    user.types("5")
    assert user.corrector.unkept == 1
    user.types("esc")
    user.clicks(30, 40)
    user.types("5", marked=False)
    assert user.corrector.unkept == 1, "who has clicked knows what he chose"


def test_what_was_kept_is_taken_back_step_by_step(user: User) -> None:
    user.types("c", "4", "left", "9", "enter")
    assert user.kept == [4, 9]
    user.types("backspace")
    assert user.kept == [] and list(user.folder.rglob("*.png")) == []
    assert user.corrector.unkept == 2, "it is as it was before Enter"
    user.types("backspace")
    assert user.corrector.unkept == 1
    user.types("backspace", "backspace")
    assert user.corrector.unkept == 0 and "nothing more" in user.said[-1]
    user.types("esc", "backspace")
    assert "nothing to take back" in user.said[-1]
    assert user.on_show is user.result


def test_frames_are_taken_back_from_the_last_to_the_first(user: User) -> None:
    user.types("c", "4", "enter")
    user.result = read()
    user.types("c", "6", "enter")
    assert user.kept == [4, 6]
    user.types("backspace", "esc")
    assert user.kept == [4]
    user.types("backspace")
    assert user.kept == [] and user.on_show.trace is not user.result.trace, "the picture that is spoken of"


def test_a_glyph_is_never_kept_as_two_digits(user: User) -> None:
    user.types("c", "4", "enter")
    assert user.corrector.correction is None
    user.clicks(110, 40)
    user.types("8", "enter")
    assert user.kept == [8], "the 4 was a mistake"
    user.types("c", "enter")
    assert user.kept == [8], "nothing new was said"
    user.types("c", "5", "esc")
    assert user.kept == [8] and user.on_show.layout.lines == ["718"]
    user.types("backspace", "enter")
    assert user.kept == [8]


def test_a_click_meant_for_a_picture_that_is_gone_does_nothing(user: User) -> None:
    before = user.on_show
    user.result = read()
    user.types("c")
    assert user.corrector.correction is not None and user.corrector.correction.chosen == 2
    user.clicks(30, 40, before)
    assert user.corrector.correction.chosen == 2


def test_a_folder_that_cannot_be_written_to_is_told_and_not_forgotten(user: User) -> None:
    user.folder.write_text("")
    user.types("c", "4", "enter")
    assert "cannot write" in user.said[-1] and user.corrector.unkept == 1
    with pytest.raises(OwnDigitsError):
        user.corrector.close()
    user.folder.unlink()
    user.types("enter")
    user.corrector.close()
    assert user.kept == [4]


def test_a_frame_that_nobody_read_cannot_be_corrected(user: User) -> None:
    user.result = FrameResult.unread(replace(user.result.frame, note="camera 0: no picture"))
    user.types("c")
    user.clicks(30, 40)
    assert user.corrector.correction is None and "nothing here" in user.said[0]


def test_a_click_means_the_digit_that_was_under_it_when_the_frame_was_read(user: User) -> None:
    before = read()
    moved = replace(before.detections, xyxy=before.detections.xyxy + np.array([40, 5, 40, 5], np.int32))[[0, 1]]
    shown = replace(before, detections=moved, layout=arrange(moved), read=before)
    assert point_as_read(shown, 72, 40) == (32, 35)
    user.clicks(72, 40, shown)
    assert user.corrector.correction is not None
    assert user.corrector.correction.chosen == 0, "the 1 had been there, but the 7 was when it was clicked"
    other = replace(moved, track=np.array([8, 9]))
    assert point_as_read(replace(shown, detections=other), 72, 40) == (72, 40), "nobody knows where that was"


def test_a_number_is_typed_as_text(user: User) -> None:
    user.types("c", "e")
    assert user.corrector.typing == "713" and user.corrector.lines == ["713_"]
    user.types("7", "4", "5")
    assert user.corrector.typing == "745" and user.corrector.lines == ["745_"], "it replaces what stood there"
    user.types("backspace", "3", "enter")
    assert user.corrector.typing is None and user.corrector.lines == ["743"] and not user.folder.exists()
    user.types("enter")
    assert user.kept == [4] and user.on_show.layout.lines == ["743"]


def test_a_typed_number_is_left_as_it_was(user: User) -> None:
    user.types("c", "e", "backspace", "9", "esc")
    assert user.corrector.typing is None and user.corrector.lines == ["713"] and user.corrector.unkept == 0
    user.types("e", "8", "x", "left", "esc", "esc")
    assert user.corrector.correction is None and user.on_show is user.result


def test_a_number_of_another_length_is_shown_and_taken_back_but_not_learnt(user: User) -> None:
    user.types("c", "e", "7", "1", "enter")
    assert user.corrector.unkept == 1
    user.types("enter")
    assert user.kept == [] and "learn" in user.said[-1] and user.corrector.saved == []
    assert user.on_show.layout.lines == ["71"] and user.on_show.record["numbers"][0]["corrected"]
    user.types("backspace")
    assert user.corrector.unkept == 1
    user.types("backspace", "esc")
    assert user.on_show is user.result


def test_where_nothing_is_chosen_no_number_is_typed(user: User) -> None:
    user.types("c")
    user.clicks(140, 90)
    user.types("e")
    assert user.corrector.typing is None and "no number" in user.said[-1]

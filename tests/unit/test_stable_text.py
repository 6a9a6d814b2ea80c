from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.tracking.stable_text import Reading, StableText

STEP = 1 / 30


def sheet(text: str, first: int = 0, tracks: list[int] | None = None) -> Detections:
    """Tracked digits of lines parted by `|`, numbered from `first` on or as given."""
    boxes = [
        (30 * column, 80 * row, 30 * column + 20, 80 * row + 40)
        for row, line in enumerate(text.split("|"))
        for column, letter in enumerate(line)
        if letter != " "
    ]
    digits = [int(letter) for letter in text if letter.isdigit()]
    probabilities = np.eye(11, dtype=np.float32)[digits]
    found = Detections.from_probabilities(np.array(boxes).reshape(-1, 4), probabilities)
    numbers = np.arange(first, first + len(digits)) if tracks is None else np.array(tracks)
    return Detections(found.xyxy, found.digit, found.confidence, found.probabilities, numbers)


class Watch:
    """A reader with a clock."""

    def __init__(self) -> None:
        self.reader, self.time = StableText(), 0.0

    def show(self, tracks: Detections, seconds: float, restless: bool = False) -> list[Reading]:
        """The readings that finish while the same digits are seen for some seconds."""
        found = []
        for _ in range(round(seconds / STEP)):
            self.time += STEP
            reading = self.reader(tracks, self.time, STEP, restless)
            if reading is not None:
                found.append(reading)
        return found

    def texts(self, tracks: Detections, seconds: float, restless: bool = False) -> list[str]:
        return ["|".join(reading.lines) for reading in self.show(tracks, seconds, restless)]


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_lines_that_hold_still_are_read_once(watch: Watch) -> None:
    assert watch.show(sheet("1234   7|5"), 0.4) == []
    (reading,) = watch.show(sheet("1234   7|5"), 5)
    assert reading.lines == ["1234 7", "5"]
    assert reading.time == pytest.approx(0.5, abs=0.05)


def test_a_restless_sheet_is_waited_for(watch: Watch) -> None:
    assert watch.show(sheet("123"), 1.5, restless=True) == []
    assert watch.texts(sheet("123"), 1, restless=True) == ["123"]


def test_digits_that_keep_coming_are_waited_for(watch: Watch) -> None:
    for n in range(1, 9):
        assert watch.show(sheet("31415926"[:n]), 0.3) == []
    assert watch.texts(sheet("31415926"), 1) == ["31415926"]


def test_writing_that_grows_is_read_anew(watch: Watch) -> None:
    assert [watch.texts(sheet("123"[:n]), 1.5) for n in (1, 2, 3)] == [["1"], ["12"], ["123"]]


def test_a_corrected_digit_is_read_anew_but_not_a_flicker(watch: Watch) -> None:
    assert watch.texts(sheet("127"), 1) == ["127"]
    assert watch.texts(sheet("121"), 0.4) == []
    assert watch.texts(sheet("127"), 1) == []
    assert watch.texts(sheet("121"), 1.5) == ["121"]


def test_what_a_hand_leaves_of_a_sheet_is_no_reading(watch: Watch) -> None:
    assert watch.texts(sheet("1234"), 1) == ["1234"]
    assert watch.texts(sheet("34", first=2), 10) == []
    assert watch.texts(sheet("1234"), 3) == []


def test_a_sheet_that_comes_back_soon_is_not_read_again_even_under_new_numbers(watch: Watch) -> None:
    assert watch.texts(sheet("1234"), 1) == ["1234"]
    assert watch.texts(sheet(""), 1.5) == []
    assert watch.texts(sheet("34", first=20), 0.7) == []
    assert watch.texts(sheet("1234", first=20), 3) == []


def test_a_sheet_that_was_away_is_read_again(watch: Watch) -> None:
    assert watch.texts(sheet("1234"), 1) == ["1234"]
    assert watch.texts(sheet(""), 2.5) == []
    assert watch.texts(sheet("1234"), 1) == ["1234"]


def test_the_next_sheet_is_read_at_once(watch: Watch) -> None:
    assert watch.texts(sheet("1234"), 1) == ["1234"]
    assert watch.texts(sheet("4321", first=10), 0.6) == ["4321"]


def test_nothing_is_no_reading(watch: Watch) -> None:
    assert watch.show(Detections.empty(), 10) == []


def test_lines_that_waver_are_read_as_they_mostly_are(watch: Watch) -> None:
    level, wavering = sheet("12"), sheet("1|2")
    found = [r for k in range(30) for r in watch.show(wavering if k % 4 == 0 else level, STEP)]
    assert [reading.lines for reading in found] == [["12"]]


def test_one_digit_that_comes_and_goes_holds_nothing_up(watch: Watch) -> None:
    found = []
    for k in range(40):
        found += watch.texts(sheet("31415|92653") if k % 3 else sheet("31415|926538"), 0.1)
    assert found == ["31415|92653"]


def test_a_sheet_that_moves_all_the_time_is_read_in_the_end(watch: Watch) -> None:
    found = []
    for k in range(100):
        tracks = sheet("31415|92653") if k % 3 else sheet("31415|926538")
        for _ in range(3):
            watch.time += STEP
            reading = watch.reader(tracks, watch.time, STEP, restless=True, moving=True)
            found += [] if reading is None else [reading.lines]
    assert found == [["31415", "92653"]]

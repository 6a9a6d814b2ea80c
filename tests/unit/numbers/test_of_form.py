"""Numbers of a form, decided by the probabilities of their digits."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.layout.arrange import arrange, subset
from realtime.numbers.form import parse_form
from realtime.numbers.number import Number, marked, numbers_of
from realtime.numbers.of_form import of_form


def digits(text: str, *doubts: tuple[int, int, float], left: int = 0, top: int = 0, pitch: int = 30) -> Detections:
    """Digits 40 pixels high in a row; a doubt is a place, another class, and how likely it is that."""
    numbers = [(k, int(sign)) for k, sign in enumerate(text) if sign != " "]
    boxes = np.array([[left + pitch * k, top, left + pitch * k + 24, top + 40] for k, _ in numbers], np.int32)
    probabilities = np.full((len(numbers), CLASSES), 1e-6)
    probabilities[np.arange(len(numbers)), [digit for _, digit in numbers]] = 1 - 1e-5
    for place, other, likely in doubts:
        own = numbers[place][1]
        probabilities[place, [own, other]] = 1 - likely, likely
    return Detections.from_probabilities(boxes.reshape(-1, 4), probabilities)


def read(found: Detections, form: str, unsure: Detections | None = None) -> tuple[list[str], list[Number], Detections]:
    decided, layout = of_form(found, arrange(found), parse_form(form), unsure)
    assert len(decided) == len(layout.line) == len(layout.order)
    return layout.lines, numbers_of(decided, layout), decided


def test_what_fits_is_left_as_it_is():
    found = digits("123456")
    lines, (number,), decided = read(found, "6")
    assert decided is found and lines == ["123456"] and number.fits and number.confidence > 0.999
    assert number.xyxy == (0, 0, 174, 40)


def test_a_check_digit_decides_between_two_readings_of_a_digit():
    lines, (number,), decided = read(digits("79927398773", (9, 1, 0.2)), "luhn")
    assert lines == ["79927398713"] and number.fits and number.confidence > 0.99
    assert decided.digit[9] == 1 and decided.confidence[9] > 0.99


def test_a_digit_too_many_goes_where_it_may_be_none():
    lines, (number,), decided = read(digits("1234567", (3, NOT_A_DIGIT, 0.1)), "6")
    assert lines == ["123567"] and number.fits and len(decided) == 6
    assert decided.xyxy[:, 0].tolist() == [0, 30, 60, 120, 150, 180]


def test_a_body_nearby_becomes_the_digit_that_is_missing():
    found, unsure = digits("1234 6"), digits("     5", (0, NOT_A_DIGIT, 0.7))
    unsure = Detections(
        unsure.xyxy - np.array([30, 0, 30, 0], np.int32), unsure.digit, unsure.confidence, unsure.probabilities
    )
    lines, (number,), decided = read(found, "6", unsure)
    assert lines == ["123456"] and number.fits and decided.digit[4] == 5 and decided.track[4] == -1
    far = Detections(unsure.xyxy + np.int32(200), unsure.digit, unsure.confidence, unsure.probabilities)
    assert read(found, "6", far)[1][0].fits is False


def test_what_no_text_of_the_form_is_probable_for_stays_and_is_marked():
    found = digits("12345")
    lines, (number,), decided = read(found, "6")
    assert decided is found and lines == ["12345"] and number.fits is False
    assert read(digits("79927398773"), "luhn:11")[1][0].fits is False


def test_groups_of_digits_are_one_number_where_the_form_says_so():
    lines, (number,), _ = read(digits("4539 1488 0343 6467"), "luhn:16")
    assert arrange(digits("4539 1488 0343 6467")).lines == ["4539 1488 0343 6467"]
    assert lines == ["4539148803436467"] and number.fits
    assert read(digits("1234 5678"), "4")[0] == ["1234 5678"]
    assert read(digits("12    34"), "4")[0] == ["12 34"]  # too far apart for one


def test_groups_are_one_number_also_where_a_digit_of_them_is_wrong():
    assert read(digits("4539 1488 0343 6468", (15, 7, 0.3)), "luhn:16")[0] == ["4539148803436467"]


def test_what_fits_gives_no_digit_away_to_a_number_beside_it():
    found = digits("717 11", (3, NOT_A_DIGIT, 0.3), (4, NOT_A_DIGIT, 0.3))
    lines, numbers, _ = read(found, "3")
    assert lines == ["717 11"] and [number.fits for number in numbers] == [True, False]


def test_a_number_too_long_is_parted_at_its_widest_gap():
    a, b = digits("1234"), digits("5678", left=4 * 30 + 8)
    found = Detections.from_probabilities(
        np.concatenate([a.xyxy, b.xyxy]), np.concatenate([a.probabilities, b.probabilities])
    )
    assert arrange(found).lines == ["12345678"]
    lines, numbers, _ = read(found, "4")
    assert lines == ["1234 5678"] and [number.fits for number in numbers] == [True, True]


def test_lines_are_decided_one_by_one_and_keep_their_order():
    a, b = digits("123", top=100), digits("4567", (1, NOT_A_DIGIT, 0.4))
    found = Detections.from_probabilities(
        np.concatenate([a.xyxy, b.xyxy]), np.concatenate([a.probabilities, b.probabilities])
    )
    lines, numbers, _ = read(found, "3")
    assert lines == ["467", "123"] and [(n.line, n.number) for n in numbers] == [(0, 0), (1, 0)]


@pytest.mark.parametrize("form", ["3", "luhn", "[1-9]+"])
def test_no_digits_are_no_numbers(form):
    lines, numbers, decided = read(Detections.empty(), form)
    assert lines == [] and numbers == [] and len(decided) == 0


def test_without_a_form_a_number_is_as_sure_as_its_digits_together():
    found = digits("12", (0, 7, 0.2), (1, 3, 0.5))
    (number,) = numbers_of(found, arrange(found))
    assert number.confidence == pytest.approx(0.8 * 0.5, abs=1e-4) and number.fits is None
    assert "fits" not in number.record()


def test_of_some_digits_the_numbers_still_fit():
    found, layout = of_form(digits("123 45"), arrange(digits("123 45")), parse_form("3"))
    rest = subset(found, layout, np.array([False, True, True, True, True]))
    assert rest.lines == ["23 45"] and rest.fits is not None and rest.fits.tolist() == [True, True, False, False]


def test_numbers_that_do_not_fit_are_marked_in_a_line():
    assert marked("123 45", parse_form("3")) == "123 45?" and marked("123 45", None) == "123 45"

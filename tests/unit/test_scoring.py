from __future__ import annotations

import numpy as np
import pytest

from benchmarks.scoring import Tally, align, align_rows, edit_distance, match, overlap, reliability, share


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("", "", 0), ("123", "123", 0), ("123", "13", 1), ("123", "1923", 1), ("12", "34", 2)]
)
def test_edit_distance(a, b, distance):
    assert edit_distance(a, b) == edit_distance(b, a) == distance


def test_characters_are_aligned_at_least_cost():
    pairs = align("1234", "124", lambda x, y: x != y, lambda _: 1)
    assert pairs == [(0, 0), (1, 1), (2, None), (3, 2)]
    assert align("", "7", lambda x, y: x != y, lambda _: 1) == [(None, 0)]


def test_a_lost_row_does_not_shift_the_others():
    pairs = align_rows(["12", "34", "56"], ["12", "57"])
    assert pairs == [(0, 0, 0), (0, 1, 1), (1, 2, None), (1, 3, None), (2, 4, 2), (2, 5, 3)]


def test_an_invented_row_belongs_to_no_wanted_one():
    assert align_rows(["12"], ["7", "12"]) == [(-1, None, 0), (0, 0, 1), (0, 1, 2)]


def test_digits_count_as_a_multiset_and_rows_by_their_order():
    tally = Tally()
    tally.add(["12", "3"], ["3", "12"])
    assert (tally.hits, tally.missed, tally.false, tally.exact, tally.edits) == (3, 0, 0, 0, 2)
    tally.add(["11"], ["1"])
    assert (tally.hits, tally.missed, tally.false) == (4, 1, 0)
    tally.add(["7"], ["7"])
    figures = tally.figures()
    assert figures["rows_exact"] == pytest.approx(1 / 3)
    assert figures["recall"] == pytest.approx(5 / 6) and figures["precision"] == 1
    assert figures["cer"] == pytest.approx(3 / 6)


def test_where_order_does_not_count_rows_are_not_held_against_it():
    tally = Tally()
    tally.add(["12", "3"], ["321"], ordered=False)
    assert tally.hits == 3 and tally.ordered == 0 and tally.figures()["rows_exact"] is None


def test_hits_known_by_place_overrule_the_multiset():
    tally = Tally()
    tally.add(["12"], ["21"], hits=0)
    assert (tally.hits, tally.missed, tally.false) == (0, 2, 2)


def test_a_digit_free_frame_is_clean_when_nothing_is_read():
    tally = Tally()
    tally.add([], [])
    tally.add([], ["1"])
    assert (tally.empty, tally.clean, tally.false) == (2, 1, 1)


def test_tallies_add_up():
    one, two = Tally(), Tally()
    one.add(["1"], ["1"])
    two.add(["2"], [])
    both = one + two
    assert (both.hits, both.missed, both.frames) == (1, 1, 2) and sum([one, two], Tally()) == both


def test_slim_boxes_of_the_same_stroke_meet():
    truth, cut = np.array([[10, 0, 14, 40]]), np.array([[11, 2, 13, 39]])
    assert overlap(truth, cut)[0, 0] > 0.8
    assert overlap(truth, truth + np.array([40, 0, 40, 0]))[0, 0] == 0


def test_each_box_stands_for_one_digit_the_best_first():
    truth = np.array([[0, 0, 20, 40], [22, 0, 42, 40], [80, 0, 100, 40]])
    boxes = np.array([[23, 0, 43, 40], [2, 0, 22, 40], [0, 0, 20, 41]])
    assert match(truth, boxes).tolist() == [2, 0, -1]
    assert match(truth, np.zeros((0, 4))).tolist() == [-1, -1, -1]
    assert match(np.zeros((0, 4)), boxes).tolist() == []


def test_calibration_error_is_the_gap_between_confidence_and_share_right():
    bins, error = reliability(np.array([0.95, 0.95, 0.95, 0.95, 0.65, 0.65]), np.array([1, 1, 1, 0, 1, 1], bool))
    assert [(part.count, part.right) for part in bins] == [(2, 1.0), (4, 0.75)]
    assert error == pytest.approx((4 * 0.2 + 2 * 0.35) / 6)
    assert reliability(np.zeros(0), np.zeros(0, bool)) == ([], 0)


def test_a_share_of_nothing_is_none():
    assert share(0, 0) is None and share(1, 4) == 0.25

from __future__ import annotations

import numpy as np
import pytest

from realtime.tracking.motion import FORBIDDEN, affine, assign, common_shift, jump, offsets, settle


def test_a_shift_that_most_agree_on_beats_a_closer_one() -> None:
    x = np.array([1.6, 1.7, 1.5, 0.0, 0.1, -2.0])
    y = np.array([0.1, 0.0, -0.1, 0.0, 0.1, 3.0])
    shift, members = common_shift(x, y, np.ones(6))
    assert shift == pytest.approx([1.6, 0], abs=0.01)
    assert set(members) == {0, 1, 2}


def test_of_two_shifts_that_explain_as_much_the_more_trusted_one_is_taken() -> None:
    x = np.array([0.8, 0.8, 0.0, 0.0])
    shift, _ = common_shift(x, np.zeros(4), np.array([0.9, 0.9, 1, 1]))
    assert shift == pytest.approx([0, 0])


def test_no_pairs_no_shift() -> None:
    shift, members = common_shift(np.zeros(0), np.zeros(0), np.zeros(0))
    assert shift.tolist() == [0, 0]
    assert len(members) == 0


def test_thousands_of_pairs_are_voted_on_by_the_most_trusted() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-20, 20, (2, 20_000))
    x[:40], y[:40] = 0.5, 0.2
    shift, members = common_shift(x, y, 1 / (1 + x**2 + y**2))
    assert shift == pytest.approx([0.5, 0.2], abs=0.1)
    assert set(range(40)) <= set(members)


def spread(n: int = 12) -> np.ndarray:
    return np.random.default_rng(1).uniform(-6, 6, (n, 2))


def test_affine_finds_a_turn_among_outliers() -> None:
    places = spread()
    angle = 0.05
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    offsets = places @ turn.T + (0.2, -0.1) - places
    offsets[3] += (0.6, -0.5)
    matrix, shift = affine(places[:, 0], places[:, 1], offsets[:, 0], offsets[:, 1])
    moved = places @ matrix.T + shift
    right = np.delete(np.arange(len(places)), 3)
    assert np.abs(moved - places - offsets)[right].max() < 0.08


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_digits_in_a_row_say_little_but_a_shift(n: int) -> None:
    x, y = np.arange(n) * 0.8, np.zeros(n)
    matrix, shift = affine(x, y, np.full(n, 0.3), np.full(n, -0.2))
    assert matrix == pytest.approx(np.eye(2))
    assert shift == pytest.approx([0.3, -0.2])
    noisy, _ = affine(x, y, np.full(n, 0.3), np.arange(n) % 2 * 0.1)
    assert np.abs(noisy - np.eye(2)).max() < 0.05


def grid() -> np.ndarray:
    return np.array([(0.8 * column, 1.6 * row) for row in range(4) for column in range(8)])


def test_a_jump_is_found_and_small_motion_is_none() -> None:
    place = grid()
    digit = np.random.default_rng(2).integers(0, 10, len(place))
    same, shown = digit[:, None] == digit, np.ones(len(place), bool)
    assert jump(place, place + np.array([1.7, -0.9]), same, shown, len(place)) == pytest.approx([1.7, -0.9])
    assert jump(place, place + np.array([0.1, 0.2]), same, shown, len(place)).tolist() == [0, 0]


def test_a_stray_digit_does_not_speak_for_the_sheet() -> None:
    place = grid()
    same = np.zeros((len(place), 1), bool)
    same[5] = True
    assert jump(place, place[5:6] + 2, same, np.ones(len(place), bool), len(place)).tolist() == [0, 0]


def test_settle_takes_up_turn_and_approach() -> None:
    place = grid() - grid().mean(axis=0)
    angle, size = 0.06, 1.05
    turn = size * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = place @ turn.T + (0.15, -0.1)
    penalty = np.where(np.eye(len(place), dtype=bool), 0, 0.3)
    settled, scale, cost = settle(place, target, np.ones((1, 1)), penalty, least=1)
    assert np.abs(settled - target).max() < 0.1
    assert scale == pytest.approx(size, abs=0.02)
    assert assign(cost).tolist() == list(range(len(place)))


def test_settle_leaves_all_where_it_was_when_few_are_near() -> None:
    place = grid()
    settled, scale, _ = settle(place, place[:2] + 0.3, np.ones((1, 1)), np.zeros((len(place), 2)), least=5)
    assert np.array_equal(settled, place)
    assert scale == 1


def test_assign_is_best_as_a_whole_and_leaves_out_what_costs_too_much() -> None:
    cost = np.array([[0.1, 0.2, FORBIDDEN], [0.15, 0.6, FORBIDDEN], [FORBIDDEN, FORBIDDEN, 0.9]])
    assert assign(cost).tolist() == [1, 0, -1]


def test_offsets_point_from_places_to_targets() -> None:
    dx, dy, distance = offsets(np.array([(0.0, 0.0), (1, 1)]), np.array([(3.0, 4.0)]))
    assert (dx.tolist(), dy.tolist(), distance[0, 0]) == ([[3], [2]], [[4], [3]], 5)

from __future__ import annotations

import numpy as np
import pytest

from realtime.motion import affine, common_shift


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

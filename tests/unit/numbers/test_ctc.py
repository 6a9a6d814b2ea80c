"""Columns that speak of digits -> texts, and where they stand."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.numbers.ctc import align, odds_of, plain, texts


def _columns(*said: dict[int, float]) -> np.ndarray:
    """Probabilities by column; what is left of one is "no digit"."""
    odds = np.zeros((len(said), CLASSES))
    for column, digits in zip(odds, said, strict=True):
        for digit, odd in digits.items():
            column[digit] = odd
        column[NOT_A_DIGIT] = 1 - column.sum()
    return odds


def test_like_digits_are_two_where_something_lies_between_them_and_one_where_not() -> None:
    assert plain(_columns({0: 0.9}, {}, {0: 0.9}))[:2] == ("00", [(0, 1), (2, 3)])
    assert plain(_columns({0: 0.9}, {0: 0.8}, {}))[:2] == ("0", [(0, 2)])


def test_a_digit_between_two_columns_is_found_though_neither_of_them_is_sure() -> None:
    odds = _columns({}, {7: 0.48}, {7: 0.48}, {})
    assert plain(odds)[0] == ""
    found = texts(odds)
    assert max(found, key=found.__getitem__) == "7"
    assert found["7"] == pytest.approx(1 - 0.52**2)


def test_texts_sum_up_to_one_when_none_is_dropped() -> None:
    odds = odds_of(np.random.default_rng(0).normal(0, 3, (3, CLASSES)))
    odds[:, 3:NOT_A_DIGIT] = 0
    odds /= odds.sum(axis=1, keepdims=True)
    found = texts(odds)
    assert sum(found.values()) == pytest.approx(1, abs=0.15)
    assert all(0 <= odd <= 1 for odd in found.values())


def test_a_text_is_aligned_with_the_columns_that_say_it() -> None:
    odds = _columns({}, {4: 0.9}, {4: 0.6}, {}, {4: 0.7}, {9: 0.9}, {})
    assert align(odds, "449") == [(1, 3), (4, 5), (5, 6)]
    assert align(odds, "") == []


def test_like_digits_are_never_aligned_side_by_side() -> None:
    odds = _columns({5: 0.6}, {5: 0.6}, {5: 0.6})
    assert align(odds, "55") == [(0, 1), (2, 3)]

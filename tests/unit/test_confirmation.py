from __future__ import annotations

import numpy as np
import pytest

from realtime.tracking.confirmation import confirmation_weight


def of(*boxes: tuple[float, float, float], digits: list[int] | None = None, shown: bool = False) -> list[float]:
    """What sightings of `(x, y, height)` are worth; eights where nothing else is said."""
    box = np.array([(x, y, 0.6 * height, height) for x, y, height in boxes], float)
    digit = np.array(digits or [8] * len(boxes))
    return confirmation_weight(box, digit, np.ones(len(boxes)), shown).tolist()


def test_a_row_is_worth_more_than_a_pair_and_a_pair_more_than_a_loner() -> None:
    (loner,), pair, row = of((0, 0, 50)), of((0, 0, 50), (40, 0, 50)), of((0, 0, 50), (40, 0, 50), (80, 0, 50))
    assert 0 < loner < pair[0] == pair[1] < 1
    assert row == [1, 1, 1]


@pytest.mark.parametrize("other", [(250, 0, 50), (40, 0, 25)], ids=["far", "low"])
def test_what_is_far_or_of_another_size_is_no_company(other: tuple[float, float, float]) -> None:
    assert of((0, 0, 50), other)[0] == of((0, 0, 50))[0]


def test_a_low_digit_belongs_to_a_row_but_a_high_edge_does_not() -> None:
    row = (0, 0, 50), (40, 0, 50), (120, 0, 50)
    low, high = of(*row, (80, 10, 30))[3], of(*row, (80, 0, 90))[3]
    assert low == 1
    assert high == of((80, 0, 90))[0]


def test_in_view_of_a_sheet_a_loner_is_strange_but_a_row_is_not() -> None:
    assert of((0, 0, 50), shown=True)[0] < of((0, 0, 50))[0]
    row = (0, 0, 50), (40, 0, 50), (80, 0, 50)
    assert of(*row, shown=True) == of(*row)


def test_strokes_say_less_even_to_each_other() -> None:
    assert of((0, 0, 50), digits=[1])[0] < of((0, 0, 50))[0]
    pair = (0, 0, 50), (40, 0, 50)
    assert of(*pair, digits=[1, 1])[0] < of(*pair, digits=[1, 8])[0] == of(*pair)[0]


def test_who_is_not_sure_is_little_company() -> None:
    box = np.array([(0, 0, 30, 50), (40, 0, 30, 50)], float)
    sure = confirmation_weight(box, np.array([8, 8]), np.array([1, 0.1]), False)
    assert sure[0] < sure[1]


def test_nobody_is_worth_nothing() -> None:
    assert confirmation_weight(np.zeros((0, 4)), np.zeros(0, int), np.zeros(0), True).shape == (0,)

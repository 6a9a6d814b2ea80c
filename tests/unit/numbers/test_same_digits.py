"""Which digit of a text became which one of another."""

from __future__ import annotations

import pytest

from realtime.numbers.same_digits import only_exchanged


@pytest.mark.parametrize(
    ("before", "after", "certain"),
    [
        ("4", "9", True),
        ("471", "971", True),
        ("471", "471", True),
        ("1234", "9284", True),
        ("127", "512", False),  # all have moved by one, for a digit was missed and the 7 was none
        ("12", "21", False),
        ("123456", "234561", False),
        ("471", "47", False),
        ("47", "471", False),
    ],
)
def test_only_where_no_digit_can_have_moved(before: str, after: str, certain: bool):
    assert only_exchanged(before, after) is certain

"""Which of several bodies that are the same ink is read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from realtime.detections import CLASSES
from realtime.ink.bodies import BY_CORES, BY_READER, WHOLE
from realtime.ink.candidates import Candidates
from realtime.recognition.choice import apart, chosen


def seen(boxes: list[list[int]], whole: list[int] | None = None, way: list[int] | None = None) -> Candidates:
    """Bodies in those places, all known well; each is whole where nothing else is said."""
    n = len(boxes)
    crops = [np.full((y1 - y0, x1 - x0), 255, np.uint8) for x0, y0, x1, y1 in boxes]
    return Candidates(
        np.zeros((200, 300), np.uint8),
        [],
        np.array(boxes, np.int32).reshape(-1, 4),
        crops,
        np.ones(n, np.float32),
        np.ones(n, np.float32),
        np.full(n, 40, np.float32),
        np.array(whole or [-1] * n, np.int64),
        np.array(way or [WHOLE] * n, np.int64),
        np.zeros((n, CLASSES), np.float32),
        np.zeros((n, 3), np.float32),
    )


def rows(bodies: Candidates, likely: list[float], least: float = 0.5) -> list[int]:
    return sorted(chosen(bodies, np.array(likely), least).tolist())


PAIR = [[10, 10, 90, 60], [10, 10, 48, 60], [52, 10, 90, 60]]
PARTED = seen(PAIR, [-1, 0, 0], [WHOLE, BY_CORES, BY_CORES])


@pytest.mark.parametrize(
    ("likely", "read"),
    [
        ([0.6, 0.9, 0.8], [1, 2]),
        ([0.85, 0.9, 0.8], [0]),
        ([0.6, 0.99, 0.1], [0]),
        ([0.9, 0.8, 0.1], [0]),
        ([0.3, 0.9, 0.4], [1]),
        ([0.2, 0.1, 0.1], []),
    ],
    ids=[
        "both parts are likelier",
        "together they are less likely",
        "one alone reads less of the ink",
        "and less surely",
        "the whole is no digit",
        "none",
    ],
)
def test_a_body_loses_to_its_parts_where_they_read_more_of_its_ink(likely, read):
    assert rows(PARTED, likely) == read


def test_of_two_ways_to_part_a_body_the_better_one_counts_as_a_whole():
    boxes = [*PAIR, [10, 10, 40, 60], [44, 10, 90, 60]]
    both = seen(boxes, [-1, 0, 0, 0, 0], [WHOLE, BY_CORES, BY_CORES, BY_READER, BY_READER])
    assert rows(both, [0.5, 0.95, 0.3, 0.7, 0.8]) == [3, 4], "however sure one part of the other way is"
    assert rows(both, [0.5, 0.95, 0.75, 0.7, 0.8]) == [1, 2]


def test_two_copies_of_one_digit_are_kept_once():
    bodies = seen([[10, 10, 40, 60], [11, 9, 41, 61], [100, 10, 130, 60]])
    assert rows(bodies, [0.8, 0.9, 0.7]) == [1, 2]
    assert rows(bodies, [0.9, 0.8, 0.7]) == [0, 2]
    unknown = replace(bodies, fit=np.array([1, 0.1, 1], np.float32))
    assert rows(unknown, [0.8, 0.9, 0.7]) == [0, 2], "that from the copy that knows it well"


def test_what_its_copy_does_not_know_is_not_read():
    bodies = replace(seen([[10, 10, 40, 60], [100, 10, 130, 60]]), fit=np.array([0, 0.1], np.float32))
    assert rows(bodies, [0.9, 0.9]) == [1]


def test_neighbours_that_reach_into_each_other_a_little_are_both_read():
    assert rows(seen([[10, 10, 40, 60], [35, 10, 65, 60]]), [0.9, 0.9]) == [0, 1]


def test_the_bound_is_as_asked_for():
    bodies = seen([[10, 10, 40, 60], [100, 10, 130, 60]])
    assert rows(bodies, [0.5, 0.3]) == [0] and rows(bodies, [0.5, 0.3], 0.3) == [0, 1]


def test_what_stands_apart_shares_no_ink_with_what_is_kept_nor_with_each_other():
    bodies = seen([[10, 10, 40, 60], [11, 9, 41, 61], [100, 10, 130, 60], [102, 10, 132, 60], [200, 10, 230, 60]])
    likely = np.array([0.9, 0.8, 0.2, 0.3, 0.1])
    kept = chosen(bodies, likely, 0.5)
    assert kept.tolist() == [0]
    assert apart(bodies, likely, kept).tolist() == [3, 4], "the likeliest first"
    unknown = replace(bodies, fit=np.array([1, 1, 1, 1, 0], np.float32))
    assert apart(unknown, likely, kept).tolist() == [3]


def test_of_no_bodies_none_is_chosen():
    none = seen([])
    assert rows(none, []) == [] and len(apart(none, np.zeros(0), np.zeros(0, np.int64))) == 0

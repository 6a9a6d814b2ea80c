"""Boxes against boxes: all at once as one by one."""

from __future__ import annotations

import numpy as np

from realtime.boxes import overlap, overlaps, shared_area, shared_areas

A = np.array([[0, 0, 10, 10], [5, 5, 15, 25], [40, 40, 50, 50], [20, 20, 20, 30]], np.int32)
B = np.array([[0, 0, 10, 10], [5, 0, 15, 10], [10, 0, 20, 10]], np.int32)


def test_shared_areas_and_overlaps_are_known():
    assert shared_areas(A, B).tolist() == [[100, 50, 0], [25, 50, 25], [0, 0, 0], [0, 0, 0]]
    assert np.allclose(overlaps(A, B)[:2], [[1, 1 / 3, 0], [25 / 275, 50 / 250, 25 / 275]])
    assert (overlaps(A, B)[2:] == 0).all(), "nor does a box without an inside divide by zero"


def test_all_at_once_they_are_as_one_by_one():
    corner = np.random.default_rng(0).integers(0, 60, (40, 2))
    boxes = np.concatenate([corner, corner + np.random.default_rng(1).integers(1, 40, (40, 2))], axis=1)
    assert np.array_equal(shared_areas(boxes, B), np.stack([shared_area(boxes, box) for box in B], axis=1))
    assert np.allclose(overlaps(boxes, B), np.stack([overlap(boxes, box) for box in B], axis=1))


def test_of_none_there_are_none():
    none = np.zeros((0, 4), np.int32)
    assert shared_areas(none, B).shape == overlaps(none, B).shape == (0, 3)
    assert shared_areas(A, none).shape == overlaps(A, none).shape == (4, 0)

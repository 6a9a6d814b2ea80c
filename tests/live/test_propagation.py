from __future__ import annotations

import numpy as np
from page import paper, ring

from realtime.detections import Detections
from realtime.live.propagation import Propagator

BOXES = [(100 + 80 * i, 200, 140 + 80 * i, 260) for i in range(5)]


def page(x: int) -> np.ndarray:
    frame = paper()
    for left, top, right, bottom in BOXES:
        ring(frame, (left + x, top, right + x, bottom))
    return frame


def zeros(x: int) -> Detections:
    probabilities = np.full((5, 11), 0.001, np.float32)
    probabilities[:, 0] = 0.99
    return Detections.from_probabilities(np.add(BOXES, (x, 0, x, 0)), probabilities)


def test_digits_are_where_the_newest_frame_shows_them_and_known_as_they_were_read():
    propagator = Propagator()
    for i in range(0, 40, 4):
        for k in range(4):
            propagator.advance(page(i + k), (i + k) / 30)
            if k == 0:
                propagator.submit()
        propagator.update(zeros(i))
        assert (propagator.read.xyxy[:, 0] <= 140 + 320 + i).all() and propagator.layout.lines in ([], ["00000"])
    assert np.abs(propagator.digits.xyxy[:, 0] - propagator.read.xyxy[:, 0] - 3).max() <= 1
    assert propagator.layout.lines == ["00000"]


def test_a_reading_comes_with_the_frame_that_finished_it():
    propagator, told = Propagator(), []
    for i in range(60):
        propagator.advance(page(0), i / 30)
        propagator.submit()
        propagator.update(zeros(0))
        told += [propagator.reading.lines] if propagator.reading is not None else []
    assert told == [["00000"]]


def test_digits_go_with_their_ink_and_come_back_with_it_though_nothing_is_read():
    propagator = Propagator()
    for i in range(10):
        propagator.advance(page(0), i / 30)
        propagator.submit()
        propagator.update(zeros(0))
    propagator.submit()
    counts = []
    for i in range(10, 30):
        propagator.advance(page(0) if i >= 20 else paper(shade=120), i / 30)
        counts.append(len(propagator.digits))
        assert propagator.layout.lines == (["00000"] if counts[-1] else [])
    assert counts == [5] * 4 + [0] * 6 + [5] * 10

import cv2
import numpy as np
from page import overlap, paper

from realtime.cut import fragments
from realtime.segment import segment


def test_the_parts_of_a_broken_digit_are_also_proposed_as_one():
    frame = paper()
    cv2.line(frame, (300, 150), (345, 150), (60, 60, 60), 5)  # the bar of a 5, apart
    cv2.line(frame, (298, 158), (298, 190), (60, 60, 60), 5)
    cv2.ellipse(frame, (312, 208), (24, 22), 0, -120, 130, (60, 60, 60), 5)
    whole = (295, 147, 348, 233)
    assert max(overlap(g.xyxy, whole) for g in segment(frame)[0].glyphs) > 0.8


def test_a_cut_gives_back_all_the_ink():
    crop = np.zeros((60, 120), np.uint8)
    cv2.circle(crop, (30, 30), 24, 255, 6)
    cv2.circle(crop, (85, 30), 24, 255, 6)
    cv2.line(crop, (50, 30), (64, 30), 255, 4)
    parts, _ = fragments(crop)
    assert len(parts) >= 2
    assert np.array_equal(np.sum(parts, axis=0, dtype=np.int64), crop)
    x, _, w, _ = cv2.boundingRect(parts[0])
    assert x + w < 75


def test_a_solid_shape_is_not_cut():
    assert fragments(np.full((40, 60), 255, np.uint8))[0] == []


def test_the_edge_of_a_sheet_is_not_cut():
    frame = paper()
    cv2.rectangle(frame, (60, 60), (500, 400), (60, 60, 60), 6)
    for x in (150, 250, 350):
        cv2.circle(frame, (x, 200), 20, (60, 60, 60), 5)
    assert segment(frame)[0].broad == []


def test_what_touches_a_ring_around_a_number_is_proposed_apart():
    frame = paper()
    cv2.ellipse(frame, (300, 200), (90, 45), 0, 0, 360, (60, 60, 60), 3)
    for x in (260, 300, 340):
        cv2.circle(frame, (x, 200), 18, (60, 60, 60), 4)
    cv2.line(frame, (310, 244), (300, 290), (60, 60, 60), 4)
    assert max(overlap(g.xyxy, (298, 247, 312, 292)) for g in segment(frame)[0].glyphs) > 0.7

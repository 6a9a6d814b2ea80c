"""What hangs together in the thresholded frame."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from realtime.ink.strokes import LIMITS, mean_within, strokes

NONE = np.zeros((0, 4))
"""No stroke is known already."""

RINGS = [(60, 80), (160, 80), (260, 80)]


def sheet(pen: int = 60) -> np.ndarray:
    """Paper without its light, `(160, 320) uint8`, with three rings that stand apart."""
    gray = np.full((160, 320), 255, np.uint8)
    for center in RINGS:
        cv2.circle(gray, center, 25, pen, 5, cv2.LINE_AA)
    return gray


def believed(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """A map, half as large, of a network that calls these boxes bodies."""
    body = np.zeros((80, 160), np.uint8)
    for x0, y0, x1, y1 in boxes:
        body[y0 // 2 : y1 // 2, x0 // 2 : x1 // 2] = 255
    return body


@pytest.mark.parametrize("pen", [60, 200], ids=["dark", "faint"])
def test_each_separate_stroke_is_found_once_with_its_ink(pen):
    gray = sheet(pen)
    boxes, crops = strokes(gray, believed(), NONE, (20, 200))
    assert len(boxes) == len(crops) == 3
    found = boxes[:, 0].argsort()
    for k, (x, y) in zip(found, RINGS, strict=True):
        assert np.abs(boxes[k] - [x - 27, y - 27, x + 28, y + 28]).max() <= 2
        assert abs(int(crops[k].max()) - (255 - pen)) <= 3
        x0, y0, x1, y1 = boxes[k]
        its = int((255 - gray[y0 - 1 : y1 + 1, x0 - 1 : x1 + 1].astype(int)).sum())
        assert int(crops[k].sum()) == pytest.approx(its, rel=0.02), "all of it"


def test_the_ink_of_another_stroke_is_not_its_own():
    gray = np.full((160, 320), 255, np.uint8)
    cv2.circle(gray, (100, 80), 40, 60, 5, cv2.LINE_AA)
    cv2.circle(gray, (100, 80), 12, 60, 5, cv2.LINE_AA)
    boxes, crops = strokes(gray, believed(), NONE, (20, 200))
    assert len(boxes) == 2
    outer = crops[(boxes[:, 2] - boxes[:, 0]).argmax()]
    assert outer[30:55, 30:55].max() == 0


def test_what_is_too_small_or_too_large_is_not_found():
    gray = np.full((160, 320), 255, np.uint8)
    cv2.circle(gray, (40, 80), 5, 60, -1)
    cv2.circle(gray, (100, 80), 15, 60, -1)
    cv2.circle(gray, (220, 80), 60, 60, -1)
    gray[20, 60:90] = 60  # a hair
    boxes, _ = strokes(gray, believed(), NONE, (20, 100))
    assert boxes.tolist() == [[85, 65, 116, 96]]
    assert len(strokes(gray, believed(), NONE, (5, 200))[0]) == 3, "but for the hair"


def test_faint_ink_between_two_strokes_leaves_each_to_be_found():
    gray = np.full((160, 320), 255, np.uint8)
    cv2.line(gray, (80, 80), (200, 80), 210, 6)
    for x in (80, 200):
        cv2.circle(gray, (x, 80), 25, 60, 5, cv2.LINE_AA)
    boxes, _ = strokes(gray, believed((170, 50, 230, 110)), NONE, (20, 200))
    widths = (boxes[:, 2] - boxes[:, 0]).tolist()
    assert len(widths) == 3 and sorted(widths)[1] < 60 and max(widths) > 150
    assert np.abs(boxes[0] - [173, 53, 228, 108]).max() <= 2, "the network believes in it most"


def test_those_that_the_network_believes_in_most_come_first_and_no_more_than_are_asked_for(monkeypatch):
    body = believed((230, 50, 290, 110))
    assert strokes(sheet(), body, NONE, (20, 200))[0][0, 0] > 220
    monkeypatch.setattr("realtime.ink.strokes.LIMITS", replace(LIMITS, most=1))
    boxes, crops = strokes(sheet(), body, NONE, (20, 200))
    assert len(boxes) == len(crops) == 1 and boxes[0, 0] > 220


def test_strokes_of_both_thresholds_come_in_the_order_of_belief():
    gray = sheet()
    cv2.circle(gray, (60, 80), 10, 210, -1)  # faint, within the first ring: it is there with the first threshold only
    body = np.zeros((80, 160), np.uint8)
    body[:, :50], body[:, 50:110], body[:, 110:] = 100, 250, 50
    boxes, _ = strokes(gray, body, NONE, (10, 200))
    assert (boxes[:, 0] // 100).tolist() == [1, 0, 0, 2]


def test_what_is_known_already_is_not_found_again():
    known = np.array([[132.0, 52, 189, 109]])
    boxes, crops = strokes(sheet(), believed(), known, (20, 200))
    assert sorted((boxes[:, 0] // 100).tolist()) == [0, 2] and len(crops) == 2
    other = known + np.array([0, 0, 0, 14])  # it has the ring in it, and a quarter as much besides
    assert len(strokes(sheet(), believed(), other, (20, 200))[0]) == 3


def test_an_inkling_is_enough():
    gray = np.full((160, 640), 255, np.uint8)
    for k in range(9):
        cv2.circle(gray, (40 + 65 * k, 80), 14 + k, 60, -1)
    body = np.zeros((80, 320), np.uint8)
    for k, share in ((0, 2.0), (1, 0.5)):
        body[:, 4 + 65 * k // 2 : 36 + 65 * k // 2] = round(255 * share * LIMITS.inkling)
    boxes, _ = strokes(gray, body, NONE, (20, 200))
    assert ((boxes[:, 0] + boxes[:, 2]) // 2).tolist()[0] == 40 and len(boxes) == 7, "and six that are large"
    assert 105 not in (boxes[:, 0] + boxes[:, 2]) // 2


def test_of_those_that_the_network_does_not_believe_in_only_the_largest_are_found():
    gray = np.full((160, 640), 255, np.uint8)
    for k in range(9):
        cv2.circle(gray, (40 + 65 * k, 80), 14 + k, 60, -1)
    body = np.zeros((80, 320), np.uint8)
    body[30:50, 10:30] = 255  # it believes in the smallest
    boxes, _ = strokes(gray, body, NONE, (20, 200))
    assert sorted(((boxes[:, 0] + boxes[:, 2]) // 2).tolist()) == [40, *(40 + 65 * k for k in range(3, 9))]


def test_a_blank_picture_has_no_strokes():
    boxes, crops = strokes(np.full((160, 320), 255, np.uint8), believed(), NONE, (20, 200))
    assert boxes.shape == (0, 4) and crops == []


def test_the_mean_of_a_map_is_taken_within_a_box_and_within_the_picture():
    body = believed((100, 40, 200, 120))
    boxes = np.array(
        [[110, 50, 190, 110], [50, 40, 150, 120], [0, 0, 40, 40], [100, -50, 200, 40], [300, 100, 500, 400]]
    )
    assert mean_within(body, boxes) == pytest.approx([1, 0.5, 0, 0, 0], abs=0.01)

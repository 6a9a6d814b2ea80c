from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime.tracking.optical_flow import OpticalFlow

SHEET = cv2.imread(str(Path(__file__).resolve().parents[2] / "samples" / "dark.jpg"))
H, W = SHEET.shape[:2]
BOXES = np.array([[300, 200, 340, 260], [600, 400, 650, 470], [800, 700, 860, 760], [200, 600, 900, 680]])


def moved(turn: float, scale: float, x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """The sheet turned about its middle by so many degrees, scaled and shifted; and the map that does it."""
    way = cv2.getRotationMatrix2D((W / 2, H / 2), turn, scale)
    way[:, 2] += x, y
    return cv2.warpAffine(SHEET, way, (W, H), borderMode=cv2.BORDER_REPLICATE), way


def centers(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def expected(way: np.ndarray) -> np.ndarray:
    return centers(BOXES) @ way[:, :2].T + way[:, 2]


def test_boxes_flow_on_their_ink_as_it_shifts_turns_and_comes_nearer():
    flow = OpticalFlow()
    flow.advance(SHEET)
    flow.mark()
    flow.restart(BOXES)
    for k in range(1, 9):
        frame, way = moved(0.5 * k, 1 + 0.01 * k, 8 * k, -5 * k)
        flow.advance(frame)
        now = flow(BOXES)
        assert np.abs(centers(now) - expected(way)).max() < 3
    size = (now[:, 2:] - now[:, :2]) / (BOXES[:, 2:] - BOXES[:, :2])
    assert size.min() > 1.04 and size.max() < 1.12
    assert now.dtype == np.int32


def test_what_was_read_in_an_earlier_frame_is_led_on_to_the_newest():
    flow = OpticalFlow()
    for k in range(12):
        frame, way = moved(0.3 * k, 1, 9 * k, 4 * k)
        flow.advance(frame)
        if k == 3:
            flow.mark()  # at first nothing is known that could be followed
            boxes, back = BOXES, way
        if k == 8:
            flow.restart(boxes)
        if k >= 8:
            there = cv2.invertAffineTransform(back)
            since = way[:, :2] @ there[:, :2]
            target = centers(BOXES) @ since.T + way[:, :2] @ there[:, 2] + way[:, 2]
            assert np.abs(centers(flow(BOXES)) - target).max() < 3


def test_a_far_jump_is_found_by_what_was_followed_before():
    flow = OpticalFlow()
    for k, x in enumerate((0, 40, 80, 120, 160, 200)):
        flow.advance(moved(0, 1, x, 0)[0])
        if k in (0, 1):
            flow.mark()
            flow.restart(BOXES)
        if k == 1:
            flow.mark()
    flow.restart(BOXES)
    assert np.abs(centers(flow(BOXES)) - centers(BOXES) - (160, 0)).max() < 3


@pytest.mark.parametrize("level", [0, 255])
def test_where_the_ink_is_covered_boxes_stay_until_it_is_there_again(level: int):
    flow = OpticalFlow()
    flow.advance(SHEET)
    flow.mark()
    flow.restart(BOXES)
    flow.advance(moved(0, 1, 12, 7)[0])
    before = flow(BOXES)
    assert not flow.lost
    for _ in range(3):
        flow.advance(np.full_like(SHEET, level))
        assert flow.lost and (flow(BOXES) == before).all()
    frame, way = moved(0, 1, 20, 10)
    flow.advance(frame)
    assert not flow.lost and np.abs(centers(flow(BOXES)) - expected(way)).max() < 3


def test_other_pictures_and_sheets_without_digits_do_no_harm():
    flow = OpticalFlow()
    flow.advance(SHEET)
    flow.mark()
    flow.advance(cv2.resize(SHEET, (320, 200)))  # the camera changed its size while the frame was read
    flow.restart(BOXES)
    assert (flow(BOXES) == BOXES).all()
    flow.mark()
    flow.restart(np.zeros((0, 4), np.int32))
    flow.advance(np.zeros((1, 1, 3), np.uint8))
    assert flow(np.zeros((0, 4), np.int32)).shape == (0, 4)
    flow.mark()
    flow.restart(np.array([[-5, -5, 400, 300]]))  # beyond the frame
    flow.advance(np.zeros((1, 1, 3), np.uint8))

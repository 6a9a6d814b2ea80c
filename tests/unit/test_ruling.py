import cv2
import numpy as np
import pytest

from realtime.ruling import remove_ruling


def ruled(tilt: float = 0.0, upright: bool = False) -> np.ndarray:
    mask = np.zeros((480, 640), np.uint8)
    for y in range(40, 480, 60):
        cv2.line(mask, (0, round(y - 320 * tilt)), (640, round(y + 320 * tilt)), 255, 2)
    if upright:
        for x in range(30, 640, 60):
            cv2.line(mask, (x, 0), (x, 480), 255, 2)
    return mask


@pytest.mark.parametrize("upright", [False, True], ids=["ruled", "squared"])
@pytest.mark.parametrize("tilt", [0.0, 0.03, -0.1, 0.2, -0.3])
def test_lines_go(tilt, upright):
    mask = ruled(tilt, upright)
    assert cv2.countNonZero(remove_ruling(mask)) < 0.06 * cv2.countNonZero(mask)


def test_strokes_that_cross_a_line_stay():
    digits = np.zeros((480, 640), np.uint8)
    for x in (100, 220, 340):
        cv2.ellipse(digits, (x, 220), (20, 35), 0, 0, 360, 255, 6)
        cv2.line(digits, (x + 50, 180), (x + 50, 260), 255, 6)
    left = remove_ruling(digits | ruled())
    assert cv2.countNonZero(left & digits) > 0.93 * cv2.countNonZero(digits)
    contours, _ = cv2.findContours(left, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    tall = [c for c in contours if cv2.boundingRect(c)[3] > 60]
    assert len(tall) == 6


def test_a_digit_as_large_as_the_frame_is_no_ruling():
    four = np.zeros((480, 360), np.uint8)
    cv2.polylines(four, [np.array([[120, 15], [40, 300], [330, 300]])], False, 255, 5)
    cv2.line(four, (250, 100), (250, 465), 255, 5)
    assert np.array_equal(remove_ruling(four), four)


def test_a_frame_drawn_around_a_number_is_no_ruling():
    box = np.zeros((480, 640), np.uint8)
    cv2.rectangle(box, (60, 60), (580, 420), 255, 4)
    assert np.array_equal(remove_ruling(box), box)


def test_a_thin_stroke_that_lines_have_parted_grows_together():
    stroke = np.zeros((480, 640), np.uint8)
    cv2.line(stroke, (200, 125), (290, 200), 255, 2)  # flat enough for its crossing to be as thin as the line
    left = remove_ruling(stroke | ruled())
    pieces, _, stats, _ = cv2.connectedComponentsWithStats(left)
    assert max(stats[1:, cv2.CC_STAT_WIDTH]) > 85, f"{pieces - 1} pieces"


def test_lines_of_a_small_sheet_go_though_digits_part_some_and_light_thins_others():
    mask = np.zeros((540, 960), np.uint8)
    for y, start, thickness in ((110, 180, 2), (250, 184, 2), (300, 480, 2), (340, 480, 2), (380, 177, 1)):
        for row in range(thickness):  # OpenCV's own lines of two pixels are three thick
            cv2.line(mask, (start, y + row), (796, y + row + 8), 255)
    assert cv2.countNonZero(remove_ruling(mask)) < 0.06 * cv2.countNonZero(mask)

import cv2
import numpy as np
import pytest

from realtime.pen import direction, pen_of


def stroke(end: tuple[int, int], width: int) -> np.ndarray:
    crop = np.zeros((120, 120), np.uint8)
    cv2.line(crop, (20, 20), end, 200, width)
    return crop


@pytest.mark.parametrize("width", [3, 7, 11])
def test_a_pen_is_as_dark_and_thick_as_its_stroke(width: int):
    crop = np.zeros((120, 120), np.uint8)
    crop[20:100, 20 : 20 + width] = 180
    pen = pen_of(crop)
    assert pen.dark == 180 and pen.thick == pytest.approx(width, rel=0.15)
    assert cv2.countNonZero(pen.mask) == pen.area


@pytest.mark.parametrize(("end", "angle"), [((100, 20), 0), ((100, 100), 45), ((100, 66), 30)])
def test_strokes_run_where_they_were_drawn(end: tuple[int, int], angle: float):
    assert np.degrees(direction(pen_of(stroke(end, 5)).mask)) == pytest.approx(angle, abs=1)


def test_an_empty_crop_has_a_pen_all_the_same():
    pen = pen_of(np.zeros((5, 5), np.uint8))
    assert (pen.dark, pen.area, pen.outline) == (0, 0, 1) and pen.thick == 0

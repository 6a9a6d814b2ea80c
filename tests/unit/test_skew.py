import cv2
import numpy as np
import pytest

from realtime.layout.skew import deskewed, skew

HALF = np.array([15, 25])


def line(angle: float, n: int = 6, rows: int = 2) -> np.ndarray:
    """Boxes of lines of writing that fall by an angle in radians."""
    at = [(60 * i, 120 * j) for j in range(rows) for i in range(n)]
    cos, sin = np.cos(angle), np.sin(angle)
    centers = np.array([(300 + x * cos - y * sin, 300 + x * sin + y * cos) for x, y in at])
    return np.concatenate([centers - HALF, centers + HALF], axis=1).astype(np.int32)


@pytest.mark.parametrize("degrees", [-30, -15, -5, 0, 5, 15, 30])
def test_the_angle_of_the_lines_is_found(degrees):
    angle, share = skew(line(np.radians(degrees)))
    assert np.degrees(angle) == pytest.approx(degrees, abs=2)
    assert share == 1


def test_scattered_digits_stand_in_no_line():
    boxes = np.array([[0, 0, 30, 50], [300, 20, 330, 70], [120, 400, 150, 450], [420, 300, 450, 350]])
    assert skew(boxes) == (0.0, 0.0)
    assert skew(boxes[:0]) == (0.0, 0.0)


def test_level_crops_are_left_alone():
    crops = [np.full((50, 30), 255, np.uint8)] * 12
    assert deskewed(crops, line(0.02)) == []
    assert len(deskewed(crops, line(0.3))) == 12
    assert deskewed(crops, line(0.3)[:2]) == [], "two digits are no line"


def test_tilted_crops_are_set_upright():
    upright = np.zeros((80, 80), np.uint8)
    cv2.line(upright, (40, 15), (40, 65), 255, 4)
    matrix = cv2.getRotationMatrix2D((40, 40), -20, 1)
    leaning = cv2.warpAffine(upright, matrix, (80, 80))
    turned = deskewed([leaning] * 12, line(np.radians(20)))
    assert len(turned) == 12
    _, _, w, h = cv2.boundingRect((turned[0] > 100).astype(np.uint8))
    assert w < 9
    assert h > 45

import cv2
import numpy as np
import pytest

from realtime.glyphs.normalize import SIDE, normalize


def stroke(height: int, width: int, strength: int = 255) -> np.ndarray:
    """A slanted cross of a given height and pen width, ink bright."""
    crop = np.zeros((height + 20, height + 20), np.uint8)
    cv2.line(crop, (10 + height // 4, 10), (10 + height // 2, 9 + height), strength, width, cv2.LINE_AA)
    cv2.line(crop, (10, 10 + height // 2), (10 + 3 * height // 4, 10 + height // 3), strength, width, cv2.LINE_AA)
    return crop


@pytest.mark.parametrize("height", [12, 28, 60, 300, 700])
def test_ink_fills_twenty_pixels_about_its_centre_of_mass(height):
    (image,) = normalize([stroke(height, max(1, height // 9))])
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.float32
    _, _, w, h = cv2.boundingRect((image > 0.2).astype(np.uint8))
    assert max(w, h) in (19, 20)
    moments = cv2.moments(image)
    assert moments["m10"] / moments["m00"] == pytest.approx(13.5, abs=0.6)
    assert moments["m01"] / moments["m00"] == pytest.approx(13.5, abs=0.6)


def test_faint_ink_is_stretched_to_full_strength():
    strong, faint = normalize([stroke(60, 6), stroke(60, 6, strength=40)])
    assert faint.max() == 1
    assert np.abs(strong - faint).mean() < 0.02


def test_hair_thin_strokes_are_thickened_to_those_of_a_usual_pen():
    thin, usual = normalize([stroke(400, 4), stroke(400, 40)])
    assert thin.sum() > 0.6 * usual.sum()


def test_thick_strokes_stay():
    brush, usual = normalize([stroke(400, 80), stroke(400, 40)])
    assert brush.sum() > 1.4 * usual.sum()


def test_room_around_the_ink_does_no_harm():
    crop = stroke(60, 6)
    far = cv2.copyMakeBorder(crop, 50, 3, 0, 90, cv2.BORDER_CONSTANT, value=0)
    assert np.array_equal(*normalize([crop, far]))


@pytest.mark.parametrize("shape", [(1, 1), (1, 4), (4, 1), (30, 1), (1, 30), (3, 200)])
def test_odd_crops_do_no_harm(shape):
    (full,) = normalize([np.full(shape, 255, np.uint8)])
    assert 0 < full.sum() <= SIDE * SIDE
    (none,) = normalize([np.zeros(shape, np.uint8)])
    assert none.sum() == 0


def test_no_crops_give_no_images():
    assert normalize([]).shape == (0, SIDE, SIDE)

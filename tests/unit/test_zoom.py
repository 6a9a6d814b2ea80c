"""The window zooms into the frame, and what is drawn and clicked stays where it belongs."""

from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.sources.frame import Frame
from realtime.window.view import View
from realtime.window.zoom import MOST, WHOLE, Part, Zoom

SIZE = 640, 480


def test_a_point_stays_where_it_is() -> None:
    zoom = Zoom()
    for steps in (3, 2, -1):
        before = zoom.part
        zoom.by(steps, (0.2, 0.7))
        was, now = ((0.2 - part.x) * part.factor for part in (before, zoom.part))
        assert now == pytest.approx(was)
    zoom.by(100)
    assert zoom.part.factor == MOST
    zoom.by(-100)
    assert not zoom.zoomed and zoom.part == WHOLE, "nothing beside the frame is shown"


def test_the_picture_is_moved_within_the_frame() -> None:
    zoom = Zoom()
    zoom.step(1, 1)
    assert zoom.part == WHOLE
    zoom.by(3.2)
    for _ in range(20):
        zoom.step(-1, 1)
    left, top = zoom.part.corner(SIZE)
    assert left == pytest.approx(0) and top + SIZE[1] / zoom.part.factor == pytest.approx(SIZE[1])
    zoom.reveal(np.array([600, 10, 620, 30]), SIZE)
    there = zoom.part
    assert there.x > 0.7 and there.y < 0.3
    zoom.reveal(np.array([590, 15, 610, 35]), SIZE)
    assert zoom.part == there, "it is to be seen already"
    assert zoom.reset() and not zoom.reset()


@pytest.mark.parametrize("part", [WHOLE, Part(2, 0.25, 0.25), Part(3.7, 0.4, 0.61), Part(16, 0.96, 0.5)])
@pytest.mark.parametrize("area", [(1280, 720), (500, 700), (300, 200)])
def test_a_spot_is_drawn_where_a_click_finds_it(part: Part, area: tuple[int, int]) -> None:
    image = np.full((480, 640, 3), 90, np.uint8)
    left, top = part.corner(SIZE)
    x, y = round(left + 0.7 * 640 / part.factor), round(top + 0.3 * 480 / part.factor)
    image[y - 4 : y + 4, x - 4 : x + 4] = 255
    none = Detections.empty()
    picture, place = View(
        FrameResult(Frame(image, "a", 0, 0, still=True), None, none, arrange(none)), area, part
    ).draw()
    assert place.picture is not None
    x1, y1, x2, y2 = place.picture
    rows, columns = np.nonzero(picture[y1:y2, x1:x2].min(axis=2) > 200)
    found = place.in_frame(x1 + round(float(columns.mean())), y1 + round(float(rows.mean())))
    assert found == pytest.approx((x, y), abs=1.5 / place.scale + 0.6)
    assert np.ptp(columns) == pytest.approx(8 * place.scale, abs=2 + 0.4 * place.scale)
    assert place.on_picture(x1, y1) and not place.on_picture(x2, y1)


def test_boxes_are_drawn_as_large_as_the_digits_and_as_thin_as_ever() -> None:
    box = np.array([[300, 200, 320, 240]], np.int32)
    digits = Detections.from_probabilities(box, np.eye(11, dtype=np.float32)[[3]])
    frame = Frame(np.full((480, 640, 3), 220, np.uint8), "a", 0, 0.0, still=True)
    result = FrameResult(frame, None, digits, arrange(digits))
    part = Part(8, 0.5, 0.46)
    blue = [
        (np.abs(picture.astype(int) - (178, 114, 0)).max(axis=2) < 8) & (picture != 220).any(axis=2)
        for picture, _ in (View(result, (1280, 720), seen).draw() for seen in (WHOLE, part))
    ]
    (_, whole), (_, large) = (np.nonzero(mask) for mask in blue)
    assert np.ptp(large) == pytest.approx(8 * np.ptp(whole), rel=0.2)
    assert blue[1].sum() < 16 * blue[0].sum(), "lines stay thin"

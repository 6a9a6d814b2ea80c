from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.hidden import hidden, shown
from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.recognition.recognizer import Trace
from realtime.sources.frame import Frame
from realtime.window.areas import part, window_size
from realtime.window.hints import hint
from realtime.window.shown import Shown
from realtime.window.view import View

SIZES = (640, 480), (500, 700), (1280, 720), (3840, 2160)


def result(size: tuple[int, int] = (640, 480), step: int = 30, level: int = 200) -> FrameResult:
    """A sheet full of digits."""
    width, height = size
    corners = [(x, y) for y in range(2, height - step, step) for x in range(2, width - step, step)]
    boxes = [(x, y, x + step // 2, y + 2 * step // 3) for x, y in corners]
    probabilities = np.zeros((len(boxes), 11), np.float32)
    probabilities[:, 3] = 1
    digits = Detections.from_probabilities(np.array(boxes, np.int32).reshape(-1, 4), probabilities)
    layout = arrange(digits)
    frame = Frame(np.full((height, width, 3), level, np.uint8), "a.png", 0, 0.0, still=True)
    return FrameResult(frame, None, digits, layout, caption=layout.lines)


@pytest.mark.parametrize("area", SIZES)
def test_no_digit_of_a_dense_sheet_is_hidden(area):
    assert shown(result(), area)[0] == 0


def test_a_hidden_digit_is_counted():
    sheet = result()
    picture = sheet.annotated()
    assert hidden(sheet, picture, 1.0) == 0
    x1, y1, x2, y2 = sheet.detections.xyxy[40]
    picture[y1:y2, x1:x2] = 0
    assert hidden(sheet, picture, 1.0) == 1


@pytest.mark.parametrize("area", SIZES)
@pytest.mark.parametrize("frame", [(640, 480), (1920, 1080), (300, 1200), (2000, 100)])
def test_picture_and_panel_share_the_window(area, frame):
    areas = part(area, frame, True)
    assert areas.panel is not None
    (x, y, w, h), (left, top, wide, high) = areas.picture, areas.panel
    assert x + w <= left or y + h <= top, "the panel covers nothing of the picture"
    assert min(x, y) >= 0 and left + wide <= area[0] and top + high <= area[1] and min(wide, high) > 0
    assert part(area, frame, False).scale >= areas.scale


def test_a_new_window_has_room_for_both():
    assert window_size((640, 480), (1280, 720)) == (1280, 720)
    assert part((1280, 720), (640, 480), True).picture == (0, 0, 960, 720)


def test_the_reading_is_hidden_with_its_panel():
    frame = result(step=100)
    (_, with_panel), (_, without) = (View(frame, (900, 480), reading=reading).draw() for reading in (True, False))
    assert with_panel.left == 0 and without.left == 130


def test_escape_closes_one_panel_after_the_other():
    panels = Shown()
    for key in "dlh":
        assert panels.press(key)
    assert [panels.close_panel() for _ in range(4)] == [True, True, True, False]
    assert panels == Shown() and not panels.press("q")


def test_hints_say_what_would_help():
    none = np.zeros((0, 4), np.int32)
    trace = Trace(np.zeros((4, 4), np.uint8), none, np.zeros((0, 28, 28), np.float32), none, Detections.empty(), {})
    sheet = replace(result(step=60), trace=trace)
    assert hint(sheet) == "h: help"
    dark = replace(sheet.frame, image=np.full((480, 640, 3), 10, np.uint8))
    assert hint(replace(sheet, frame=dark)) == "too dark"
    assert hint(replace(sheet, detections=Detections.empty())) == "nothing found"
    live = replace(sheet.frame, still=False)
    assert hint(replace(sheet, frame=live, settled=False)) == "hold still"
    assert hint(replace(result(step=18), trace=sheet.trace)) == "closer"

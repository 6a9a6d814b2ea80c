from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.drawing.panels import debug_panel, put_chosen, put_glyphs, put_help, put_note, put_recording
from realtime.drawing.primitives import BLUE, GREY, ORANGE
from realtime.recognition.trace import Trace


def trace(kinds: list[int], confidence: float = 0.95) -> Trace:
    """Glyphs in a row, each of class `kinds[i]`; 10 is no digit."""
    boxes = np.array([(20 + 40 * i, 30, 45 + 40 * i, 70) for i in range(len(kinds))], np.int32).reshape(-1, 4)
    probabilities = np.full((len(kinds), 11), (1 - confidence) / 10, np.float32)
    probabilities[np.arange(len(kinds)), kinds] = confidence
    crops = np.zeros((len(kinds), 28, 28), np.float32)
    crops[:, 4:24, 12:16] = 1
    read = np.array(kinds, int) < 10
    ink = np.zeros((100, 200), np.uint8)
    ink[30:70, 20:180] = 255
    return Trace(ink, boxes, crops, probabilities, Detections.from_probabilities(boxes, probabilities)[read], {})


def count(image: np.ndarray, color: tuple[int, int, int]) -> int:
    return int((image == color).all(axis=2).sum())


def test_the_debug_panel_shows_ink_crops_and_what_became_of_them():
    panel = debug_panel(trace([7, 1, 10]), 500, 700)
    assert panel.shape == (700, 500, 3)
    assert (panel[:250] == 255).all(axis=2).sum() > 5000, "the ink"
    assert (panel[300:] == 255).all(axis=2).sum() > 3 * 500, "the crops"
    one = count(debug_panel(trace([7]), 500, 700), BLUE)
    assert count(panel, BLUE) == 2 * one > 0, "two were read"
    assert count(debug_panel(trace([7], confidence=0.6), 500, 700), ORANGE) == one, "and here with doubt"


def test_the_debug_panel_takes_whatever_comes():
    assert debug_panel(trace([]), 300, 400).shape == (400, 300, 3)
    assert debug_panel(trace([7, 10] * 150), 300, 400).shape == (400, 300, 3)
    assert debug_panel(trace([7] * 5), 40, 60).shape == (60, 40, 3)


def test_what_was_turned_down_is_framed_grey():
    image = np.zeros((200, 400, 3), np.uint8)
    put_glyphs(image, trace([7, 10]), scale=2)
    ys, xs = np.nonzero((image == GREY).all(axis=2))
    assert (xs.min(), ys.min(), xs.max(), ys.max()) == (119, 59, 170, 140)


@pytest.mark.parametrize("size", [(1280, 720), (320, 240), (90, 60)])
@pytest.mark.parametrize(
    "put",
    [
        lambda image: put_note(image, "camera 0: no picture for 3 s, trying again " * 3, ORANGE),
        lambda image: put_help(image, [("q  Esc", "quit"), ("s", "snapshot: the picture and its JSON")] * 4),
        put_recording,
        lambda image: put_chosen(image, (20, 20, 40, 50)),
    ],
    ids=["note", "help", "recording", "chosen"],
)
def test_what_lies_over_the_picture_is_seen_on_every_ground(put, size):
    for level in (0, 255):
        image = np.full((size[1], size[0], 3), level, np.uint8)
        put(image)
        assert (image != level).any()
        # Light on dark, whatever was there.
        assert image.max() > 150 and image.min() < 120


def test_a_note_makes_room_for_what_is_above():
    image = np.full((480, 640, 3), 255, np.uint8)
    put_note(image, "0 to 9: what it is " * 5, low=True)
    rows = np.flatnonzero((image != 255).any(axis=(1, 2)))
    assert 300 < rows.min() < rows.max() < 475


def test_a_long_note_is_broken_into_rows_that_fit():
    image = np.full((480, 640, 3), 255, np.uint8)
    put_note(image, "camera 0: no picture for 3 s, trying again " * 3)
    changed = (image != 255).any(axis=2)
    assert not changed[:, :5].any() and not changed[:, -5:].any()
    rows = np.flatnonzero(changed.any(axis=1))
    assert 40 < rows.max() - rows.min() < 200

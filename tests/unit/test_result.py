from __future__ import annotations

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import Caption, FrameResult
from realtime.sources.frame import Frame
from realtime.tracking.stable_text import Reading


def test_lines_are_unsettled_until_they_are_a_reading():
    caption = Caption()
    assert caption(["12"], None, 0.0) == (["12"], False)
    assert caption(["12"], Reading(["12"], 0.5), 0.5) == (["12"], True)
    assert caption(["12"], None, 1.0) == (["12"], True)
    assert caption(["123"], None, 1.5) == (["123"], False), "something else stands there now"


def test_a_reading_stands_for_a_while_after_its_sheet_is_gone():
    caption = Caption()
    caption(["12"], Reading(["12"], 0.0), 0.0)
    assert caption([], None, 2.0) == (["12"], True)
    assert caption([], None, 3.5) == ([], True)


def test_without_a_reading_nothing_stands():
    caption = Caption()
    caption(["12"], None, 0.0)
    assert caption([], None, 0.1) == ([], True)


def test_a_frame_with_a_note_shows_the_note_and_no_digit():
    image = np.full((240, 320, 3), 120, np.uint8)
    seen = FrameResult.unread(Frame(image, "camera 0", 7, 1.0, still=False, note="camera 0: no picture, trying again"))
    assert seen.trace is None and len(seen.detections) == 0 and seen.layout.lines == []
    assert (seen.annotated() != image).any()
    assert (image == 120).all()


@pytest.mark.parametrize("size", [(640, 480), (480, 640), (64, 48), (33, 4001), (4000, 33), (4000, 3000)])
def test_a_saved_picture_has_its_reading_beside_it(size: tuple[int, int]) -> None:
    width, height = size
    none = Detections.empty()
    frame = Frame(np.full((height, width, 3), 120, np.uint8), "a", 0, 0.0, still=True)
    shapes, inks = set(), []
    for lines in ([], ["12"], ["0522 1859", "31 415 926"] * 30):
        saved = FrameResult(frame, None, none, arrange(none), caption=lines).saved()
        shapes.add(saved.shape)
        assert (saved[:height, :width] == 120).all(), "the picture stays as it is, in its corner"
        rest = saved.copy()
        rest[:height, :width] = 0
        inks.append((rest > 150).sum())
    ((high, wide, _),) = shapes
    to_the_right = size in ((640, 480), (4000, 3000), (33, 4001))
    assert (wide > width) == to_the_right and (high == height) == to_the_right
    assert (wide if to_the_right else high) % 2 == 0
    assert inks[0] == 0 and inks[1] > 50 and inks[2] > 50, "it can be read"

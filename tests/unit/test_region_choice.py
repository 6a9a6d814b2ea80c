"""A part of the picture is chosen in the window, as `--region` would name it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.recognition.trace import Trace
from realtime.sources.frame import Frame
from realtime.sources.region import parse_region
from realtime.window.region_choice import RegionChoice, box_of, region_of
from realtime.window.view import View


def shown(turned: int = 0) -> FrameResult:
    """A frame that is shown 240 wide and 96 high."""
    none = Detections.empty()
    frame = Frame(np.full((96, 240, 3), 200, np.uint8), "a", 0, 0.0, still=True, turned=turned)
    return FrameResult(frame, None, none, arrange(none))


def test_arrows_move_one_corner_and_tab_goes_to_the_other() -> None:
    choice = RegionChoice(shown())
    assert choice.box.tolist() == [60, 24, 180, 72]
    for key in ("right", "down", "down", "tab", "left", "up", "n"):
        choice.press(key)
    assert choice.box.tolist() == [50, 20, 190, 80]
    for _ in range(40):
        choice.press("right")
        choice.press("up")
    assert choice.box.tolist() == [180, 0, 190, 80], "the corners do not pass each other, nor leave the frame"


@pytest.mark.parametrize("turned", range(4))
def test_a_box_in_a_turned_photo_is_a_region_of_the_photo_as_it_came(turned: int) -> None:
    result = shown(turned)
    region = region_of(result, np.array([30.2, -5, 99.8, 40]))
    box = box_of(result, region)
    assert box is not None and box.tolist() == [30, 0, 100, 40]
    assert region == parse_region({0: "30,0,70,40", 1: "0,140,40,70", 2: "140,56,70,40", 3: "56,30,40,70"}[turned])
    assert region_of(result, np.array([30, 10, 33, 90])) is None and box_of(result, None) is None


def test_what_is_not_read_is_darkened_and_what_is_chosen_is_framed() -> None:
    result = shown()
    plain, dark, framed = (
        View(result, (240, 96), reading=False, region=region, choice=choice).draw()[0]
        for region, choice in ((None, None), (np.array([60, 24, 180, 72]), None), (None, np.array([60, 24, 180, 72])))
    )
    assert (dark[24:72, 60:180] == 200).all() and (dark[:24] < 100).all() and (dark[24:72, 180:] < 100).all()
    changed = (framed != plain).any(axis=2)
    assert changed[72, 60:180].all() and changed[24:72, 180].all() and (result.frame.image == 200).all()


class Everywhere:
    """Reads a 3 in the middle of whatever it is given."""

    def trace(self, image: np.ndarray) -> Trace:
        height, width = image.shape[:2]
        box = np.array([[width // 2 - 5, height // 2 - 8, width // 2 + 5, height // 2 + 8]], np.int32)
        probabilities = np.eye(11, dtype=np.float32)[[3]]
        digits = Detections.from_probabilities(box, probabilities)
        crops = np.zeros((1, 28, 28), np.float32)
        return Trace(np.zeros((height, width), np.uint8), box, crops, probabilities, digits)


def test_the_pipeline_reads_another_part_from_the_next_frame_on() -> None:
    pipeline = EveryFrame(Everywhere(), turn=False)
    frame = shown().frame
    assert pipeline(frame).detections.xyxy.tolist() == [[115, 40, 125, 56]]
    pipeline.region = parse_region("0,0,100,50")
    pipeline.restart()
    assert pipeline(replace(frame, index=1)).detections.xyxy.tolist() == [[45, 17, 55, 33]]

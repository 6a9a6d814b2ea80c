import cv2
import numpy as np
import pytest

from realtime.classifier import Classifier
from realtime.layout import arrange
from realtime.recognizer import Recognizer
from realtime.turn import trace_turned, turned
from training.scenes import draw_sheet

ROWS = ["35274", "9625 47"]


@pytest.fixture(scope="module")
def sheet() -> np.ndarray:
    return draw_sheet(np.random.default_rng(3), kind="plain", difficulty=0.1, rows=ROWS).image


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_sheet_is_read_whichever_way_up_it_lies(sheet, quarters):
    codes = {1: cv2.ROTATE_90_COUNTERCLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_CLOCKWISE}
    frame = cv2.rotate(sheet, codes[quarters]) if quarters else sheet
    trace, found = trace_turned(Recognizer(Classifier()), frame)
    assert found == quarters
    assert arrange(trace.detections).lines == ROWS
    assert np.array_equal(turned(frame, found), sheet)


def test_an_empty_page_is_not_turned():
    page = np.full((480, 640, 3), 200, np.uint8)
    trace, found = trace_turned(Recognizer(Classifier()), page)
    assert found == 0
    assert len(trace.detections) == 0

import cv2
import numpy as np
import pytest

from benchmarks.generated import empty_scene
from realtime.classifier import Classifier
from realtime.edge import is_edge
from realtime.recognizer import Recognizer
from realtime.segment import segment


def largest_is_edge(frame: np.ndarray) -> bool:
    seen = segment(frame)[0]
    return is_edge(frame, max(seen.glyphs, key=lambda glyph: glyph.crop.size), seen.scale)


def page(ink: int, paper: int = 200) -> np.ndarray:
    frame = np.full((240, 320, 3), paper, np.uint8)
    cv2.line(frame, (170, 60), (150, 180), (ink, ink, ink), 6, cv2.LINE_AA)
    return frame


@pytest.mark.parametrize(("ink", "paper"), [(40, 200), (150, 200), (230, 40)])
def test_a_stroke_is_no_edge(ink: int, paper: int) -> None:
    assert not largest_is_edge(page(ink, paper))


def test_nor_is_a_stroke_that_runs_beside_the_edge_of_a_shadow() -> None:
    frame = page(40)
    frame[:, 172:] = frame[:, 172:] // 4 * 3
    assert not largest_is_edge(frame)


def test_where_two_grounds_meet_nothing_is_written() -> None:
    coloured_shapes = empty_scene(23)
    assert coloured_shapes.kind == "things"
    assert 1 not in Recognizer(Classifier())(coloured_shapes.image).digit

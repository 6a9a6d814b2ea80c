import cv2
import numpy as np

from realtime.patch import written_on


def slip(rule: int) -> np.ndarray:
    """Ink of a darker slip of paper with a pen stroke on it, and a rule right across."""
    ink = np.full((80, 70), 80, np.uint8)
    ink[20:22] = rule
    cv2.line(ink, (35, 12), (30, 66), 200, 4, cv2.LINE_AA)
    return ink


def test_the_ruling_of_a_slip_is_no_part_of_what_is_written_on_it() -> None:
    for rule in (80, 130, 190):  # none, faint, as dark as a pen
        ((box, ink),) = written_on(slip(rule))
        assert box[2] - box[0] < 20
        assert box[3] - box[1] > 50
        assert ink.shape[1] < 22


def test_a_slip_with_nothing_on_it() -> None:
    assert written_on(np.full((80, 70), 80, np.uint8)) == []

import numpy as np

from realtime.company import keep_company
from realtime.detections import Detections


def crop(height: int, width: int = 8, strength: int = 200) -> np.ndarray:
    image = np.zeros((height + 4, 40), np.uint8)
    image[2 : 2 + height, 10 : 10 + width] = strength
    return image


def kept(*rows: tuple[int, np.ndarray, float], at: tuple[int, int] = (100, 100)) -> list[bool]:
    boxes = [
        (at[0] + 50 * i, at[1], at[0] + 50 * i + 20, at[1] + image.shape[0] - 4) for i, (_, image, _) in enumerate(rows)
    ]
    probabilities = np.zeros((len(rows), 11), np.float32)
    for row, (digit, _, confidence) in zip(probabilities, rows, strict=True):
        row[digit] = confidence
    detections = Detections.from_probabilities(np.array(boxes), probabilities)
    return keep_company(detections, [image for _, image, _ in rows], (480, 640, 3)).tolist()


def test_digits_alike_keep_each_other_company():
    assert kept((3, crop(40), 0.9), (1, crop(36), 0.9), (8, crop(60), 0.9)) == [True] * 3


def test_a_scratch_is_no_one():
    short, faint, thin = crop(12), crop(40, strength=50), crop(40, width=1)
    digits = [(3, crop(40), 0.9), (8, crop(44), 0.9)]
    assert kept(*digits, *[(1, image, 0.9) for image in (short, faint, thin)]) == [True, True, False, False, False]


def test_a_small_digit_of_rich_form_stays():
    assert kept((3, crop(40), 0.9), (6, crop(14), 0.9)) == [True, True]


def test_a_row_of_ones_stays():
    assert kept(*[(1, crop(40), 0.9)] * 3) == [True] * 3


def test_what_the_frame_cuts_must_be_sure_and_no_one():
    cut = [(1, crop(40), 0.99), (5, crop(40), 0.99), (5, crop(40), 0.5)]
    assert [kept(one, at=(0, 100)) for one in cut] == [[False], [True], [False]]


def test_nobody_keeps_nobody_company():
    assert keep_company(Detections.empty(), [], (480, 640, 3)).tolist() == []


def nested(outer: int, inner: int) -> list[bool]:
    boxes = np.array([[100, 100, 160, 200], [110, 130, 150, 180]])
    detections = Detections.from_probabilities(boxes, np.eye(11)[[outer, inner]])
    return keep_company(detections, [crop(96), crop(46)], (480, 640, 3)).tolist()


def test_the_hole_of_a_digit_is_no_digit():
    assert nested(outer=6, inner=0) == [True, False]
    assert nested(outer=0, inner=1) == [True, False]


def test_a_ring_drawn_around_a_digit_is_no_digit():
    assert nested(outer=0, inner=7) == [False, True]

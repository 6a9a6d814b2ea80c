import numpy as np

from realtime.company import guesses, keep_company
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


def test_the_rim_of_a_thumb_is_no_one():
    digits = [(3, crop(40), 0.9), (8, crop(44), 0.9)]
    assert kept(*digits, (1, crop(70, width=4), 0.9), (1, crop(70, width=7), 0.9)) == [True, True, False, True]


def test_what_towers_above_many_digits_is_none():
    thumb = (9, crop(150), 0.99)
    digits = [(digit, crop(40), 0.99) for digit in (3, 5, 8, 2, 4, 6, 7, 0)]
    assert kept(*digits, thumb) == [True] * 8 + [False]
    assert kept(*digits[:2], thumb) == [True] * 3, "beside few it may be a heading"


def test_a_small_digit_of_rich_form_stays():
    assert kept((3, crop(40), 0.9), (6, crop(14), 0.9)) == [True, True]


def test_a_small_ring_beside_digits_is_a_degree_sign():
    digits = [(digit, crop(40), 0.9) for digit in (3, 5, 8)]
    assert kept(*digits, (0, crop(14), 0.99), (0, crop(24), 0.99)) == [True, True, True, False, True]
    assert kept((0, crop(14), 0.99)) == [True]


def test_a_long_slanted_stroke_beside_digits_is_a_tick():
    boxes = np.array([[100, 100, 130, 140], [200, 100, 238, 140], [300, 100, 325, 140]])
    detections = Detections.from_probabilities(boxes, np.eye(11)[[5, 1, 1]])
    assert keep_company(detections, [crop(40)] * 3, (480, 640, 3)).tolist() == [True, False, True]
    assert keep_company(detections[np.array([1])], [crop(40)], (480, 640, 3)).tolist() == [True]


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


def row_of(digits: list[int], confidence: float = 0.9, top: int = 100) -> Detections:
    boxes = np.array([[100 + 40 * i, top, 120 + 40 * i, top + 40] for i in range(len(digits))]).reshape(-1, 4)
    return Detections.from_probabilities(boxes, np.eye(11)[digits].reshape(-1, 11) * confidence)


def test_bits_of_ruling_that_lie_like_a_7_are_none():
    digits = row_of([3, 8, 5, 7])
    fine = [crop(40), crop(40), crop(40), crop(40, width=2, strength=80)]
    joined = np.array([False, False, False, True])
    assert keep_company(digits, fine, (480, 640, 3)).all()
    assert keep_company(digits, fine, (480, 640, 3), joined).tolist() == [True, True, True, False]
    assert keep_company(digits, [crop(40)] * 4, (480, 640, 3), joined).all()


def test_a_frame_around_several_digits_hides_none():
    inside = row_of([3, 8, 5])
    box = Detections.from_probabilities(np.array([[80, 60, 260, 200]]), np.eye(11)[[7]])
    together = Detections.from_probabilities(
        np.concatenate([box.xyxy, inside.xyxy]), np.concatenate([box.probabilities, inside.probabilities])
    )
    assert keep_company(together, [crop(136), *[crop(40)] * 3], (480, 640, 3)).tolist() == [False, True, True, True]


def row(*confidences: float, apart: int = 40, digit: int = 5) -> Detections:
    boxes = np.array([[100 + apart * i, 100, 130 + apart * i, 140] for i in range(len(confidences))])
    return Detections.from_probabilities(boxes, np.eye(11)[[digit] * len(boxes)] * np.array(confidences)[:, None])


def test_a_guess_is_borne_out_by_a_sure_digit_of_its_row():
    assert guesses(row(0.6, 0.99, 0.6, 0.6)).tolist() == [False] * 4
    assert guesses(row(0.99, 0.6, apart=400)).tolist() == [False, True]
    assert guesses(row(0.6, 0.6, 0.6)).tolist() == [True] * 3


def test_a_single_odd_digit_is_let_be():
    assert guesses(row(0.6)).tolist() == [False]


def test_a_faint_speck_is_no_digit_but_a_faint_number_is():
    dark, faint = crop(40), crop(40, strength=40)
    assert kept((3, dark, 0.99), (8, dark, 0.99), (7, faint, 0.99)) == [True, True, False]
    assert kept((3, dark, 0.99), (8, dark, 0.99), (7, faint, 0.99), (5, faint, 0.99)) == [True] * 4

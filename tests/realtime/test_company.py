import numpy as np

from realtime.company import (
    among_letters,
    cut_from_nothing,
    cut_from_words,
    guesses,
    keep_company,
    strokes_of_clutter,
)
from realtime.detections import Detections

UNCUT = np.array([-1])


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


def test_a_frame_around_several_digits_hides_none():
    inside = row_of([3, 8, 5])
    box = Detections.from_probabilities(np.array([[80, 60, 260, 200]]), np.eye(11)[[7]])
    together = Detections.from_probabilities(
        np.concatenate([box.xyxy, inside.xyxy]), np.concatenate([box.probabilities, inside.probabilities])
    )
    assert keep_company(together, [crop(136), *[crop(40)] * 3], (480, 640, 3)).tolist() == [False, True, True, True]


def test_an_unsure_digit_in_a_word_is_a_letter():
    letters = np.array([[60, 100, 90, 140], [130, 100, 160, 140]])
    assert among_letters(row_of([5]), letters, UNCUT).tolist() == [True]
    assert among_letters(row_of([5], confidence=0.99), letters, UNCUT).tolist() == [False]
    assert among_letters(row_of([5]), letters + np.array([0, 200, 0, 200]), UNCUT).tolist() == [False]


def test_a_digit_between_a_letter_and_a_digit_stays():
    letter = np.array([[60, 100, 90, 140]])
    assert among_letters(row_of([0, 3]), letter, np.repeat(UNCUT, 2)).tolist() == [False, False]


def test_a_slender_stroke_in_a_word_is_not_beside_itself():
    stroke = Detections.from_probabilities(np.array([[100, 100, 106, 140]]), np.eye(11)[[1]])
    assert among_letters(stroke, np.array([[60, 100, 90, 140]]), UNCUT).tolist() == [True]


def test_a_small_ring_in_a_word_is_an_o_however_sure() -> None:
    ring = np.array([[100, 100, 118, 120]])
    digits = row_of([3, 8, 5], top=300).xyxy
    sheet = Detections.from_probabilities(np.concatenate([ring, digits]), np.eye(11)[[0, 3, 8, 5]])
    letter = np.array([[80, 100, 96, 122]])
    assert among_letters(sheet, letter, np.repeat(UNCUT, 4)).tolist() == [True, False, False, False]
    assert among_letters(sheet[np.array([0])], letter, UNCUT).tolist() == [False]


def test_strokes_of_one_letter_do_not_bear_each_other_out():
    letter, strokes = np.array([[60, 100, 90, 140]]), row_of([1, 7])
    assert among_letters(strokes, letter, np.array([4, 4])).tolist()[0]
    assert not among_letters(strokes, letter, np.array([4, 5])).any()


def test_ones_amid_clutter_are_strokes():
    clutter = row_of([0] * 4, top=300).xyxy
    assert strokes_of_clutter(row_of([1] * 4), clutter).all()
    assert not strokes_of_clutter(row_of([1] * 4), clutter[:0]).any()
    scattered = Detections.from_probabilities(row_of([1] * 4).xyxy + np.arange(4)[:, None] * 60, np.eye(11)[[1] * 4])
    assert strokes_of_clutter(scattered, clutter[:0]).all()
    assert not strokes_of_clutter(row_of([1, 7, 1, 1, 4]), clutter).any()


def row(*confidences: float, apart: int = 40, digit: int = 5) -> Detections:
    boxes = np.array([[100 + apart * i, 100, 130 + apart * i, 140] for i in range(len(confidences))])
    return Detections.from_probabilities(boxes, np.eye(11)[[digit] * len(boxes)] * np.array(confidences)[:, None])


def test_a_guess_is_borne_out_by_a_sure_digit_of_its_row():
    assert guesses(row(0.6, 0.99, 0.6, 0.6)).tolist() == [False] * 4
    assert guesses(row(0.99, 0.6, apart=400)).tolist() == [False, True]
    assert guesses(row(0.6, 0.6, 0.6)).tolist() == [True] * 3


def test_a_single_odd_digit_is_let_be():
    assert guesses(row(0.6)).tolist() == [False]


def test_what_is_cut_off_must_have_touched_a_digit():
    assert cut_from_nothing(row(0.9, 0.9, apart=32), np.array([True, True])).tolist() == [False, False]
    assert cut_from_nothing(row(0.9, 0.9, apart=80), np.array([True, False])).tolist() == [True, False]
    assert cut_from_nothing(row(0.999, apart=80), np.array([True])).tolist() == [False]
    assert cut_from_nothing(row(0.999, digit=1), np.array([True])).tolist() == [True]


def test_a_word_goes_unread_for_the_most_part() -> None:
    boxes = np.array([[100 + 30 * i, 100, 130 + 30 * i, 140] for i in range(6)])
    piece = np.array([3, 3, 3, 3, 3, -1])
    assert cut_from_words(boxes, piece, np.array([1, 5])).tolist() == [True, False]
    assert cut_from_words(boxes, piece, np.array([0, 1, 2])).tolist() == [False] * 3


def test_a_faint_speck_is_no_digit_but_a_faint_number_is():
    dark, faint = crop(40), crop(40, strength=40)
    assert kept((3, dark, 0.99), (8, dark, 0.99), (7, faint, 0.99)) == [True, True, False]
    assert kept((3, dark, 0.99), (8, dark, 0.99), (7, faint, 0.99), (5, faint, 0.99)) == [True] * 4

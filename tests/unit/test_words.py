import numpy as np

from realtime.detections import Detections
from realtime.words import among_letters, cut_from_nothing, cut_from_text, cut_from_words, strokes_of_clutter

UNCUT = np.array([-1])


def row_of(digits: list[int], confidence: float = 0.9, top: int = 100) -> Detections:
    boxes = np.array([[100 + 40 * i, top, 120 + 40 * i, top + 40] for i in range(len(digits))]).reshape(-1, 4)
    return Detections.from_probabilities(boxes, np.eye(11)[digits].reshape(-1, 11) * confidence)


def row(*confidences: float, apart: int = 40, digit: int = 5) -> Detections:
    boxes = np.array([[100 + apart * i, 100, 130 + apart * i, 140] for i in range(len(confidences))])
    return Detections.from_probabilities(boxes, np.eye(11)[[digit] * len(boxes)] * np.array(confidences)[:, None])


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


def test_what_is_cut_off_must_have_touched_a_digit():
    assert cut_from_nothing(row(0.9, 0.9, apart=32), np.array([True, True])).tolist() == [False, False]
    assert cut_from_nothing(row(0.9, 0.9, apart=80), np.array([True, False])).tolist() == [True, False]
    assert cut_from_nothing(row(0.999, apart=80), np.array([True])).tolist() == [False]
    assert cut_from_nothing(row(0.999, digit=1), np.array([True])).tolist() == [True]


def test_what_is_cut_from_a_word_or_a_zigzag_is_none() -> None:
    boxes = np.array([[100 + 30 * i, 100, 130 + 30 * i, 140] for i in range(6)])
    piece = np.array([3, 3, 3, 3, 3, -1])

    def found(kept: list[int], digits: list[int], confidence: float = 1.0, boxes: np.ndarray = boxes) -> list[bool]:
        said = Detections.from_probabilities(boxes[kept], confidence * np.eye(11, dtype=np.float32)[digits])
        return cut_from_words(boxes, piece, np.array(kept), said).tolist()

    assert found([0, 1, 2, 3, 4], [3, 4, 1, 7, 2]) == [False] * 5
    assert found([0, 1, 2, 3], [3, 4, 1, 7]) == [False] * 4, "one of five may be illegible"
    assert found([1, 5], [3, 4]) == [True, False], "of a word most goes unread"
    assert found([0, 1, 2, 3, 4], [3, 4, 1, 7, 2], 0.5) == [True] * 5, "guesses fill a word"
    assert found([0, 1, 2, 3, 4], [1, 1, 7, 1, 1], 0.95) == [False] * 5, "a number may be full of 1s"
    assert found([0, 1, 2, 3], [1, 1, 1, 1]) == [True] * 4, "but 1s and a rest are a zigzag"
    uneven = boxes.copy()
    uneven[[1, 3], 1] = 122
    assert found([0, 1, 2, 3], [3, 4, 1, 7], boxes=uneven) == [True] * 4, "letters are not of a height"


def test_digits_cut_from_a_text_are_letters() -> None:
    digits = row(0.99, 0.99, 0.99)
    text = np.array([[100 + 30 * i, 200, 124 + 30 * i, 236] for i in range(20)])
    cut = np.array([True, True, False])
    assert cut_from_text(digits, cut, text).tolist() == [True, True, False], "one digit is not enough"
    assert cut_from_text(digits, np.array([True, False, False]), text[:9]).tolist() == [False] * 3
    assert cut_from_text(digits, np.array([True] * 3), text[:4]).tolist() == [False] * 3, "few letters are no text"
    assert cut_from_text(row(0.99), np.array([False]), text).tolist() == [False]

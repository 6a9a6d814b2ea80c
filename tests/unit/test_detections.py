import numpy as np
import pytest

from realtime.detections import NO_TRACK, Detections


def three() -> Detections:
    probabilities = np.full((3, 11), 0.01, np.float32)
    probabilities[[0, 1, 2], [7, 0, 10]] = 0.9
    return Detections.from_probabilities(np.array([[0, 0, 4, 8], [5, 0, 9, 8], [10, 0, 14, 8]]), probabilities)


def test_the_likeliest_digit_is_named_even_where_it_is_none():
    detections = three()
    assert detections.digit.tolist() == [7, 0, 0]
    assert detections.confidence.tolist() == pytest.approx([0.9, 0.9, 0.01])
    assert (detections.track == NO_TRACK).all()


def test_rows_are_picked_together():
    picked = three()[np.array([False, True, True])]
    assert len(picked) == 2
    assert picked.xyxy[:, 0].tolist() == [5, 10]
    assert picked.probabilities.shape == (2, 11)
    assert [(digit, box[0]) for box, digit, _ in picked] == [(0, 5), (0, 10)]


def test_height_and_width_are_those_of_the_boxes():
    assert three().height.tolist() == [8, 8, 8]
    assert three().width.tolist() == [4, 4, 4]


def test_empty_has_no_rows_and_the_right_columns():
    assert len(Detections.empty()) == 0
    assert Detections.empty().probabilities.shape == (0, 11)


def test_arrays_that_do_not_fit_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"xyxy must have shape \(1, 4\), got \(2, 4\)"):
        Detections(np.zeros((2, 4)), np.zeros(1), np.zeros(1), np.zeros((1, 11)))

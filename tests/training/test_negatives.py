from __future__ import annotations

import numpy as np
import pytest
from drawn import pen_digits

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from training.data.sources import TEST, TRAIN, Source
from training.render.negatives import draw, source


def test_every_shape_has_ink_and_most_are_no_digit() -> None:
    digits, labels = pen_digits(60, 7)
    crops, truth = draw(600, digits, labels, np.random.default_rng(0))
    assert len(crops) == len(truth) == 600
    assert all(crop.ndim == 2 and crop.dtype == np.uint8 for crop in crops)
    assert set(truth.tolist()) == set(range(11))
    assert (truth != NOT_A_DIGIT).mean() == pytest.approx(0.12, abs=0.05)
    images = normalize(crops)
    assert (images.max(axis=(1, 2)) > 0.99).all()
    assert len({image.tobytes() for image in images}) > 590


def test_the_generator_decides_everything() -> None:
    digits, labels = pen_digits(30, 8)
    (first, truth), (again, same), (other, _) = (
        draw(50, digits, labels, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert truth.tolist() == same.tolist()
    assert [crop.tobytes() for crop in first] == [crop.tobytes() for crop in again]
    assert [crop.tobytes() for crop in first] != [crop.tobytes() for crop in other]


def test_digits_kept_for_measuring_are_not_drawn_from() -> None:
    digits, labels = pen_digits(40, 9)
    digits[20:] = 0  # were one of these picked, there would be nothing to cut or join
    part = np.repeat([TRAIN, TEST], 20).astype(np.uint8)
    made = source(300, Source("mnist", digits, labels, part), seed=0)
    assert len(made.labels) == 300
    only_train = source(300, Source("mnist", digits[:20], labels[:20], part[:20]), seed=0)
    np.testing.assert_array_equal(made.images, only_train.images)

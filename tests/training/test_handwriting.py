"""The pen: signs of the right size, alike but never the same, drawn with the right amount of ink."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from training.render import handwriting
from training.render.alphabet import DIGITS, LETTERS, SHAPES, WORDS
from training.render.handwriting import Hand, bounds, coverage, digit_image, scaled


@pytest.mark.parametrize("sign", [*DIGITS, *LETTERS, *SHAPES])
def test_every_way_of_every_sign_is_about_as_high_as_a_digit(sign: str) -> None:
    rng = np.random.default_rng(0)
    for way in range(len((DIGITS | LETTERS | SHAPES)[sign])):
        hand = Hand(rng)
        hand.ways[sign] = way
        strokes = hand.write(sign, rng)
        left, top, right, bottom = bounds(strokes)
        assert left == pytest.approx(0, abs=1e-6)
        assert -0.4 < top < bottom < 1.75
        assert 0.05 < max(bottom - top, right - left) < 2.2
        assert all(stroke.dtype == np.float32 and stroke.shape[1] == 3 for stroke in strokes)


def test_digits_stand_on_the_base_line() -> None:
    rng = np.random.default_rng(1)
    for _ in range(20):
        hand = Hand(rng)
        for digit in DIGITS:
            _, top, _, bottom = bounds(hand.write(digit, rng))
            assert abs(top) < 0.3 and abs(bottom - 1) < 0.3


def test_the_same_seed_writes_the_same() -> None:
    one, two = (Hand(np.random.default_rng(5)).write("8", np.random.default_rng(6)) for _ in range(2))
    for a, b in zip(one, two, strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_hand_is_steadier_than_two_hands_are_alike() -> None:
    rng = np.random.default_rng(3)

    def apart(first: Hand, second: Hand) -> float:
        a, b = (np.concatenate(hand.write("3", rng)) for hand in (first, second))
        ends = [
            np.stack([np.interp(np.linspace(0, 1, 50), np.linspace(0, 1, len(p)), p[:, k]) for k in (0, 1)])
            for p in (a, b)
        ]
        return float(np.abs(ends[0] - ends[1]).mean())

    hands = [Hand(rng) for _ in range(12)]
    for hand in hands:
        hand.ways["3"] = 0
    same = np.mean([apart(hand, hand) for hand in hands])
    other = np.mean([apart(a, b) for a, b in pairwise(hands)])
    assert 0 < same < 0.7 * other


@pytest.mark.parametrize("width", [0.3, 1.0, 2.5, 12.0])
def test_ink_of_a_straight_line_is_its_length_times_its_width(width: float) -> None:
    line = [np.array([[10.3, 20.6, 1], [110.3, 20.6, 1]], np.float32)]
    mask, left, top = coverage(line, width)
    ink = mask.sum() / 255
    assert ink == pytest.approx(100 * width, rel=0.2, abs=width**2)
    rows = np.arange(mask.shape[0]) + top + 0.5
    assert (mask.sum(axis=1) * rows).sum() / mask.sum() == pytest.approx(20.6, abs=0.15)
    assert mask[0].max() == mask[-1].max() == mask[:, 0].max() == mask[:, -1].max() == 0
    assert left < 10 < left + mask.shape[1]


@pytest.mark.parametrize("height", [12, 40, 700])
def test_a_digit_alone_fills_its_image(height: int) -> None:
    for digit in range(10):
        image = digit_image(np.random.default_rng(digit), digit, height=height, width=0.06)
        assert image.dtype == np.uint8
        assert 0.7 * height < image.shape[0] < 1.5 * height + 4
        assert image.max() > (100 if height == 12 else 250)
        assert 0.02 < (image > 60).mean() < 0.5


def test_turning_keeps_size() -> None:
    strokes = Hand(np.random.default_rng(0)).write("1", np.random.default_rng(0))
    upright, lying = (bounds(scaled(strokes, 50, turn=turn)) for turn in (0, np.pi / 2))
    assert lying[2] - lying[0] == pytest.approx(upright[3] - upright[1], abs=1e-3)
    assert lying[3] - lying[1] == pytest.approx(upright[2] - upright[0], abs=1e-3)


def test_words_hold_no_letter_that_looks_like_a_digit() -> None:
    assert set("".join(WORDS)) <= set(LETTERS)
    assert not set("BIJOQSZbgijloqsz") & set(LETTERS)


def test_words_run_to_the_right_and_scribbles_are_wide() -> None:
    rng = np.random.default_rng(2)
    hand = Hand(rng)
    assert (
        bounds(handwriting.write_word(hand, "paper", rng))[2]
        > 2 * bounds(handwriting.write_word(hand, "pa", rng))[2] * 0.9
    )
    for _ in range(20):
        left, _, right, _ = bounds(handwriting.scribble(hand, rng))
        assert right - left > 0.6

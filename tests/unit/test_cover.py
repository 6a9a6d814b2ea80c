import numpy as np

from realtime.cover import choose
from realtime.glyph import Glyph


def glyph(*atoms: int, prior: float = 0.0, size: int = 30) -> Glyph:
    return Glyph(np.array([0, 0, size, size]), np.zeros((size, size), np.uint8), frozenset(atoms), prior)


def says(*classes: tuple[int, float]) -> np.ndarray:
    rows = np.full((len(classes), 11), 0.001)
    for row, (index, p) in zip(rows, classes, strict=True):
        row[index] = p
    return rows


def test_glyphs_that_share_nothing_are_all_kept():
    assert choose([glyph(0), glyph(1)], says((3, 0.9), (10, 0.9))).tolist() == [0, 1]


def test_a_digit_in_two_parts_is_joined_when_the_whole_looks_like_one():
    glyphs = [glyph(0), glyph(1), glyph(0, 1, prior=-0.5)]
    assert choose(glyphs, says((10, 0.9), (3, 0.5), (5, 0.95))).tolist() == [2]


def test_two_sure_digits_are_not_joined():
    glyphs = [glyph(0), glyph(1), glyph(0, 1, prior=-0.5)]
    assert choose(glyphs, says((1, 0.98), (0, 0.99), (8, 0.7))).tolist() == [0, 1]


def test_touching_digits_are_cut_when_the_parts_look_like_digits():
    glyphs = [glyph(0, 1), glyph(0, prior=-0.4), glyph(1, prior=-0.4)]
    assert choose(glyphs, says((10, 0.95), (1, 0.97), (0, 0.98))).tolist() == [1, 2]


def test_a_wide_digit_is_not_cut():
    glyphs = [glyph(0, 1), glyph(0, prior=-0.4), glyph(1, prior=-0.4)]
    assert choose(glyphs, says((4, 0.9), (10, 0.6), (1, 0.97))).tolist() == [0]


def test_a_sure_digit_leaves_a_scrap_beside_it_alone():
    glyphs = [glyph(0), glyph(1), glyph(0, 1, prior=-0.5)]
    assert 2 not in choose(glyphs, says((9, 0.97), (10, 0.99), (9, 0.99)))
    assert choose(glyphs, says((9, 0.6), (10, 0.99), (9, 0.99))).tolist() == [2], "unless it reads better with it"
    assert choose(glyphs, says((1, 0.97), (10, 0.99), (1, 0.99))).tolist() == [2], "half a 1 is one as well"


def test_two_digits_and_the_ring_around_them_are_no_digit():
    glyphs = [glyph(0), glyph(1), glyph(2, size=90), glyph(0, 1, 2, prior=-0.5, size=90)]
    assert choose(glyphs, says((3, 0.99), (5, 0.99), (10, 0.99), (9, 0.999))).tolist() == [0, 1, 2]


def test_no_bit_of_ink_is_read_twice():
    rng = np.random.default_rng(0)
    glyphs = [glyph(*sorted(rng.choice(30, rng.integers(1, 4), replace=False).tolist())) for _ in range(60)]
    p = rng.dirichlet(np.full(11, 0.3), len(glyphs))
    atoms = [atom for k in choose(glyphs, p) for atom in glyphs[k].atoms]
    assert len(atoms) == len(set(atoms))


def test_no_glyphs_no_choice():
    assert choose([], np.zeros((0, 11))).tolist() == []

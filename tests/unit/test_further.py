from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from realtime.further import cut_further
from realtime.glyph import Glyph
from realtime.segment import Segmentation

DIGIT = np.eye(11, dtype=np.float32)[3]
NONE = np.eye(11, dtype=np.float32)[10]


def two_strokes() -> np.ndarray:
    """An H: two 1s that touch in the middle."""
    crop = np.zeros((42, 26), np.uint8)
    crop[1:41, 2:6] = crop[1:41, 20:24] = 255
    crop[20:22, 6:20] = 120
    return crop


def row(pair: tuple[int, int] = (240, 100)) -> list[Glyph]:
    """Three digits, two that touch, and the first two digits as one."""
    ring = np.full((42, 26), 200, np.uint8)
    x, y = pair
    boxes = [(100, 100, 124, 140), (150, 100, 174, 140), (200, 100, 224, 140), (x, y, x + 24, y + 40)]
    glyphs = [Glyph(np.array(box, np.int32), ring, frozenset({i})) for i, box in enumerate(boxes)]
    glyphs[3] = replace(glyphs[3], crop=two_strokes())
    joined = Glyph(np.array((200, 100, x + 24, 140), np.int32), ring, frozenset({2, 3}), prior=-0.5)
    return [*glyphs, joined]


def seen(glyphs: list[Glyph], broad: list[Glyph] = []) -> Segmentation:  # noqa: B006 - it is only read
    nothing = np.zeros((1, 1), np.uint8)
    return Segmentation(nothing, nothing, 1.0, glyphs, broad)


def cut(glyphs: list[Glyph], said: np.ndarray) -> list[Glyph]:
    return cut_further(seen(glyphs), said).glyphs


SAID = np.stack([DIGIT, DIGIT, DIGIT, NONE, NONE])


def test_what_reads_as_no_digit_beside_digits_is_cut_too():
    known, after = row(), cut(row(), SAID)
    assert len(after) > len(known)
    parts = after[len(known) :]
    left, right = parts[0], parts[-1]
    assert left.xyxy[0] >= 240 and left.xyxy[2] <= right.xyxy[0] and right.xyxy[2] <= 264
    assert all(part.cut_from == 3 and part.prior < 0 for part in parts)
    assert all(a.atoms <= after[3].atoms for a in parts), "the whole claims all ink of its parts"
    assert after[3].atoms <= after[4].atoms, "and so does what it is a part of"
    assert [glyph.atoms for glyph in after[:3]] == [glyph.atoms for glyph in known[:3]]


def test_what_is_a_digit_or_stands_by_none_is_left_whole():
    read = SAID.copy()
    read[3] = DIGIT
    assert len(cut(row(), read)) == 5
    assert len(cut(row((600, 400)), SAID)) == 5
    alone = SAID.copy()
    alone[:2] = NONE
    assert len(cut(row(), alone)) == 5, "there are too few digits to tell"
    assert cut([], np.zeros((0, 11), np.float32)) == []


def broad(height: int, atom: int) -> Glyph:
    """Two strokes that touch, of some height, twice as broad."""
    crop = cv2.resize(two_strokes(), (2 * height, height))
    return Glyph(np.array((400, 100, 400 + 2 * height, 100 + height), np.int32), crop, frozenset({atom}))


def test_of_what_is_broad_that_is_cut_which_is_as_high_as_the_digits():
    number, grain = broad(44, 8), broad(16, 9)
    after = cut_further(seen(row(), [number, grain]), SAID)
    assert {glyph.cut_from for glyph in after.glyphs[5:]} == {3, 8}
    assert after.broad == [grain]


def test_where_no_digits_are_known_the_highest_pieces_are_cut():
    many = [broad(40 + i, 10 + i) for i in range(6)]
    after = cut_further(seen([], many), np.zeros((0, 11), np.float32))
    assert {glyph.cut_from for glyph in after.glyphs} == {13, 14, 15}
    assert after.broad == many[:3]

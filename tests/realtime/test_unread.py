from __future__ import annotations

from dataclasses import replace

import numpy as np

from realtime.glyph import Glyph
from realtime.unread import cut_unread

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


SAID = np.stack([DIGIT, DIGIT, DIGIT, NONE, NONE])


def test_what_reads_as_no_digit_beside_digits_is_cut_too():
    known, after = row(), cut_unread(row(), SAID, 1.0)
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
    assert len(cut_unread(row(), read, 1.0)) == 5
    assert len(cut_unread(row((600, 400)), SAID, 1.0)) == 5
    alone = SAID.copy()
    alone[:2] = NONE
    assert len(cut_unread(row(), alone, 1.0)) == 5, "there are too few digits to tell"
    assert cut_unread([], np.zeros((0, 11), np.float32), 1.0) == []

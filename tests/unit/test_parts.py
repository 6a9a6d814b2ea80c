from __future__ import annotations

import cv2
import numpy as np

from realtime.glyph import Glyph
from realtime.parts import Cut, cut


def chain() -> Glyph:
    """Three rings in a row, each touching the next."""
    crop = np.zeros((62, 172), np.uint8)
    for x in (31, 86, 141):
        cv2.circle(crop, (x, 31), 26, 255, 5)
    return Glyph(np.array((100, 50, 270, 110), np.int32), crop, frozenset({7}))


def says(glyphs: list[Glyph], sure: float) -> np.ndarray:
    """That what is about as wide as high is a 0, so sure, and everything else is none."""
    rows = np.zeros((len(glyphs), 11), np.float32)
    ring = np.array([0.75 < glyph.width / glyph.height < 1.25 for glyph in glyphs])
    rows[:, 0] = np.where(ring, sure, 0)
    rows[:, 10] = 1 - rows[:, 0]
    return rows


def taken_apart() -> Cut:
    found = cut(chain(), 20, 1.0)
    assert found is not None
    return found


def test_all_runs_of_parts_are_proposed_once() -> None:
    found = taken_apart()
    plain, others = found.runs(plain=True), found.runs(plain=False)
    atoms = [glyph.atoms for glyph in [*plain, *others]]
    assert len(set(atoms)) == len(atoms)
    assert set().union(*atoms) <= set(found.atoms) and found.atoms[0] == 7 and min(found.atoms[1:]) == 20
    assert 0 < len(plain) < len(others)
    assert all(glyph.cut_from == 7 and not glyph.whole for glyph in [*plain, *others])


def test_what_comes_apart_along_its_best_seams_needs_no_others() -> None:
    found = taken_apart()
    plain = found.runs(plain=True)
    assert not found.wants_more(plain, says(plain, 0.99), among_digits=True)
    assert found.wants_more(plain, says(plain, 0.7), among_digits=True)


def test_where_no_digits_are_known_nothing_like_one_is_clutter() -> None:
    found = taken_apart()
    plain = found.runs(plain=True)
    assert not found.wants_more(plain, says(plain, 0.2), among_digits=False)
    assert found.wants_more(plain, says(plain, 0.2), among_digits=True)
    assert found.wants_more(plain, says(plain, 0.7), among_digits=False)


def test_what_has_no_seam_is_not_cut() -> None:
    solid = np.full((40, 60), 255, np.uint8)
    assert cut(Glyph(np.array((0, 0, 60, 40), np.int32), solid, frozenset({0})), 1, 1.0) is None

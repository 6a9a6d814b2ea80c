"""What stands among digits and reads as none is cut as well, once the digits are known.

Two slender digits that touch are no broader than one; and where there is much clutter, not all that is broad could be
cut before.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph
from realtime.hypotheses import LOWEST_CUT, WIDE, parts_of
from realtime.neighbours import beside

_NARROWEST = 0.45  # width over height of two 1s that touch
_UNREAD = 0.5  # probability of "not a digit" from which a piece may be several; a broad one, where it is not sure
_SURE = 0.9  # the page's digits are those at least this sure
_MANY = 3  # and there must be so many of them
_HEIGHT = (0.7, 1.6)  # of what is cut, by that of the page's digits
_CLOSE = 1.0  # of its height: the widest gap to a digit beside it
_MOST = 30  # pieces; where there are more they are something else


def cut_unread(glyphs: list[Glyph], probabilities: np.ndarray, scale: float) -> list[Glyph]:
    """The glyphs of a frame, and behind them parts of those that may be several digits.

    Args:
        glyphs: as `realtime.hypotheses` proposed them.
        probabilities: `(n, 11)`, what the network makes of each.
        scale: size of the glyphs' crops over that in the frame.
    """
    boxes = np.array([glyph.xyxy for glyph in glyphs], np.int32).reshape(-1, 4)
    width, height = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).T
    whole = np.array([glyph.whole and len(glyph.atoms) == 1 for glyph in glyphs], bool)
    sure = whole & (probabilities[:, :NOT_A_DIGIT].max(axis=1) >= _SURE)
    if sure.sum() < _MANY:
        return glyphs
    share = height / np.median(height[sure])
    odd = whole & ~sure & (share >= _HEIGHT[0]) & (share <= _HEIGHT[1]) & (height * scale >= LOWEST_CUT)
    odd &= (probabilities[:, NOT_A_DIGIT] >= _UNREAD) & (width >= _NARROWEST * height) | (width > WIDE * height)
    chosen = np.flatnonzero(odd)
    chosen = chosen[beside(boxes[chosen], boxes[sure], _CLOSE) > 0]
    if not 0 < len(chosen) <= _MOST:
        return glyphs
    atoms, more = parts_of([glyphs[k] for k in chosen], 1 + max(max(glyph.atoms) for glyph in glyphs), scale)
    known = [
        replace(glyph, atoms=frozenset().union(*(atoms.get(atom, {atom}) for atom in glyph.atoms)))
        if atoms.keys() & glyph.atoms
        else glyph
        for glyph in glyphs
    ]
    return known + more

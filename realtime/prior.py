"""On a page of digits an odd shape is rather a digit: the network's word is weighed by what else stands there.

What a network says rests on how often each class was shown to it. Where a class is rarer, its probability is to be
scaled by as much (Saerens and others, 2002); how rare "not a digit" is on this page its other shapes tell.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph

_SHOWN = 0.4  # share of "not a digit" in what the network has learnt from
_LEAST = 0.1  # however many digits a page has, none are so many times rarer
_SURE, _MANY = 0.9, 3  # so many digits so sure tell how high digits are
_HEIGHT = (0.6, 1.6)  # what is so high by theirs counts, and is weighed


def weighed_by_page(glyphs: Sequence[Glyph], probabilities: np.ndarray) -> np.ndarray:
    """What the network says of pieces of ink as high as the page's digits, given how many of them are none.

    Parts of pieces, and pieces that have parts, are left as they are; and so is all where few digits are known, or
    many shapes are none.

    Args:
        glyphs: of one way to see a frame.
        probabilities: `(n, 11)`, what the network makes of each.

    Returns:
        `(n, 11)`, rows summing to 1.
    """
    single = np.array([glyph.whole and len(glyph.atoms) == 1 for glyph in glyphs], bool)
    height = np.array([glyph.height for glyph in glyphs])
    sure = single & (probabilities[:, :NOT_A_DIGIT].max(axis=1, initial=0) >= _SURE)
    if sure.sum() < _MANY:
        return probabilities
    usual = np.median(height[sure])
    alike = single & (height > _HEIGHT[0] * usual) & (height < _HEIGHT[1] * usual)
    none = probabilities[alike, NOT_A_DIGIT].sum()
    share = (none + 1) / (alike.sum() + 2)
    weighed = probabilities.copy()
    weighed[alike, NOT_A_DIGIT] *= np.clip(share / _SHOWN, _LEAST, 1)
    return weighed / weighed.sum(axis=1, keepdims=True)

"""Which pieces are cut as well, once it is known how high the digits are: broad ones, and slender pairs read as none.

Cutting is dear, each piece gives dozens of glyphs. Grain of wood is as broad as touching digits, but not as high as the
digits beside it; so what is sure is read first.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph
from realtime.hypotheses import LOWEST_CUT, WIDE
from realtime.neighbours import beside
from realtime.parts import Cut, cut
from realtime.segment import Segmentation

ROUNDS = 4
"""How often more may be cut: where all digits touch, the first ones tell of the others."""

_SURE = 0.9  # the page's digits are those at least this sure
_MANY = 3  # and there must be so many of them to tell their height
_EFFORT, _BLINDLY = 40.0, 6.0  # widths over heights of all that is cut in a round, and where no digits are known
_BROAD_HEIGHT = (0.6, 2.5)  # of a broad piece, by that of the digits; a tilted number is higher than its digits
_NARROW_HEIGHT = (0.7, 1.6)
_NARROWEST = 0.45  # width over height of two 1s that touch
_UNREAD = 0.5  # probability of "not a digit" from which a narrow piece may be two
_CLOSE = 1.0  # of its height: the widest gap to a digit beside it
_MOST = 30  # narrow pieces; where there are more they are something else


def cut_further(seen: Segmentation, probabilities: np.ndarray) -> Segmentation:
    """Cut what may be several digits.

    Args:
        seen: one way to see a frame.
        probabilities: `(n, 11)`, what the network makes of each of its glyphs.

    Returns:
        The same with the parts behind the glyphs that there were, and without the broad pieces that have been cut;
        as it was where there is nothing to cut.
    """
    glyphs = seen.glyphs
    height = np.array([glyph.height for glyph in glyphs])
    whole = np.array([glyph.whole for glyph in glyphs], bool)
    sure = probabilities[:, :NOT_A_DIGIT].max(axis=1, initial=0) >= _SURE
    known = sure & whole if (sure & whole).sum() >= _MANY else sure
    usual = float(np.median(height[known])) if known.sum() >= _MANY else None
    more = _more(seen.cuts, glyphs, probabilities, among_digits=usual is not None)
    chosen = _broad(seen.broad, usual)
    if usual is None and any(glyph.cut_from >= 0 for glyph in glyphs):
        chosen = []  # what was cut blindly has shown no digits: nor will the next
    cuttable = {atom for glyph in seen.broad for atom in glyph.atoms}
    left = [glyph for glyph in seen.broad if glyph not in chosen]
    if usual is not None:
        chosen += [
            glyph
            for glyph in _narrow(glyphs, probabilities, known, usual, seen.scale)
            if glyph.atoms.isdisjoint(cuttable)
        ]
    if not chosen and not more:
        return replace(seen, cuts=[])
    after, cuts = _cut(seen, chosen)
    parts = [glyph for each in cuts for glyph in each.runs(plain=True)]
    return replace(seen, glyphs=[*after, *more, *parts], broad=left, cuts=cuts)


def cut_all(seen: Segmentation) -> list[Glyph]:
    """All glyphs, and all parts of all broad pieces."""
    glyphs, cuts = _cut(seen, seen.broad)
    return [*glyphs, *(glyph for each in cuts for plain in (True, False) for glyph in each.runs(plain=plain))]


def _more(cuts: list[Cut], glyphs: list[Glyph], probabilities: np.ndarray, *, among_digits: bool) -> list[Glyph]:
    """The parts along all seams, of the pieces that did not come apart along the best."""
    more = []
    for each in cuts:
        own = [k for k, glyph in enumerate(glyphs) if glyph.cut_from == each.piece]
        if each.wants_more([glyphs[k] for k in own], probabilities[own], among_digits=among_digits):
            more += each.runs(plain=False)
    return more


def _cut(seen: Segmentation, pieces: list[Glyph]) -> tuple[list[Glyph], list[Cut]]:
    """The glyphs, which claim the atoms of what is cut now, and what was cut."""
    free = 1 + max((max(glyph.atoms) for glyph in [*seen.glyphs, *seen.broad]), default=0)
    atoms: dict[int, frozenset[int]] = {}
    cuts = []
    for piece in pieces:
        done = cut(piece, free, seen.scale)
        if done is not None:
            cuts.append(done)
            free += len(done.atoms) - 1
            atoms[done.piece] = frozenset(done.atoms)
    return [_of_atoms(glyph, atoms) for glyph in seen.glyphs], cuts


def _of_atoms(glyph: Glyph, atoms: dict[int, frozenset[int]]) -> Glyph:
    if not atoms.keys() & glyph.atoms:
        return glyph
    return replace(glyph, atoms=frozenset().union(*(atoms.get(atom, {atom}) for atom in glyph.atoms)))


def _broad(pieces: list[Glyph], usual: float | None) -> list[Glyph]:
    """Those that are as high as digits, or as numbers in a tilted line; the highest where no digits are known."""
    if usual is not None:
        least, most = (share * usual for share in _BROAD_HEIGHT)
        pieces = [piece for piece in pieces if least <= piece.height <= most]
    pieces = sorted(pieces, key=lambda piece: -piece.height)
    effort = np.cumsum([piece.width / piece.height for piece in pieces])
    most = _BLINDLY if usual is None else _EFFORT
    return [piece for i, piece in enumerate(pieces) if i == 0 or effort[i] <= most]


def _narrow(
    glyphs: list[Glyph], probabilities: np.ndarray, sure: np.ndarray, usual: float, scale: float
) -> list[Glyph]:
    """Pieces beside digits that are read as none, though no broader than others."""
    boxes = np.array([glyph.xyxy for glyph in glyphs], np.int32).reshape(-1, 4)
    width, height = np.maximum(boxes[:, 2:] - boxes[:, :2], 1).T
    odd = np.array([glyph.whole and len(glyph.atoms) == 1 for glyph in glyphs], bool) & ~sure
    odd &= (height >= _NARROW_HEIGHT[0] * usual) & (height <= _NARROW_HEIGHT[1] * usual)
    odd &= (height * scale >= LOWEST_CUT) & (width >= _NARROWEST * height)
    odd &= (probabilities[:, NOT_A_DIGIT] >= _UNREAD) | (width > WIDE * height)
    chosen = np.flatnonzero(odd)
    chosen = chosen[beside(boxes[chosen], boxes[sure], _CLOSE) > 0]
    return [glyphs[k] for k in chosen] if len(chosen) <= _MOST else []

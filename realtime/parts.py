"""The parts of a piece that may be several digits: those along its best seams first, all others where these don't do.

Every run of neighbouring parts may be a digit, so a long number gives hundreds of glyphs. Most touching digits come
apart at the first seams found, and most clutter looks like nothing wherever it is cut; only for the rest is it worth
trying every seam.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from realtime.cut import fragments
from realtime.detections import NOT_A_DIGIT
from realtime.glyph import BROADEST, FLATTEST, LOWEST, Glyph

_MOST = 14  # parts that a digit may be cut into
_SLIVER = 0.4  # of a piece's height: a lower part is none of the digits in it
_PRIOR = -0.1  # what a reading must gain, in nats, for each part
_SURE = 0.95  # so sure all digits of a piece must be, for no other seam to be tried
_HOPE = 0.05  # and so sure at least one, or it is clutter
_BLIND_HOPE = 0.5  # the same where no other digits are known


@dataclass(frozen=True, eq=False)
class Cut:
    """A piece of ink, cut along all its seams.

    Attributes:
        piece: the atom that it was.
        atoms: of its parts, from left to right; `piece` is the first.
        parts: `(h, w) uint8` each, which add up to its crop.
        plain: `(n + 1,) bool`, which borders of parts are ends of the piece, or seams of the best.
        corner: of its crop, x and y in pixels of the mask.
        height: of its box on the mask, in pixels.
        scale: size of the mask over that of the frame.
    """

    piece: int
    atoms: tuple[int, ...]
    parts: list[np.ndarray]
    plain: np.ndarray
    corner: tuple[int, int]
    height: int
    scale: float

    def runs(self, *, plain: bool) -> list[Glyph]:
        """Runs of neighbouring parts that may be digits: those between plain borders, or all the others."""
        glyphs, n = [], len(self.parts)
        for a in range(n):
            run = np.zeros_like(self.parts[a])
            for b in range(a + 1, min(a + _MOST, n) + 1):
                run = np.maximum(run, self.parts[b - 1])
                if b - a == n:
                    break
                if (self.plain[a] and self.plain[b]) != plain:
                    continue
                x, y, w, h = cv2.boundingRect(run)
                if w > BROADEST * self.height:
                    break
                if h >= max(LOWEST, _SLIVER * self.height) and w <= FLATTEST * h:
                    glyphs.append(self._glyph(x, y, run[y : y + h, x : x + w], self.atoms[a:b]))
        return glyphs

    def wants_more(self, glyphs: list[Glyph], probabilities: np.ndarray, *, among_digits: bool) -> bool:
        """Whether the other seams should be tried: it is not digits from end to end along the best.

        Args:
            glyphs: of its plain runs.
            probabilities: `(n, 11)`, what the network makes of each.
            among_digits: whether the frame has digits as high as it; else some part of it must be more like one.
        """
        sure = probabilities[:, :NOT_A_DIGIT].max(axis=1, initial=0)
        if sure.max(initial=0) < (_HOPE if among_digits else _BLIND_HOPE):
            return False
        place = {atom: i for i, atom in enumerate(self.atoms)}
        runs = [sorted(place[atom] for atom in glyph.atoms) for glyph in glyphs]
        reached = {0}
        for run in sorted(run for run, p in zip(runs, sure.tolist(), strict=True) if p >= _SURE):
            if run[0] in reached:
                reached.add(run[-1] + 1)
        return len(self.parts) not in reached

    def _glyph(self, x: int, y: int, crop: np.ndarray, atoms: tuple[int, ...]) -> Glyph:
        h, w = crop.shape
        left, top = x + self.corner[0], y + self.corner[1]
        on_frame = np.rint(np.array([left, top, left + w, top + h]) / self.scale).astype(np.int32)
        return Glyph(on_frame, crop, frozenset(atoms), _PRIOR, self.piece)


def cut(glyph: Glyph, first_atom: int, scale: float) -> Cut | None:
    """Cut a whole piece, a glyph of one atom.

    Args:
        glyph: the piece.
        first_atom: the new atoms count from here.
        scale: size of its crop over that in the frame.

    Returns:
        None where there is no good place to cut.
    """
    (piece,) = glyph.atoms
    parts, plain = fragments(glyph.crop)
    if not parts:
        return None
    box = np.rint(glyph.xyxy * scale).astype(np.int64)
    corner = box[:2] - (np.array(glyph.crop.shape[::-1]) - (box[2:] - box[:2])) // 2
    atoms = (piece, *range(first_atom, first_atom + len(parts) - 1))
    borders = np.concatenate([[True], plain, [True]])
    return Cut(piece, atoms, parts, borders, (int(corner[0]), int(corner[1])), int(box[3] - box[1]), scale)

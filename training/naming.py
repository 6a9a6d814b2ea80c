"""What each glyph that the segmentation cuts out of a page is, where it is known whose ink every pixel is."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph

_HELD = 0.88  # a cut is a digit when it holds this much of its ink
_STRANGE = 0.12  # ... and at most this share of the cut is ink of another one
_BEST = 0.66  # of their joint ink: the best cut of a digit is the digit from here on
_RULED = 0.3  # ... or of ruling
_MOST_OF = 0.6  # it is two digits when it holds this much of both, and a piece when it holds less of any
_SLENDER = 0.4  # width over height: a lone stroke is a 1 as much as it is none, so few of these are shown as none
_SLENDER_KEPT = 0.15


def named(
    glyphs: list[Glyph], owner: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> list[tuple[Glyph, int]]:
    """Glyphs and what they are; those that a person would not be sure of are left out.

    Args:
        glyphs: what was cut out of the page.
        owner: `(h, w)` integers, whose ink each pixel is: index into `labels`, -1 for nobody's.
        labels: `(n,)` what was written, 0 to 9, or 10 for what is no digit.
        rng: few of the lone strokes that are no digit are taken, by chance.
    """
    areas = np.bincount(owner[owner >= 0].ravel(), minlength=len(labels))
    # The soft edge of the ink belongs to it.
    near = cv2.dilate((owner + 1).astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32) - 1
    owner = np.where(owner < 0, near, owner)
    areas = np.maximum(areas, 1)
    counts, total = np.zeros((len(glyphs), max(1, len(labels))), np.int64), np.zeros(len(glyphs), np.int64)
    for row, glyph in enumerate(glyphs):
        own = _under(owner, glyph)
        total[row] = max(1, len(own))
        counts[row] = np.bincount(own[own >= 0], minlength=counts.shape[1])
    if len(labels) == 0:
        labels, areas = np.array([NOT_A_DIGIT]), np.ones(1, np.int64)
    common = counts / (total[:, None] + areas - np.minimum(counts, areas))
    # Where digits share a stroke no cut is whole: the best there is must be read.
    best = common.argmax(axis=0) if len(glyphs) else np.zeros(0, np.int64)
    best_of = {int(g): k for k, g in enumerate(best) if common[g, k] >= _BEST and common[g].argmax() == k}
    found = []
    for row, glyph in enumerate(glyphs):
        name = _name(counts[row], areas, labels, int(total[row]))
        if name is None and row in best_of:
            name = int(labels[best_of[row]])
        slender = glyph.crop.shape[1] <= _SLENDER * glyph.crop.shape[0]
        if name is None or (name == NOT_A_DIGIT and slender and rng.random() > _SLENDER_KEPT):
            continue
        found.append((glyph, name))
    return found


def chosen(pairs: list[tuple[Glyph, int]], rng: np.random.Generator) -> tuple[list[np.ndarray], list[int]]:
    """Crops and names of all digits, and of half as many others."""
    digits = [pair for pair in pairs if pair[1] != NOT_A_DIGIT]
    others = [pair for pair in pairs if pair[1] == NOT_A_DIGIT]
    most = 10 + len(digits) // 2
    if len(others) > most:
        others = [others[i] for i in rng.choice(len(others), most, replace=False)]
    return [glyph.crop for glyph, _ in digits + others], [name for _, name in digits + others]


def _under(owner: np.ndarray, glyph: Glyph) -> np.ndarray:
    """The owners of a glyph's ink, pixel by pixel."""
    pen = cv2.compare(glyph.crop, int(glyph.crop.max()) // 3, cv2.CMP_GT)
    x, y, w, h = cv2.boundingRect(pen)
    left, top = (int(v) for v in glyph.xyxy[:2])
    under = owner[top : top + h, left : left + w]
    return under[pen[y : y + h, x : x + w][: under.shape[0], : under.shape[1]] > 0]


def _name(counts: np.ndarray, areas: np.ndarray, labels: np.ndarray, total: int) -> int | None:
    """What a cut with so much ink of each shape is; None where a person would not be sure."""
    if counts.max() == 0:
        return NOT_A_DIGIT
    best = int(counts.argmax())
    held = np.minimum(counts / areas, 1)
    others = counts.sum() - counts[best]
    ruled = total - counts.sum()
    if labels[best] == NOT_A_DIGIT and counts[best] > 0.5 * total:
        return NOT_A_DIGIT
    if held[best] >= _HELD and others <= _STRANGE * total and ruled <= _RULED * total:
        return int(labels[best])
    if (held >= _MOST_OF).sum() >= 2 or held[best] < _MOST_OF or others > 0.35 * total:
        return NOT_A_DIGIT
    return None

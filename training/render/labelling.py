"""What each glyph that the recogniser cuts out of a page is, where it is known whose ink every pixel is."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT

Cut = tuple[np.ndarray, np.ndarray]
"""What is cut out of a page: its box, `(4,)` xyxy in pixels of the page, and its ink, `(h, w) uint8`, bright."""

_SOFT = 0.04  # of the glyph's height: so far from its pen ink counts as covered, as a threshold thins faint strokes
_HELD = 0.9  # a cut is a digit when it covers this much of its ink
_STRANGE = 0.12  # ... and at most this share of the cut is ink of another one
_RULED = 0.3  # ... or of ruling
_BEST_HELD, _BEST_STRANGE = 0.8, 0.35  # the best cut of a digit is the digit all the same
_MOST_OF = 0.6  # it is two digits when it covers this much of both, and a piece when it covers less of any
_READABLE = 10  # pixels of height: smaller ones nobody would name
_SLENDER = 0.35  # width over length: a lone stroke is a 1 as much as it is none, so few of these are shown as none
_SLENDER_KEPT = 0.15
_DIGITS = 30  # of a page: else those full of tiny ones would be most of what is learnt


@dataclass(frozen=True, eq=False)
class _Inks:
    """Whose ink a glyph is.

    Attributes:
        held: `(labels,)` share of each shape's ink that the glyph covers.
        counts: `(labels,)` pixels of the glyph that are each shape's.
        total: pixels of the glyph.
    """

    held: np.ndarray
    counts: np.ndarray
    total: int


def named(glyphs: list[Cut], owner: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> list[tuple[Cut, int]]:
    """Glyphs and what they are; those that a person would not be sure of are left out.

    Args:
        glyphs: what was cut out of the page.
        owner: `(h, w)` integers, whose ink each pixel is: index into `labels`, -1 for nobody's.
        labels: `(n,)` what was written, 0 to 9, or 10 for what is no digit.
        rng: few of the lone strokes that are no digit are taken, by chance.
    """
    if len(labels) == 0:
        labels = np.array([NOT_A_DIGIT])
    areas = np.maximum(np.bincount(owner[owner >= 0].ravel(), minlength=len(labels)), 1)
    # The soft edge of the ink belongs to it.
    near = cv2.dilate((owner + 1).astype(np.float32), np.ones((3, 3), np.uint8)).astype(np.int32) - 1
    near = np.where(owner < 0, near, owner)
    halved = np.unique(np.concatenate([owner[0], owner[-1], owner[:, 0], owner[:, -1]]))
    inks = [_inks(*glyph, owner, near, areas) for glyph in glyphs]
    best_of = _best_of(inks, labels)
    found = []
    for row, glyph in enumerate(glyphs):
        name = _name(inks[row], labels)
        if name is None and row in best_of:
            name = int(labels[best_of[row]])
        if name is None or (name == NOT_A_DIGIT and rng.random() > _SLENDER_KEPT and _slender(glyph[1])):
            continue
        # What the picture's edge halves may still be read, or not.
        unsure = glyph[0][3] - glyph[0][1] < _READABLE or int(inks[row].counts.argmax()) in halved
        if name != NOT_A_DIGIT and unsure:
            continue
        found.append((glyph, name))
    return found


def chosen(pairs: list[tuple[Cut, int]], rng: np.random.Generator) -> tuple[list[np.ndarray], list[int]]:
    """Crops and names of the digits of a page, of some where there are very many, and of half as many others."""
    digits = _some([pair for pair in pairs if pair[1] != NOT_A_DIGIT], _DIGITS, rng)
    others = _some([pair for pair in pairs if pair[1] == NOT_A_DIGIT], 10 + len(digits) // 2, rng)
    return [crop for (_, crop), _ in digits + others], [name for _, name in digits + others]


def _some(pairs: list[tuple[Cut, int]], most: int, rng: np.random.Generator) -> list[tuple[Cut, int]]:
    return pairs if len(pairs) <= most else [pairs[i] for i in rng.choice(len(pairs), most, replace=False)]


def _slender(crop: np.ndarray) -> bool:
    points = cv2.findNonZero(cv2.compare(crop, int(crop.max()) // 3, cv2.CMP_GT))
    size = cv2.minAreaRect(points)[1]
    return (min(size) + 1) <= _SLENDER * (max(size) + 1)


def _inks(xyxy: np.ndarray, crop: np.ndarray, owner: np.ndarray, near: np.ndarray, areas: np.ndarray) -> _Inks:
    pen = cv2.compare(crop, int(crop.max()) // 3, cv2.CMP_GT)
    x, y, w, h = cv2.boundingRect(pen)
    # The ink fills its box; it may have been cut out of a smaller or a larger copy of the page.
    left, top, right, bottom = xyxy.tolist()
    pen = cv2.resize(pen[y : y + h, x : x + w], (right - left, bottom - top), interpolation=cv2.INTER_NEAREST)
    h, w = pen.shape
    room = max(1, round(_SOFT * h))
    # As much of the picture as the pen's surroundings, which may reach over its edge.
    rows, columns = (slice(max(0, at - room), at + n + room) for at, n in ((top, h), (left, w)))
    covered = cv2.dilate(
        cv2.copyMakeBorder(pen, room, room, room, room, cv2.BORDER_CONSTANT),
        cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * room + 1, 2 * room + 1)),
    )[max(0, room - top) :, max(0, room - left) :]
    there = owner[rows, columns]
    held = _count(there, covered[: there.shape[0], : there.shape[1]], len(areas))
    under = near[top : top + h, left : left + w]
    pen = pen[: under.shape[0], : under.shape[1]]
    return _Inks(held / areas, _count(under, pen, len(areas)), max(1, cv2.countNonZero(pen)))


def _count(owner: np.ndarray, mask: np.ndarray, n: int) -> np.ndarray:
    """Pixels of each owner under a mask."""
    return np.bincount(owner[(mask > 0) & (owner >= 0)], minlength=n)


def _best_of(inks: list[_Inks], labels: np.ndarray) -> dict[int, int]:
    """Where digits share a stroke no cut is whole: the best there is, and which digit it is."""
    if not inks:
        return {}
    held = np.array([ink.held for ink in inks])
    pure = np.array([ink.counts / ink.total for ink in inks])
    good = np.where((held >= _BEST_HELD) & (pure >= 1 - _BEST_STRANGE), held * pure, 0)
    return {int(row): k for k, row in enumerate(good.argmax(axis=0)) if good[row, k] > 0 and labels[k] != NOT_A_DIGIT}


def _name(ink: _Inks, labels: np.ndarray) -> int | None:
    """What a cut is; None where a person would not be sure."""
    if ink.counts.max() == 0:
        return NOT_A_DIGIT
    best = int(ink.counts.argmax())
    others = ink.counts.sum() - ink.counts[best]
    ruled = ink.total - ink.counts.sum()
    if labels[best] == NOT_A_DIGIT and ink.counts[best] > 0.5 * ink.total:
        return NOT_A_DIGIT
    if ink.held[best] >= _HELD and others <= _STRANGE * ink.total and ruled <= _RULED * ink.total:
        return int(labels[best])
    digits = labels != NOT_A_DIGIT
    strange = ink.counts[digits].sum() - ink.counts[best] if digits[best] else others
    if (ink.held[digits] >= _MOST_OF).sum() >= 2 or ink.held[best] < _MOST_OF or strange > 0.35 * ink.total:
        return NOT_A_DIGIT
    return None

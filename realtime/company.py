"""What the shape of a glyph cannot tell, its neighbours must: a scratch is shaped like a 1, but no digit stands by it.

The digits of a sheet were written by one hand, with few pens: they are of a size, and about as dark and as thick.
A shape of rich form may differ; a plain stroke must not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from realtime.detections import Detections
from realtime.glyph import BROADEST_ONE
from realtime.neighbours import above_or_below, beside
from realtime.pen import pen_of

_TELLING = 0.8  # digits at least this sure, other than 1, tell what is usual
_PLAIN_ONE = (0.45, 0.45, 0.35)  # a 1 has at least these shares of the usual height, darkness and thickness
_OTHERS = (0.25, 0.15, 0.15)
_SMALL_RING = 0.42  # share of the usual height below which a 0 is a degree sign, or half of a percent sign
_BROADEST = 2.0  # width over height of a digit
_SLANTED_ONE = 0.85  # ... of a 1 beside other digits: a long slanted stroke is a tick
_THICKEST = 3.0  # and no digit so many times the usual thickness
_SLIMMEST = 0.4  # a 1 is not so much slimmer than its height would have it: the rim of a thumb is
_TALLEST = 2.2  # nor is a stroke or a guess beside several digits so many times their height: it is a thumb or an edge
_GIANT, _CROWD = 3.0, 8  # so high is not even a sure digit beside so many: a thumb is shaped like a 9
_SAMPLE = 7  # so many of them are looked at
_FAINT = 0.3  # share of the darkest digit's ink below which a digit is faint
_UNSURE, _SURE = 0.85, 0.95  # below and from which confidence a digit is a guess, and bears one out
_ROW = 5.0  # of its height: the widest gap to another digit of its row
_COLUMN = 2.0  # of its width: the same to one of its column
_INNER = 0.25  # what lies in a digit, and is this share of its height or more, may be written there
_MANY = 3  # digits in a frame, or in something drawn around them, that are no accident
_HOLED = (0, 4, 6, 8, 9)
_AT_EDGE = 0.7  # how sure a digit must be that the frame's edge may have cut


def keep_company(
    detections: Detections, crops: Sequence[np.ndarray], frame_shape: tuple[int, ...], joined: np.ndarray | None = None
) -> np.ndarray:
    """Which detections go with the others of the frame.

    Args:
        detections: all that the network calls digits.
        crops: the ink of each, `(h, w) uint8`.
        frame_shape: height and width of the frame in pixels.
        joined: `(n,) bool`, which of them are several pieces of ink, as bits of ruling are that look like a 7; none
            where it is left out.

    Returns:
        `(n,) bool`.
    """
    if len(detections) == 0:
        return np.zeros(0, bool)
    if joined is None:
        joined = np.zeros(len(detections), bool)
    lonely = _faint_loners(detections, crops)
    ones = detections.digit == 1
    h, w = frame_shape[:2]
    box = detections.xyxy
    cut = (box[:, 0] <= 1) | (box[:, 1] <= 1) | (box[:, 2] >= w - 1) | (box[:, 3] >= h - 1)
    kept = ~cut | (~ones & (detections.confidence >= _AT_EDGE))
    kept &= ~lonely
    kept &= detections.width <= np.where(ones, BROADEST_ONE, _BROADEST) * detections.height
    telling = kept & ~ones & (detections.confidence >= _TELLING)
    if telling.any():
        models = np.flatnonzero(telling)[:: max(1, int(telling.sum()) // _SAMPLE)]
    elif kept.any():
        models = np.array([np.where(kept, detections.height, 0).argmax()])
    else:
        return kept
    # Only what may be a scratch is looked at closely, and some that tell what is usual.
    doubtful = np.flatnonzero(kept & (ones | joined | (detections.confidence < _TELLING)))
    looked_at = {*models.tolist(), *doubtful.tolist()}
    pens = {i: pen_of(crops[i]) for i in looked_at}
    look = {i: (float(detections.height[i]), pen.dark, pen.thick) for i, pen in pens.items()}
    usual = np.maximum(np.median([look[int(i)] for i in models], axis=0), 1e-6)
    kept &= ~ones | (detections.width <= _SLANTED_ONE * detections.height) | ~telling.any()
    kept &= (detections.digit != 0) | (detections.height >= _SMALL_RING * usual[0]) | (telling.sum() < _MANY)
    for i in doubtful[kept[doubtful]].tolist():
        share = look[i] / usual
        kept[i] = (share >= (_PLAIN_ONE if ones[i] or joined[i] else _OTHERS)).all() and share[2] <= _THICKEST
        kept[i] &= not ones[i] or share[2] >= _SLIMMEST * share[0]
        kept[i] &= share[0] <= _TALLEST or telling.sum() < _MANY
    kept &= ones | (detections.height >= _OTHERS[0] * usual[0])
    kept &= (detections.height <= _GIANT * usual[0]) | (telling.sum() < _CROWD)
    kept[kept] = ~_nested(detections[kept])
    return kept


def guesses(detections: Detections) -> np.ndarray:
    """Which detections are guesses that nothing bears out: unsure, and in no row or column with a sure one.

    One or two in a frame are let be: whoever holds up a single odd digit wants it read.

    Args:
        detections: what is taken for digits.

    Returns:
        `(n,) bool`.
    """
    unsure = detections.confidence < _UNSURE
    sure = detections.confidence >= _SURE
    if not unsure.any() or (len(detections) < _MANY and not sure.any()):
        return np.zeros(len(detections), bool)
    boxes, others = detections.xyxy, detections.xyxy[sure]
    return unsure & (beside(boxes, others, _ROW) == 0) & (above_or_below(boxes, others, _COLUMN) == 0)


def _faint_loners(detections: Detections, crops: Sequence[np.ndarray]) -> np.ndarray:
    """Which detections are much fainter than the darkest and in no row of their like: `(n,) bool`.

    A number in pencil beside one in ink has digits as faint as itself; grain and print-through seldom line up.
    """
    peak = np.array([float(crop.max(initial=0)) for crop in crops])
    faint = peak < _FAINT * peak.max()
    lonely = np.zeros(len(detections), bool)
    if faint.any():
        lonely[faint] = beside(detections.xyxy[faint], detections.xyxy[faint], _ROW) == 0
    return lonely


def _nested(detections: Detections) -> np.ndarray:
    """Which digits give way to one that they lie in, or that lies in them: `(n,) bool`.

    The hole of a brushed 6 is no 0, and a scratch in a large digit no 1; but what is drawn around a digit is none.
    """
    low, high = detections.xyxy[:, :2], detections.xyxy[:, 2:]
    inside: np.ndarray = np.all((low[:, None] >= low[None]) & (high[:, None] <= high[None]), axis=2)
    np.fill_diagonal(inside, False)
    # The edge of the sheet, or a frame: no digit, and what it holds stays.
    around = inside.sum(axis=0) >= _MANY
    inside[:, around] = False
    large = detections.height[:, None] >= _INNER * detections.height[None]
    hole = (detections.digit == 0)[:, None] & np.isin(detections.digit, _HOLED)[None]
    written = inside & large & ~hole & (detections.digit != 1)[:, None]
    drawn_around = written.any(axis=0) | around
    return (inside & ~written & ~drawn_around).any(axis=1) | drawn_around

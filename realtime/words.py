"""Letters are made of the strokes that digits are made of: a 1 stands in every M, an o is a 0.

What is beside a shape tells them apart, and what it was cut from.
"""

from __future__ import annotations

import numpy as np

from realtime.detections import Detections
from realtime.neighbours import beside

_RICH = 0.8  # digits at least this sure, other than 1, are no strokes of anything
_CERTAIN = 0.99  # so sure a digit must be to stand among letters
_SMALL_LETTER = 0.65  # ... where it has at least this share of the height of those that stand in no word
_TOUCHING = 0.15  # of its height: the widest gap to a digit that it was cut from
# Weights of what tells a number from a word, as a logistic regression over some hundred pieces of drawn sheets finds
# them: share of its width that is read, mean confidence, height of the lowest digit over its own, and share of 1s.
_WEIGHTS = (10.0, 9.0, 8.0, -4.0)
_NUMBER = 22.0  # weight from which it is a number
_TEXT, _SPARSE = 6, 0.1  # letters that make a text, and digits for each of them below which it has none
_ROW_OF_ONES = 2.0  # the same to another 1, where there is next to nothing but 1s
_MANY = 3  # of a kind in a frame, that are no accident
_NEXT_TO_NONE = 0.25  # other digits for each 1, where 1s are strokes of clutter


def among_letters(detections: Detections, others: np.ndarray, cut_from: np.ndarray) -> np.ndarray:
    """Which detections stand in a word: letters beside them and no digit.

    Args:
        detections: what is taken for digits.
        others: `(m, 4)` boxes of what is surely none.
        cut_from: `(n,)` the piece of ink that each is a part of, -1 for none. Strokes of an M bear each other out as
            little as they do alone.

    Returns:
        `(n,) bool`; never true for a digit that could not be surer, but for a 1 and what is small.
    """
    if len(others) == 0 or len(detections) == 0:
        return np.zeros(len(detections), bool)
    in_word = beside(detections.xyxy, others) > 0
    unsure = _may_be_letter(detections)
    # An o is a 0 in every way, but not of the size of the page's digits.
    if (~in_word).sum() >= _MANY:
        unsure |= detections.height < _SMALL_LETTER * np.median(detections.height[~in_word])
    apart = (cut_from[:, None] != cut_from) | (cut_from < 0)
    digits = beside(detections.xyxy, detections.xyxy, apart=apart)
    return unsure & in_word & (digits == 0)


def cut_from_nothing(detections: Detections, cut: np.ndarray) -> np.ndarray:
    """Which detections were cut off something that is no digit: a digit that touches another stands beside it.

    Args:
        detections: what is taken for digits.
        cut: `(n,) bool`, which of them were cut from a larger piece of ink.

    Returns:
        `(n,) bool`; never true for a digit that could not be surer, but for a 1.
    """
    if not cut.any():
        return cut
    return cut & _may_be_letter(detections) & (beside(detections.xyxy, detections.xyxy, _TOUCHING) == 0)


def cut_from_words(boxes: np.ndarray, cut_from: np.ndarray, kept: np.ndarray, detections: Detections) -> np.ndarray:
    """Which digits were cut from a piece of ink that is no number.

    Touching digits fill a piece, are of a height, and are read as surely as others; letters of a word are not. And a
    piece of nothing but 1s is a zigzag, or an m.

    Args:
        boxes: `(m, 4)` of all glyphs.
        cut_from: `(m,)` the piece that each is a part of, -1 for none.
        kept: `(n,)` which of them are taken for digits.
        detections: these.

    Returns:
        `(n,) bool`.
    """
    found = np.zeros(len(kept), bool)
    for piece in np.unique(cut_from[kept][cut_from[kept] >= 0]):
        parts, own = boxes[cut_from == piece], cut_from[kept] == piece
        left, top = parts[:, :2].min(axis=0)
        right, bottom = parts[:, 2:].max(axis=0)
        read = np.zeros(right - left, bool)
        for x0, _, x1, _ in boxes[kept[own]].tolist():
            read[x0 - left : x1 - left] = True
        its = detections[own]
        evidence = read.mean(), its.confidence.mean(), its.height.min() / (bottom - top), (its.digit == 1).mean()
        found |= own & (np.dot(_WEIGHTS, evidence) < _NUMBER)
    return found


def cut_from_text(detections: Detections, cut: np.ndarray, unread: np.ndarray) -> np.ndarray:
    """Which digits were cut from words of a text: next to none stands by itself, and much as high goes unread.

    Args:
        detections: what is taken for digits.
        cut: `(n,) bool`, which of them were cut from a larger piece of ink.
        unread: `(m, 4)` boxes of what is surely none.

    Returns:
        `(n,) bool`.
    """
    if not cut.any():
        return cut
    usual, height = np.median(detections.height), unread[:, 3] - unread[:, 1]
    letters = ((height > usual / 2) & (height < 2 * usual)).sum()
    whole = ~cut & (detections.digit != 1)
    return cut & bool(letters >= _TEXT and whole.sum() < _SPARSE * letters)


def strokes_of_clutter(detections: Detections, others: np.ndarray) -> np.ndarray:
    """Which 1s are strokes of something else: many of them, next to no other digit, and as much that is surely none.

    Else, as on squared paper with nothing on it, those that stand in no row.

    Args:
        detections: what is taken for digits.
        others: `(m, 4)` boxes of what is surely none.

    Returns:
        `(n,) bool`.
    """
    ones = detections.digit == 1
    rich = (~ones & (detections.confidence >= _RICH)).sum()
    if ones.sum() < _MANY or rich > _NEXT_TO_NONE * ones.sum():
        return np.zeros(len(detections), bool)
    usual, height = np.median(detections.height[ones]), others[:, 3] - others[:, 1]
    alike = (height > usual / 2) & (height < 2 * usual)
    if alike.sum() > ones.sum() / 2:
        return ones
    return ones & (beside(detections.xyxy, detections.xyxy, _ROW_OF_ONES) == 0)


def _may_be_letter(detections: Detections) -> np.ndarray:
    """Which detections might be surer, and all 1s, which a stroke of a letter is in every way: `(n,) bool`."""
    return (detections.confidence < _CERTAIN) | (detections.digit == 1)

"""Numbers that the user typed as text where nobody knows which digit stands where: only the reading changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from realtime.detections import Detections
from realtime.layout.arrange import Layout
from realtime.live.result import Edited, FrameResult
from realtime.numbers.number import Number, numbers_of

Box = tuple[int, int, int, int]
"""Of a digit, xyxy in pixels of the frame."""


@dataclass(frozen=True)
class NumberText:
    """What the user typed for a number.

    Attributes:
        boxes: of its digits.
        text: digits; "" where there is no number.
    """

    boxes: frozenset[Box]
    text: str


def boxes_of(detections: Detections) -> list[Box]:
    """The box of each digit."""
    return [(x1, y1, x2, y2) for x1, y1, x2, y2 in detections.xyxy.tolist()]


def number_of(result: FrameResult, digit: int, texts: Sequence[NumberText]) -> NumberText:
    """The number of a digit of a frame, as it was typed where it is among `texts`, else as it is read."""
    layout, boxes = result.layout, boxes_of(result.detections)
    for text in texts:
        if boxes[digit] in text.boxes:
            return text
    same = (layout.line == layout.line[digit]) & (layout.number == layout.number[digit])
    members = [i for i in layout.order.tolist() if same[i]]
    return NumberText(frozenset(boxes[i] for i in members), "".join(str(result.detections.digit[i]) for i in members))


def with_texts(result: FrameResult, texts: Sequence[NumberText]) -> FrameResult:
    """The frame with these numbers as they were typed; their digits are left out, for they are not known.

    Args:
        result: the frame. What was typed for digits that it no longer has does not count.
        texts: at most one a number.
    """
    digits, layout = result.detections, result.layout
    boxes = boxes_of(digits)
    typed = {box: text for text in texts if text.boxes <= set(boxes) for box in text.boxes}
    if not typed:
        return result
    gone = np.array([box in typed for box in boxes], bool)
    edited: dict[NumberText, Edited] = {}
    words: list[list[str]] = [[] for _ in layout.lines]
    for number in numbers_of(digits, layout):
        members = _members(number, layout)
        text = next((typed[boxes[i]] for i in members if gone[i]), None)
        if text is None:
            words[number.line].append(number.text)
        elif text not in edited:
            xyxy = np.array(sorted(text.boxes), np.int32)
            around = np.concatenate([xyxy[:, :2].min(axis=0), xyxy[:, 2:].max(axis=0)])
            edited[text] = Edited(number.line, number.number, text.text, around)
            words[number.line].append(text.text)
    lines = [" ".join(filter(None, line)) for line in words]
    place = np.cumsum(~gone) - 1
    kept = Layout(
        layout.line[~gone],
        layout.number[~gone],
        place[layout.order[~gone[layout.order]]],
        lines,
        None if layout.fits is None else layout.fits[~gone],
        None if layout.sure is None else layout.sure[~gone],
    )
    return replace(result, detections=digits[~gone], layout=kept, caption=lines, edited=tuple(edited.values()))


def _members(number: Number, layout: Layout) -> list[int]:
    return np.flatnonzero((layout.line == number.line) & (layout.number == number.number)).tolist()

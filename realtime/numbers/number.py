"""Number: digits that stand together, as one row of a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from realtime.detections import Detections
from realtime.numbers.form import Form

if TYPE_CHECKING:
    from realtime.layout.arrange import Layout


@dataclass(frozen=True)
class Number:
    """A number of a sheet.

    Attributes:
        line: 0 at the top.
        number: within its line, 0 at the left.
        text: its digits, with the decimal points and commas that the layout has.
        confidence: 0 to 1, the probability that all its digits are right: the product of theirs, as they are read
            independently; where a form is expected, the probability of this text among all texts of that form.
        xyxy: the box around its digits in pixels of the frame: left, top, right, bottom.
        fits: whether it is of the form that is expected; None where none is.
    """

    line: int
    number: int
    text: str
    confidence: float
    xyxy: tuple[int, int, int, int]
    fits: bool | None = None

    def record(self) -> dict[str, Any]:
        """As it stands in the JSON output."""
        told = {"text": self.text, "confidence": round(self.confidence, 3), "xyxy": list(self.xyxy)}
        place = {"line": self.line, "number": self.number}
        return {**told, **place} if self.fits is None else {**told, **place, "fits": self.fits}


def numbers_of(detections: Detections, layout: Layout) -> list[Number]:
    """The numbers of a frame in reading order; their boxes are in pixels of the boxes given."""
    groups: dict[tuple[int, int], list[int]] = {}
    for i in layout.order.tolist():
        groups.setdefault((int(layout.line[i]), int(layout.number[i])), []).append(i)
    found = []
    for (line, number), digits in groups.items():
        x1, y1 = detections.xyxy[digits, :2].min(axis=0).tolist()
        x2, y2 = detections.xyxy[digits, 2:].max(axis=0).tolist()
        product = float(np.prod(detections.confidence[digits].astype(np.float64)))
        found.append(
            Number(
                line,
                number,
                "".join(f"{detections.digit[i]}{'' if layout.marks is None else layout.marks[i]}" for i in digits),
                product if layout.sure is None else float(layout.sure[digits[0]]),
                (x1, y1, x2, y2),
                None if layout.fits is None else bool(layout.fits[digits[0]]),
            )
        )
    return found


def marked(line: str, form: Form | None) -> str:
    """A line with a question mark behind each number that is not of a form; as it is where none is expected."""
    if form is None:
        return line
    return " ".join(number if form.fits(number) else f"{number}?" for number in line.split(" "))

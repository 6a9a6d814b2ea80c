"""The rows of one page after a person corrected them, and which digits are known for certain since."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from realtime.batch.correction_file import DIGIT, MISSED, NUMBER, Correction
from realtime.boxes import overlap, shared_area, turned_back
from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.numbers.same_digits import only_exchanged

Row = dict[str, Any]
Xyxy = tuple[int, int, int, int]

_SAME = 0.5  # of intersection over union, from which on a box is around a digit that was read


class CorrectedPage:
    """Takes the rows of a page and changes them; what is in them already is left alone.

    Args:
        rows: of one page, with the columns of `realtime.batch.rows.SCHEMA`.

    Attributes:
        rows: those of the page by now, in reading order.
        checked: rows that are newly checked.
        known: those of them of which it is certain what the ink in their box is.
        failures: what could not be done, one line each.
    """

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.checked: list[Row] = []
        self.known: list[Row] = []
        self.failures: list[str] = []
        self._quarters = _quarters(rows)

    def correct(self, corrections: Sequence[Correction]) -> None:
        """Carry out corrections of this page: digits, then boxes of missed ones, then numbers as text."""
        for kind, carry_out in ((DIGIT, self._digit), (MISSED, self._missed)):
            for each in corrections:
                if each.kind == kind:
                    carry_out(each)
        said = {each.xyxy: each.text for each in corrections if each.kind == DIGIT}
        for each in corrections:
            if each.kind == NUMBER:
                self._number(each, said)

    def _digit(self, correction: Correction) -> None:
        row = self._at(correction.xyxy)
        if row is None:
            self._fail(correction, "no digit was read at")
        else:
            self._set(row, correction.text, known=True)

    def _missed(self, correction: Correction) -> None:
        row = self._at(correction.xyxy)
        if row is not None:
            self._set(row, correction.text, known=True)
            return
        read = [row for row in self.rows if row["digit"] is not None]
        if (overlap(_boxes(read), np.array(correction.xyxy)) > _SAME).any():
            self._fail(correction, "none was missed, for a digit was read at")
            return
        new = self._new(correction.xyxy, int(correction.text), self.rows[0])
        self.rows.append(new)
        self.checked.append(new)
        # What was struck out there is no example of what is no digit: the box alone may have been wrong.
        self.known = [row for row in self.known if row["digit"] is not None or not _touch(row, new)]
        self.known.append(new)
        self._arrange(_numbers(read))

    def _number(self, correction: Correction, said: dict[Xyxy, str]) -> None:
        rows = [row for row in self.rows if row["digit"] is not None and _within(row, correction.xyxy)]
        if not rows:
            self._fail(correction, "no number was read at")
            return
        before, text = "".join(str(row["digit"]) for row in rows), correction.text
        if text == before:
            return
        alike = len(text) == len(before)
        also = {i: said[_xyxy(row)] for i, row in enumerate(rows) if _xyxy(row) in said}
        if any(not alike or text[i] != digit for i, digit in also.items()):
            self._fail(correction, "a digit was corrected in another way than the number at")
        elif alike:
            certain = only_exchanged(before, text)
            for row, digit in zip(rows, text, strict=True):
                seen = row["crop"] is not None or str(row["digit"]) != digit
                self._set(row, digit, known=certain and seen)
        else:
            self._replace(rows, text)

    def _replace(self, rows: list[Row], text: str) -> None:
        """Let a number be another text, of which nobody knows which digit stands where: its box is shared out."""
        for row in rows:
            self._set(row, "", known=False)
        boxes = _boxes(rows)
        whole = np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)])
        new = [
            self._new(xyxy, int(digit), rows[0])
            for digit, xyxy in zip(text, _shares(whole, len(text), self._quarters), strict=True)
        ]
        at = self.rows.index(rows[0])
        self.rows[at:at] = new
        self.checked += new
        self._number_places()

    def _set(self, row: Row, text: str, known: bool) -> None:
        digit = int(text) if text else None
        if row["checked"] and row["digit"] == digit:
            return
        row["digit"], row["checked"] = digit, True
        self.checked.append(row)
        if known:
            self.known.append(row)

    def _new(self, xyxy: Xyxy, digit: int, beside: Row) -> Row:
        """A row that a person added: of it nothing was read."""
        box = dict(zip(("x1", "y1", "x2", "y2"), xyxy, strict=True))
        said = {"digit": digit, "read": None, "confidence": 1.0, "checked": True}
        return {**beside, **box, **said, "fits": None, "sure": None, "crop": None}

    def _at(self, xyxy: Xyxy) -> Row | None:
        return next((row for row in self.rows if _xyxy(row) == xyxy), None)

    def _arrange(self, before: dict[tuple[int, int], set[Xyxy]]) -> None:
        """Put the digits into lines and numbers anew, as the program does it; `before` are those that there were."""
        digits = [row for row in self.rows if row["digit"] is not None]
        boxes = _boxes(digits)
        size = int(boxes[:, 2].max()), int(boxes[:, 3].max())
        probabilities = np.zeros((len(digits), 11), np.float32)
        probabilities[np.arange(len(digits)), [row["digit"] for row in digits]] = 1
        upright = turned_back(boxes, size, -self._quarters % 4)
        layout = arrange(Detections.from_probabilities(upright, probabilities))
        for row, line, number in zip(digits, layout.line.tolist(), layout.number.tolist(), strict=True):
            row["line"], row["number"] = line, number
        for place, mine in _numbers(digits).items():
            if mine not in before.values():  # what was said of a number is not said of another one
                for row in digits:
                    if (row["line"], row["number"]) == place:
                        row["fits"] = row["sure"] = None
        others = [row for row in self.rows if row["digit"] is None]
        self.rows = [digits[i] for i in layout.order.tolist()] + others
        self._number_places()

    def _number_places(self) -> None:
        for place, row in enumerate(self.rows):
            row["place"] = place

    def _fail(self, correction: Correction, reason: str) -> None:
        self.failures.append(f"{correction.source}: {reason} {correction.xyxy} of page {correction.frame + 1}")


def _xyxy(row: Row) -> Xyxy:
    return row["x1"], row["y1"], row["x2"], row["y2"]


def _boxes(rows: Sequence[Row]) -> np.ndarray:
    return np.array([_xyxy(row) for row in rows], np.int32).reshape(-1, 4)


def _touch(a: Row, b: Row) -> bool:
    return bool(shared_area(_boxes([a]), np.array(_xyxy(b)))[0])


def _within(row: Row, xyxy: Xyxy) -> bool:
    x, y = (row["x1"] + row["x2"]) / 2, (row["y1"] + row["y2"]) / 2
    return xyxy[0] <= x <= xyxy[2] and xyxy[1] <= y <= xyxy[3]


def _numbers(rows: Sequence[Row]) -> dict[tuple[int, int], set[Xyxy]]:
    """Line and number -> the boxes of its digits."""
    found: dict[tuple[int, int], set[Xyxy]] = {}
    for row in rows:
        found.setdefault((row["line"], row["number"]), set()).add(_xyxy(row))
    return found


def _quarters(rows: Sequence[Row]) -> int:
    """How often the page was turned a quarter clockwise to be read: its lines run where this takes them from."""
    lines: dict[int, list[Row]] = {}
    for row in rows:
        lines.setdefault(row["line"], []).append(row)
    way = np.zeros(2)
    for line in lines.values():
        boxes = _boxes([line[0], line[-1]]).astype(float)
        way += (boxes[1, :2] + boxes[1, 2:] - boxes[0, :2] - boxes[0, 2:]) / 2
    along, down = way
    if abs(along) >= abs(down):
        return 2 if along < 0 else 0
    return 3 if down > 0 else 1


def _shares(whole: np.ndarray, count: int, quarters: int) -> list[Xyxy]:
    """A box cut into so many of equal width, in the order in which they are read."""
    axis = quarters % 2
    cuts = np.rint(np.linspace(whole[axis], whole[axis + 2], count + 1)).astype(int).tolist()
    shares = []
    for low, high in pairwise(cuts):
        box = whole.tolist()
        box[axis], box[axis + 2] = low, max(high, low + 1)
        shares.append((box[0], box[1], box[2], box[3]))
    return shares[::-1] if quarters in (1, 2) else shares

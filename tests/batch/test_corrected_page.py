"""Digits that were missed, digits that are none, and numbers that were edited as text: in the rows of a page."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from archive import sheet

from realtime.batch.corrected_page import CorrectedPage, Row
from realtime.batch.correction_file import DIGIT, MISSED, NUMBER, Correction
from realtime.batch.corrections_kept import keep
from realtime.batch.recognizers import make_pipeline
from realtime.batch.rows import SCHEMA
from realtime.boxes import turned_back
from realtime.detections import NOT_A_DIGIT
from realtime.recognition.recognizer import glyph_of
from realtime.sinks.own_digits import read_digits
from realtime.sources.frame import Frame

SIZE = 400, 300  # pixels of a page


def page(texts: Sequence[str], quarters: int = 0) -> list[Row]:
    """Rows of a page with one number a line, its digits 20 wide and 30 high, a step of 30 apart."""
    rows: list[Row] = []
    for line, text in enumerate(texts):
        for i, digit in enumerate(text):
            box = np.array([[30 + 30 * i, 20 + 80 * line, 50 + 30 * i, 50 + 80 * line]])
            x1, y1, x2, y2 = turned_back(box, SIZE, quarters)[0].tolist()
            said = {"digit": int(digit), "read": int(digit), "confidence": 0.9, "checked": False, "crop": bytes(784)}
            place = {"source": "a", "frame": 0, "page": 1, "time": 0.0, "line": line, "number": 0, "place": len(rows)}
            rows.append({**place, "x1": x1, "y1": y1, "x2": x2, "y2": y2, "fits": True, "sure": 0.8, **said})
    assert all(set(row) == set(SCHEMA.names) for row in rows)
    return rows


def xyxy(row: Row) -> tuple[int, int, int, int]:
    return row["x1"], row["y1"], row["x2"], row["y2"]


def around(rows: Sequence[Row]) -> tuple[int, int, int, int]:
    boxes = np.array([xyxy(row) for row in rows])
    (left, top), (right, bottom) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    return left, top, right, bottom


def texts(rows: Sequence[Row]) -> list[str]:
    """The numbers of a page by line and number, in the order of their digits."""
    found: dict[tuple[int, int], str] = {}
    for row in rows:
        if row["digit"] is not None:
            place = row["line"], row["number"]
            found[place] = found.get(place, "") + str(row["digit"])
    return list(found.values())


def corrected(rows: list[Row], *said: tuple[str, tuple[int, int, int, int], str]) -> CorrectedPage:
    result = CorrectedPage(rows)
    result.correct([Correction("a", 0, box, kind, text) for kind, box, text in said])
    assert [row["place"] for row in result.rows] == list(range(len(result.rows)))
    return result


def test_a_number_of_as_many_digits_is_known_digit_by_digit():
    rows = page(["471", "08"])
    result = corrected(rows, (NUMBER, around(rows[:3]), "971"))
    assert texts(result.rows) == ["971", "08"] and not result.failures
    assert [row["digit"] for row in result.known] == [9, 7, 1]
    assert [row["checked"] for row in rows] == [True] * 3 + [False] * 2


def test_of_digits_that_may_have_moved_none_is_known():
    rows = page(["127"])
    result = corrected(rows, (NUMBER, around(rows), "512"))
    assert texts(result.rows) == ["512"] and result.known == []


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("text", ["4721", "7", "47"])
def test_of_a_number_that_is_longer_or_shorter_no_digit_is_known(text: str, quarters: int):
    rows = page(["471", "08"], quarters)
    box = around(rows[:3])
    result = corrected(rows, (NUMBER, box, text))
    assert texts(result.rows) == [text, "08"] and result.known == []
    new = [row for row in result.rows if row["read"] is None]
    assert around(new) == box and all(row["crop"] is None and row["checked"] for row in new)
    size = (SIZE[1], SIZE[0]) if quarters % 2 else SIZE
    upright = turned_back(np.array([xyxy(row) for row in new]), size, -quarters % 4)
    assert upright[:, 0].tolist() == sorted(upright[:, 0].tolist()), "in the order in which they are read"
    assert [row["read"] for row in result.rows if row["digit"] is None] == [4, 7, 1], "what was read stays known"


def test_a_number_that_is_none_is_struck_out():
    rows = page(["471", "08"])
    result = corrected(rows, (NUMBER, around(rows[:3]), ""))
    assert texts(result.rows) == ["08"] and result.known == []


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_missed_digit_joins_its_number(quarters: int):
    rows = page(["471", "082"], quarters)
    missed = rows.pop(4)
    result = corrected(rows, (MISSED, xyxy(missed), "8"))
    assert texts(result.rows) == ["471", "082"] and not result.failures
    assert [(row["digit"], row["read"], xyxy(row)) for row in result.known] == [(8, None, xyxy(missed))]
    assert [row["sure"] for row in result.rows] == [pytest.approx(0.8)] * 3 + [None] * 3, "that was of another number"


def test_where_a_digit_was_read_none_was_missed():
    rows = page(["471"])
    x1, y1, x2, y2 = xyxy(rows[1])
    result = corrected(rows, (MISSED, (x1 + 1, y1, x2, y2 + 1), "8"))
    assert texts(result.rows) == ["471"] and "a digit was read at" in result.failures[0]


def test_a_struck_digit_makes_room_for_a_missed_one():
    rows = page(["471"])
    x1, y1, x2, y2 = xyxy(rows[1])
    result = corrected(rows, (DIGIT, xyxy(rows[1]), ""), (MISSED, (x1 + 1, y1, x2, y2 + 1), "8"))
    assert texts(result.rows) == ["481"] and not result.failures
    assert [row["digit"] for row in result.known] == [8], "what was struck out is ink of a digit"


def test_a_digit_and_its_number_must_agree():
    for digit, text in (("5", "971"), ("4", "47"), ("9", "971")):
        rows = page(["471"])
        result = corrected(rows, (DIGIT, xyxy(rows[0]), digit), (NUMBER, around(rows), text))
        assert bool(result.failures) is (digit != "9")
        assert texts(result.rows) == [f"{digit}71"]


def test_said_again_nothing_changes():
    rows = page(["471", "08", "552"])
    missed, struck = rows.pop(4), rows[-1]
    said = [
        (NUMBER, around(rows[:3]), "4721"),
        (MISSED, xyxy(missed), "8"),
        (DIGIT, xyxy(struck), ""),
    ]
    first = corrected(rows, *said)
    again = corrected([dict(row) for row in first.rows], *said)
    assert again.rows == first.rows and again.checked == [] and not again.failures


def test_nothing_there_is_told():
    rows = page(["471"])
    result = corrected(rows, (DIGIT, (1, 2, 3, 4), "5"), (NUMBER, (1, 2, 3, 4), "5"))
    assert len(result.failures) == 2 and "(1, 2, 3, 4) of page 1" in result.failures[0]


@pytest.mark.parametrize("turn", [None, cv2.ROTATE_180])
def test_what_is_kept_of_a_missed_digit_is_its_ink_set_upright(turn: int | None, tmp_path):
    picture = np.vstack([np.hstack([sheet("471"), sheet("582")]), np.hstack([sheet("369"), sheet("047")])])
    picture = picture if turn is None else cv2.rotate(picture, turn)
    result = make_pipeline(None)(Frame(picture, "a", 0, 0.0, still=True))
    assert (result.frame.turned == 2) is (turn is not None)
    rows = []
    for i in result.layout.order.tolist():
        x1, y1, x2, y2 = result.boxes[i].tolist()
        digit = int(result.detections.digit[i])
        row = {**page(["1"])[0], "x1": x1, "y1": y1, "x2": x2, "y2": y2, "digit": digit, "read": digit, "crop": None}
        rows.append({**row, "line": int(result.layout.line[i]), "number": int(result.layout.number[i])})
    missed = rows.pop(1)
    x1, y1, x2, y2 = xyxy(missed)
    checked = corrected(rows, (MISSED, (x1 - 3, y1 - 3, x2 + 3, y2 + 3), "7"), (DIGIT, xyxy(rows[0]), ""))
    kept, failures = keep(checked.known, checked.rows, tmp_path, picture)
    images, labels = read_digits(tmp_path)
    assert kept == 2 and not failures and sorted(labels.tolist()) == [7, NOT_A_DIGIT]
    seen = images[labels.tolist().index(7)]
    assert result.trace is not None
    place = next(i for i, box in enumerate(result.boxes.tolist()) if tuple(box) == xyxy(missed))
    seven = result.trace.crops[glyph_of(result.trace, place)]
    assert np.abs(seen / 255 - seven).mean() < 0.05


def test_what_is_seen_otherwise_now_is_not_kept(tmp_path):
    rows = page(["471"])
    checked = corrected(rows, (MISSED, (200, 20, 220, 50), "8"))
    kept, failures = keep(checked.known, checked.rows, tmp_path, sheet("471"))
    assert kept == 0 and "is seen otherwise now" in failures[0] and not list(tmp_path.iterdir())

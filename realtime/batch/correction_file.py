"""The file of corrections that the page for review saves."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from realtime.sinks.own_digits import NONE
from realtime.sources.frame import SourceError

COLUMNS = ("source", "frame", "x1", "y1", "x2", "y2", "digit")
"""Of the CSV; it may have `kind`, too, and columns that are not looked at."""

DIGIT, MISSED, NUMBER = "digit", "missed", "number"
"""Kinds of corrections; a row without one is of the first."""

_MEANT = {
    DIGIT: (re.compile(rf"[0-9{NONE}]", re.ASCII), f"a digit or {NONE}"),
    MISSED: (re.compile(r"[0-9]", re.ASCII), "a digit"),
    NUMBER: (re.compile(rf"[0-9]+|{NONE}", re.ASCII), f"digits or {NONE}"),
}


@dataclass(frozen=True)
class Correction:
    """What a person said of a place on a page.

    Attributes:
        source: the file in the results.
        frame: the page, from 0.
        xyxy: of a digit that was read, the box of a number that was read, or a box that the person drew, in pixels.
        kind: `DIGIT`, `MISSED` or `NUMBER`.
        text: the digits there; empty where there is none.
    """

    source: str
    frame: int
    xyxy: tuple[int, int, int, int]
    kind: str
    text: str


def read_corrections(path: Path) -> list[Correction]:
    """The corrections of a file; of two that speak of the same box and kind the last one counts.

    Raises:
        SourceError: no such file, or not of this kind.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            found = {
                (each.source, each.frame, each.xyxy, each.kind): each for each in _rows(path, csv.DictReader(file))
            }
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SourceError(f"{path}: {reason}") from error
    return list(found.values())


def _rows(path: Path, reader: csv.DictReader[str]) -> Iterator[Correction]:
    if not set(COLUMNS) <= set(reader.fieldnames or ()):
        raise SourceError(f"{path}: there must be the columns {' '.join(COLUMNS)}")
    for row in reader:
        source, *place, text = (row[name] for name in COLUMNS)
        kind = row.get("kind") or DIGIT
        if kind not in _MEANT:
            raise SourceError(f"{path}, line {reader.line_num}: {DIGIT}, {MISSED} or {NUMBER}, not {kind}")
        pattern, wanted = _MEANT[kind]
        if text is None or not pattern.fullmatch(text):
            raise SourceError(f"{path}, line {reader.line_num}: {wanted}, not {text}")
        frame, x1, y1, x2, y2 = map(int, place)
        if kind != DIGIT and (x1 >= x2 or y1 >= y2):
            raise SourceError(f"{path}, line {reader.line_num}: the box is empty")
        yield Correction(source, frame, (x1, y1, x2, y2), kind, "" if text == NONE else text)

"""The numbers that the digits on a page for review belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from realtime.batch.store import Store

Row = dict[str, Any]
Key = tuple[str, int, int, int]
"""Source, frame, line, number."""


@dataclass(frozen=True)
class SheetNumber:
    """A number as it stands in the results.

    Attributes:
        text: its digits.
        xyxy: the box around them, in pixels.
        boxes: the box of each digit, in reading order.
    """

    text: str
    xyxy: tuple[int, int, int, int]
    boxes: list[tuple[int, int, int, int]]


def key_of(row: Row) -> Key:
    """The number that a row belongs to."""
    return row["source"], row["frame"], row["line"], row["number"]


def numbers_around(store: Store, rows: Sequence[Row]) -> dict[Key, SheetNumber]:
    """The numbers of some rows."""
    groups: dict[Key, list[Row]] = {key_of(row): [] for row in rows}
    sources = pa.array(sorted({row["source"] for row in rows}), pa.string())
    columns = ["source", "frame", "line", "number", "digit", "x1", "y1", "x2", "y2"]
    for table in store.tables():
        found = table.filter(pc.and_(pc.is_in(table["source"], sources), pc.is_valid(table["digit"])))
        for row in found.select(columns).to_pylist():
            if (key := key_of(row)) in groups:
                groups[key].append(row)
    return {key: _number(digits) for key, digits in groups.items()}


def _number(digits: list[Row]) -> SheetNumber:
    boxes = [(row["x1"], row["y1"], row["x2"], row["y2"]) for row in digits]
    left, top, right, bottom = zip(*boxes, strict=True)
    around = min(left), min(top), max(right), max(bottom)
    return SheetNumber("".join(str(row["digit"]) for row in digits), around, boxes)

"""What a person found on the page of uncertain digits, put into the results and kept for training."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from realtime.batch.picture import Pictures
from realtime.batch.rows import SCHEMA
from realtime.batch.store import Store, answered, read_shard, stamps, write_shard
from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE
from realtime.sinks.own_digits import NONE, add_digits
from realtime.sources.frame import SourceError

COLUMNS = ("source", "frame", "x1", "y1", "x2", "y2", "digit")
"""Of the CSV; the last is a digit, or x where there is none."""

Place = tuple[str, int, int, int, int, int]
Row = dict[str, Any]


@dataclass
class Result:
    """What came of it: rows newly checked and corrected, digits kept for training, and one line a failure."""

    checked: int = 0
    corrected: int = 0
    kept: int = 0
    failures: list[str] = field(default_factory=list)


def read_corrections(path: Path) -> dict[Place, int | None]:
    """Where a digit stands -> what it is, None where it is none.

    Raises:
        SourceError: no such file, or not of this kind.
    """
    found: dict[Place, int | None] = {}
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if not set(COLUMNS) <= set(reader.fieldnames or ()):
                raise SourceError(f"{path}: there must be the columns {' '.join(COLUMNS)}")
            for row in reader:
                source, *place, digit = (row[name] for name in COLUMNS)
                if digit not in {*"0123456789", NONE}:
                    raise SourceError(f"{path}, line {reader.line_num}: a digit or {NONE}, not {digit}")
                frame, x1, y1, x2, y2 = map(int, place)
                found[source, frame, x1, y1, x2, y2] = None if digit == NONE else int(digit)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError, TypeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SourceError(f"{path}: {reason}") from error
    return found


def apply(store: Store, corrections: dict[Place, int | None], train: Path | None = None) -> Result:
    """Put corrections into the shards they belong to; what is in them already is left alone.

    Args:
        store: the results.
        corrections: see `read_corrections`.
        train: a folder for `python -m training personalize`, or None.

    Raises:
        OutputError: a shard cannot be written; those before it are.
        OwnDigitsError: the folder cannot be written to.
    """
    result = Result()
    left = dict(corrections)
    with Pictures() as pictures:
        for shard in store.shards():
            rows = read_shard(shard).to_pylist()
            new = [row for row in rows if (place := _place(row)) in left and _differs(row, left[place])]
            for row in rows:
                if (place := _place(row)) in corrections:
                    left.pop(place, None)
            if not new:
                continue
            for row in new:
                row["digit"], row["checked"] = corrections[_place(row)], True
                result.corrected += row["digit"] != row["read"]
            # First the training: killed between the two, the next time adds some digits twice rather than never.
            if train is not None:
                _keep(new, train, pictures, result)
            write_shard(shard, pa.Table.from_pylist(rows, schema=SCHEMA), answered(shard), stamps(shard))
            result.checked += len(new)
    result.failures += [f"{place[0]}: no digit was read at {place[2:]} of page {place[1] + 1}" for place in left]
    return result


def _place(row: Row) -> Place:
    return row["source"], row["frame"], row["x1"], row["y1"], row["x2"], row["y2"]


def _differs(row: Row, digit: int | None) -> bool:
    return not row["checked"] or row["digit"] != digit


def _keep(rows: list[Row], folder: Path, pictures: Pictures, result: Result) -> None:
    """Add digits to a folder of one's own, page by page."""
    by_page = defaultdict(list)
    for row in rows:
        if row["crop"] is not None:
            by_page[row["source"], row["frame"]].append(row)
    for page, digits in by_page.items():
        try:
            picture = pictures(*page)
        except SourceError as error:
            result.failures.append(f"not kept for training: {error}")
            continue
        crops = np.frombuffer(b"".join(row["crop"] for row in digits), np.uint8).reshape(-1, SIDE, SIDE)
        add_digits(
            folder,
            crops.astype(np.float32) / 255,
            [NOT_A_DIGIT if row["digit"] is None else row["digit"] for row in digits],
            read=[row["read"] for row in digits],
            confidence=[row["confidence"] for row in digits],
            frame=picture,
            xyxy=np.array([[row[name] for name in ("x1", "y1", "x2", "y2")] for row in digits], np.int32),
        )
        result.kept += len(digits)

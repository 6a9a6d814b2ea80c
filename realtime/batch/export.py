"""The results in other forms: CSV, JSON lines, and the list of what was set aside."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from math import prod
from operator import itemgetter
from pathlib import Path
from typing import Any

from realtime.batch.atomic_write import atomic_write
from realtime.batch.store import Store, answered, read_shard
from realtime.numbers.number import Number
from realtime.sinks.numbers import COLUMNS as NUMBER_COLUMNS
from realtime.sinks.numbers import row as number_row
from realtime.sinks.records import COLUMNS, csv_lines

Row = dict[str, Any]


def write_csv(store: Store, path: Path, *, raw: bool = False) -> None:
    """One row a digit, with the columns of `python -m realtime --csv`; `raw` as of `realtime.sinks.records.csv_lines`.

    Raises:
        OutputError: if it cannot be written.
    """
    with atomic_write(path) as file:
        file.write(csv_lines([COLUMNS]).encode())
        for table in store.tables():
            rows = (row for row in table.to_pylist() if row["digit"] is not None)
            cells = ([_short(row[name]) for name in COLUMNS] for row in rows)
            file.write(csv_lines(cells, raw=raw).encode())


def write_numbers(store: Store, path: Path, *, raw: bool = False) -> None:
    """One row a number, with the columns of `python -m realtime --numbers`; of videos those of every frame.

    Raises:
        OutputError: if it cannot be written.
    """
    with atomic_write(path) as file:
        file.write(csv_lines([NUMBER_COLUMNS]).encode())
        for table in store.tables():
            digits = (row for row in table.to_pylist() if row["digit"] is not None)
            frames = groupby(digits, lambda row: (row["source"], row["page"], row["frame"], row["time"]))
            for place, rows in frames:
                cells = (number_row(*place, number) for number in _numbers(list(rows)))
                file.write(csv_lines(cells, raw=raw).encode())


def write_jsonl(store: Store, path: Path) -> None:
    """One object a page or frame with digits, as of `python -m realtime --json`; one each for the other files.

    Raises:
        OutputError: if it cannot be written.
    """
    with atomic_write(path) as file:
        for shard in store.shards():
            for record in _records(shard):
                file.write(json.dumps(record).encode() + b"\n")


def write_failures(failures: Sequence[str], path: Path) -> None:
    """One line for each input that was set aside; no file where there is none.

    Raises:
        OutputError: if it cannot be written.
    """
    if not failures:
        path.unlink(missing_ok=True)
        return
    with atomic_write(path) as file:
        file.write("".join(f"{line}\n" for line in failures).encode("utf-8", "backslashreplace"))


def _records(shard: Path) -> Iterator[Row]:
    seen = set()
    place = itemgetter("source", "frame", "page")
    for (source, frame, page), group in groupby(read_shard(shard).to_pylist(), place):
        rows = [row for row in group if row["digit"] is not None]
        seen.add(source)
        yield {
            "source": source,
            "frame": frame,
            **({} if page is None else {"page": page}),
            "time": round(rows[0]["time"], 3) if rows else None,
            "lines": _lines(rows),
            "numbers": [number.record() for number in _numbers(rows)],
            "digits": [
                {
                    "digit": row["digit"],
                    "confidence": round(row["confidence"], 3),
                    "xyxy": [row[name] for name in ("x1", "y1", "x2", "y2")],
                    "line": row["line"],
                    "number": row["number"],
                }
                for row in rows
            ],
        }
    for key, error in answered(shard).items():
        if error is not None:
            yield {"source": key, "lines": [], "digits": [], "error": error}
        elif key not in seen and key.rpartition("#")[0] not in seen:  # of a part the file's own name is seen
            yield {"source": key, "lines": [], "digits": []}


def _lines(rows: list[Row]) -> list[str]:
    """The text of each line, a space between two numbers."""
    lines = []
    for _, line in groupby(rows, lambda row: row["line"]):
        numbers = groupby(line, lambda row: row["number"])
        lines.append(" ".join("".join(str(row["digit"]) for row in number) for _, number in numbers))
    return lines


def _numbers(rows: list[Row]) -> list[Number]:
    """The numbers of one frame, rows in reading order."""
    found = []
    for (line, number), group in groupby(rows, lambda row: (row["line"], row["number"])):
        digits = list(group)
        sure = digits[0]["sure"]
        x1, y1 = (min(row[name] for row in digits) for name in ("x1", "y1"))
        x2, y2 = (max(row[name] for row in digits) for name in ("x2", "y2"))
        confidence = prod(row["confidence"] for row in digits) if sure is None else sure
        text = "".join(str(row["digit"]) for row in digits)
        found.append(Number(line, number, text, confidence, (x1, y1, x2, y2), digits[0]["fits"]))
    return found


def _short(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value

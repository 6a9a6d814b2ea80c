"""What was read, written down: JSON lines and CSV. Annotated videos and pictures come from `realtime.sinks.video`."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO, Self

from realtime.boxes import turned_back
from realtime.numbers.number import numbers_of
from realtime.sinks.paths import OutputError, identities, prepare
from realtime.sinks.video import SaveSink, save_picture
from realtime.sources.frame import Frame

if TYPE_CHECKING:
    from realtime.detections import Detections
    from realtime.layout.arrange import Layout
    from realtime.tracking.stable_text import Reading

__all__ = ["COLUMNS", "CsvSink", "JsonSink", "OutputError", "SaveSink", "discard_stdout", "record", "save_picture"]

COLUMNS = "source frame line number digit confidence x1 y1 x2 y2 page".split()
"""Columns of the CSV file; only photos and pages have a page, from 1."""


def record(
    frame: Frame, detections: Detections, layout: Layout, reading: Reading | None = None, read: int | None = None
) -> dict[str, Any]:
    """One line of the JSON output: what was read in `frame`, digits and numbers in reading order.

    Args:
        frame: where a photo was turned to be read, boxes and size are still those of the photo as it was given, and
            the key `turned` tells the quarters.
        detections: the digits.
        layout: their lines and numbers.
        reading: the reading that this frame finished; without one the record has no such key.
        read: index of the frame that was read last, where not every one is; else the record has no such key.
    """
    height, width = frame.image.shape[:2]
    xyxy = turned_back(detections.xyxy, (width, height), frame.turned)
    digits = [
        {
            "digit": int(detections.digit[i]),
            "confidence": round(float(detections.confidence[i]), 3),
            "xyxy": [int(x) for x in xyxy[i]],
            "line": int(layout.line[i]),
            "number": int(layout.number[i]),
            "track": int(detections.track[i]) if detections.track[i] >= 0 else None,
        }
        for i in layout.order
    ]
    result = {
        "source": frame.source,
        "frame": frame.index,
        **({} if frame.page is None else {"page": frame.page}),
        "time": round(frame.time, 3),
        "size": [height, width] if frame.turned % 2 else [width, height],
        "lines": layout.lines,
        "digits": digits,
        "numbers": [number.record() for number in numbers_of(replace(detections, xyxy=xyxy), layout)],
    }
    if frame.turned:
        result["turned"] = frame.turned
    if read is not None:
        result["read"] = read
    return result if reading is None else {**result, "reading": reading.lines}


class JsonSink:
    """JSON lines: one object a frame, each on the disk or in the pipe when `write` returns.

    Args:
        path: the file, made anew; `-` = standard output.
        inputs: files that must not be overwritten.

    Raises:
        OutputError: if it cannot be written, now or later.
        BrokenPipeError: from `write`, when nobody reads standard output any more.
    """

    def __init__(self, path: str, inputs: Sequence[str] = ()) -> None:
        self._lines = _Lines(path, inputs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, record: dict[str, Any]) -> None:
        """Append one record as a line."""
        self._lines.write(json.dumps(record) + "\n")

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so is carried out by a spreadsheet


def csv_lines(rows: Iterable[Sequence[object]], *, raw: bool = False) -> str:
    """Rows as lines of CSV.

    Args:
        rows: of any length.
        raw: writes texts as they are. Else an apostrophe stands before what a spreadsheet would take for a formula,
            which the name of a file may be.
    """
    lines = _UnixLines()
    csv.writer(lines).writerows(rows if raw else ([_harmless(cell) for cell in row] for row in rows))
    return "".join(lines)


class _UnixLines(list[str]):
    """Takes the rows of a CSV writer: asked for lines without a carriage return, that would quote none in a name."""

    def write(self, row: str) -> None:
        self.append(row.removesuffix("\r\n") + "\n")


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


class CsvSink:
    """One row a digit, with the columns `COLUMNS`; like `JsonSink` in all else.

    Args:
        raw: as of `csv_lines`.
        columns: the first row.
    """

    def __init__(
        self, path: str, inputs: Sequence[str] = (), *, raw: bool = False, columns: Sequence[str] = COLUMNS
    ) -> None:
        self._lines, self._raw = _Lines(path, inputs), raw
        try:
            self.append([columns])
        except OutputError:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, record: dict[str, Any]) -> None:
        """Append the digits of one record."""
        page = record.get("page")
        self.append(
            [record["source"], record["frame"], d["line"], d["number"], d["digit"], d["confidence"], *d["xyxy"], page]
            for d in record["digits"]
        )

    def append(self, rows: Iterable[Sequence[object]]) -> None:
        """Append rows."""
        self._lines.write(csv_lines(rows, raw=self._raw))

    def close(self) -> None:
        """Close the file."""
        self._lines.close()


class _Lines:
    """Whole lines to a file or to standard output; a full disk leaves no half line behind."""

    def __init__(self, path: str, inputs: Sequence[str]) -> None:
        self._name = "standard output" if path == "-" else path
        self._end = 0
        self._file: io.FileIO | None = None
        if path != "-":
            prepare(path, identities(inputs))
            self._file = io.FileIO(path, "w")

    def write(self, text: str) -> None:
        data = text.encode("utf-8", "surrogateescape")
        try:
            if self._file is None:
                sys.stdout.flush()  # what was printed before
                _write_all(sys.stdout.buffer, data)
            else:
                _write_all(self._file, data)
        except OSError as error:
            self._tidy()
            if isinstance(error, BrokenPipeError):
                raise
            raise OutputError(f"{self._name}: {error.strerror}") from error
        self._end += len(data)

    def _tidy(self) -> None:
        if self._file is None:
            discard_stdout()
        else:
            with suppress(OSError):
                self._file.truncate(self._end)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _write_all(file: BinaryIO | io.FileIO, data: bytes) -> None:
    # Under python -u, and in a file without a buffer, a signal can end a write half-way, without an error.
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]
    file.flush()


def discard_stdout() -> None:
    """Let what is still to be printed go nowhere, once nobody reads it; else Python complains of it when it ends."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)

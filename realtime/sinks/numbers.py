"""Numbers as CSV: one row a number."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Self

from realtime.numbers.number import Number
from realtime.sinks.records import CsvSink

if TYPE_CHECKING:
    from realtime.live.result import FrameResult

COLUMNS = "source page frame time line number text confidence fits x1 y1 x2 y2".split()
"""Columns of the CSV file. A still has a page, from 1; a video a frame, from 0, and seconds from its start. `fits` is
empty where no form is expected."""


def row(source: str, page: int | None, frame: int, time: float, number: Number) -> list[object]:
    """A number with the columns `COLUMNS`; `page` is None in a video."""
    place = [None, frame, round(time, 3)] if page is None else [page, None, None]
    fits = None if number.fits is None else int(number.fits)
    told = [number.line, number.number, number.text, round(number.confidence, 3), fits]
    return [source, *place, *told, *number.xyxy]


class NumbersSink(AbstractContextManager["NumbersSink"]):
    """The numbers of every photo and page; of a video and a camera those on show whenever a reading is finished.

    Args:
        path: the file, made anew; `-` = standard output.
        inputs: files that must not be overwritten.
        raw: as of `realtime.output.csv_lines`.

    Raises:
        OutputError: if it cannot be written, now or later.
        BrokenPipeError: from `write`, when nobody reads standard output any more.
    """

    def __init__(self, path: str, inputs: Sequence[str] = (), *, raw: bool = False) -> None:
        self._sink = CsvSink(path, inputs, raw=raw, columns=COLUMNS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sink.close()

    def write(self, result: FrameResult) -> None:
        """Append the numbers of one frame."""
        if result.trace is None or (not result.frame.still and result.reading is None):
            return
        read = result.as_read  # the very frame whose digits finished the reading
        frame = read.frame
        self._sink.append(row(frame.source, frame.page, frame.index, frame.time, number) for number in read.numbers)

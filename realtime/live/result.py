"""FrameResult: one frame and all that was made of it; what the window, the sinks and the terminal are given."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from realtime.boxes import turned_back
from realtime.detections import Detections
from realtime.drawing.annotate import annotate
from realtime.drawing.marks import put_typed
from realtime.drawing.panels import put_note
from realtime.drawing.primitives import ORANGE
from realtime.drawing.reading import beside
from realtime.layout.arrange import Layout, arrange
from realtime.numbers.number import Number, numbers_of
from realtime.recognition.trace import Trace
from realtime.sinks.records import record
from realtime.sources.frame import Frame
from realtime.tracking.stable_text import Reading

_KEPT = 3.0
"""Seconds for which a reading still stands in the picture when its sheet is gone."""


@dataclass(frozen=True, eq=False)
class Edited:
    """A number that the user typed as text: nobody knows which of its digits stands where.

    Attributes:
        line, number: its place, as of `Layout`.
        text: its digits, "" where there is no number.
        xyxy: `(4,) int32`, the box around it in pixels of the picture.
    """

    line: int
    number: int
    text: str
    xyxy: np.ndarray


@dataclass(frozen=True, eq=False)
class FrameResult:
    """One frame and what was read in it.

    Attributes:
        frame: the picture.
        trace: what the recogniser saw in it, or in `read`; None where nothing has been read yet, or where the frame
            has a note instead of a new picture.
        detections: the digits, boxes within the picture; on a video those that the tracker holds.
        layout: their lines and numbers.
        reading: the reading that this frame finished, or None.
        caption: the lines to write large.
        settled: whether `caption` is a finished reading.
        milliseconds: wall time of each stage.
        read: the frame that was read last, where not every one is: its digits were propagated to this one.
        edited: numbers whose text the user typed; `detections` has none of their digits.
    """

    frame: Frame
    trace: Trace | None
    detections: Detections
    layout: Layout
    reading: Reading | None = None
    caption: list[str] = field(default_factory=list)
    settled: bool = True
    milliseconds: dict[str, float] = field(default_factory=dict)
    read: FrameResult | None = None
    edited: tuple[Edited, ...] = ()

    @property
    def as_read(self) -> FrameResult:
        """The very frame that `trace` is of, and its digits."""
        return self if self.read is None else replace(self.read, caption=self.caption, settled=self.settled)

    @property
    def record(self) -> dict[str, Any]:
        """One line of the JSON output; see `realtime.sinks.records.record`."""
        read = None if self.read is None else self.read.frame.index
        told = record(self.frame, self.detections, self.layout, self.reading, read)
        if self.edited:
            size = self.frame.image.shape[1], self.frame.image.shape[0]
            boxes = turned_back(np.stack([each.xyxy for each in self.edited]), size, self.frame.turned).tolist()
            typed = [
                {"text": each.text, "confidence": 1.0, "xyxy": box, "line": each.line, "number": each.number}
                | {"corrected": True}
                for each, box in zip(self.edited, boxes, strict=True)
                if each.text
            ]
            told["numbers"] = sorted(told["numbers"] + typed, key=lambda number: (number["line"], number["number"]))
        return told

    @property
    def numbers(self) -> list[Number]:
        """The numbers in reading order, boxes in pixels of the picture as it lies in its file."""
        return numbers_of(replace(self.detections, xyxy=self.boxes), self.layout)

    @property
    def boxes(self) -> np.ndarray:
        """`(n, 4)` boxes of the digits, xyxy in pixels of the picture as it lies in its file, before it was turned."""
        height, width = self.frame.image.shape[:2]
        return turned_back(self.detections.xyxy, (width, height), self.frame.turned)

    @classmethod
    def unread(cls, frame: Frame) -> FrameResult:
        """A frame that cannot be read: its note says why."""
        digits = Detections.empty()
        return cls(frame, None, digits, arrange(digits))

    def annotated(self, *, numbers: bool = False) -> np.ndarray:
        """The frame with all that was read drawn on it, `(H, W, 3) uint8` BGR; see `annotate`."""
        return self._drawn(self.caption, numbers)

    def saved(self, *, numbers: bool = False) -> np.ndarray:
        """The annotated frame as it is saved, the reading beside it: see `realtime.drawing.reading.beside`."""
        return beside(self._drawn([], numbers), self.caption, self.settled)

    def _drawn(self, caption: list[str], numbers: bool) -> np.ndarray:
        picture = annotate(
            self.frame.image,
            self.detections,
            self.layout,
            caption=caption,
            settled=self.settled,
            numbers=numbers,
        )
        for each in self.edited:
            put_typed(picture, each.xyxy.tolist())
        if self.frame.note:
            put_note(picture, self.frame.note, ORANGE)
        return picture


class Caption:
    """Chooses the lines to write large: what stands on the sheet, and the last reading for a while after it is gone."""

    def __init__(self) -> None:
        self._reading: list[str] = []
        self._until = -np.inf

    def __call__(self, lines: list[str], reading: Reading | None, time: float) -> tuple[list[str], bool]:
        """The lines and whether they are settled, at `time` in seconds."""
        if reading is not None:
            self._reading = reading.lines
        if lines:
            if lines != self._reading:
                return lines, False
            self._until = time + _KEPT
        return (self._reading, True) if time <= self._until else ([], True)

"""Where the findings go, the window apart: files, the terminal, the clipboard."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from realtime.live.result import FrameResult
from realtime.numbers.form import Form
from realtime.numbers.number import marked
from realtime.sinks.clipboard import Clipboard, ClipboardError
from realtime.sinks.console import Console
from realtime.sinks.delivery import Delivery
from realtime.sinks.numbers import NumbersSink
from realtime.sinks.pdf import PDF, PdfSink
from realtime.sinks.records import CsvSink, JsonSink, SaveSink
from realtime.system.interrupt import Interrupts


class Outputs:
    """Called with each frame's findings; a context manager that finishes the files.

    Args:
        console: the terminal.
        interrupts: what must not cut a line or a video in two.
        json: file for JSON lines; `-` = standard output.
        csv: file for one row a digit.
        numbers: file for one row a number; `-` = standard output.
        raw_csv: texts that a spreadsheet would take for formulas are written as they are.
        save: annotated video, picture, or folder of them; or a searchable PDF.
        clipboard: takes each reading.
        deliveries: take each reading to other programs.
        printing: whether each reading is printed as a line.
        many: whether several files are read: a printed line then begins with its file's name, and the page.
        inputs: the files that are read, never to be overwritten.
        live: whether a camera or stream is read.
        form: what every number looks like: in a printed line a question mark follows those that do not.

    Raises:
        OutputError: if something cannot be written.
        BrokenPipeError: if nobody reads standard output any more.
    """

    def __init__(
        self,
        console: Console,
        interrupts: Interrupts,
        *,
        json: str | None = None,
        csv: str | None = None,
        numbers: str | None = None,
        raw_csv: bool = False,
        save: str | None = None,
        clipboard: Clipboard | None = None,
        deliveries: Sequence[Delivery] = (),
        printing: bool = False,
        sound: bool = False,
        many: bool = False,
        inputs: Sequence[str] = (),
        live: bool = False,
        form: Form | None = None,
    ) -> None:
        self._form = form
        self._console = console
        self._interrupts = interrupts
        self._clipboard = clipboard
        self._deliveries = deliveries
        self._printing, self._sound = printing, sound
        self._many = many
        self._noted = False
        self._uncopied = False
        self._start, self._frames = time.perf_counter(), 0
        self._stages: dict[str, float] = {}
        self._records: list[JsonSink | CsvSink] = []
        self._numbers: NumbersSink | None = None
        self._save: SaveSink | None = None
        self._pdf: PdfSink | None = None
        with ExitStack() as stack:
            if json is not None:
                self._records.append(stack.enter_context(JsonSink(json, inputs)))
            if csv is not None:
                self._records.append(stack.enter_context(CsvSink(csv, inputs, raw=raw_csv)))
            if numbers is not None:
                self._numbers = stack.enter_context(NumbersSink(numbers, inputs, raw=raw_csv))
            if save is not None and Path(save).suffix.lower() == PDF:
                self._pdf = stack.enter_context(PdfSink(save, inputs, live=live))
            elif save is not None:
                self._save = SaveSink(save, many=many, inputs=inputs, on_warning=console.info)
                stack.enter_context(self._save)
            for delivery in deliveries:
                stack.enter_context(delivery)
            self._open = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._open.__exit__(*error)  # type: ignore[arg-type]

    def __call__(self, result: FrameResult) -> None:
        """Write what was read in one frame."""
        with self._interrupts.held():
            if self._records and result.trace is not None:
                record = result.record
                for sink in self._records:
                    sink.write(record)
            if self._numbers is not None:
                self._numbers.write(result)
            if self._save is not None:
                self._save.write(result.frame, result.saved())
            if self._pdf is not None:
                self._pdf.write(result)
        if result.reading is not None:
            if self._sound and sys.stderr.isatty():
                print("\a", end="", file=sys.stderr, flush=True)
            if self._printing:
                name = f"{result.frame.name}: " if self._many else ""
                self._console.data(name + " / ".join(marked(line, self._form) for line in result.reading.lines))
            for delivery in self._deliveries:
                delivery.put(result.record)
            if self._clipboard is not None:
                self._copy("\n".join(result.reading.lines))
        elif self._printing and result.frame.still:
            self._console.info(f"{result.frame.name}: no digits")
        if result.frame.note is not None and not self._noted:
            self._console.info(result.frame.note)
        self._noted = result.frame.note is not None
        self._frames += result.trace is not None
        for name, milliseconds in result.milliseconds.items():
            self._stages[name] = self._stages.get(name, 0.0) + milliseconds
        self._console.step()

    def _copy(self, text: str) -> None:
        assert self._clipboard is not None
        try:
            self._clipboard.copy(text)
        except ClipboardError as error:  # no reason to stop reading
            self._console.error(str(error))
            self._uncopied = True

    @property
    def failed(self) -> bool:
        """Whether a reading could not be copied, or was not taken elsewhere; the rest goes on."""
        return self._uncopied or any(delivery.lost for delivery in self._deliveries)

    @property
    def saved(self) -> list[str]:
        """The pictures, videos and documents written so far."""
        sink = self._save or self._pdf
        return sink.saved if sink is not None else []

    def summary(self) -> str:
        """Frames, their rate, and what each stage took on average."""
        rate = self._frames / (time.perf_counter() - self._start)
        stages = ", ".join(f"{name} {total / self._frames:.1f}" for name, total in self._stages.items())
        return f"{self._frames} frames, {rate:.1f} a second; milliseconds a frame: {stages or 'none'}"

"""A searchable PDF: the pages as they were scanned, and over them, invisible, the numbers that were read."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from realtime.numbers.number import numbers_of
from realtime.sinks.paths import OutputError, identities, make_folder, reason_of, refuse_input
from realtime.sinks.pdf_pages import KEPT, Pages, is_pdf
from realtime.sinks.pdf_text import TextLayer
from realtime.sources.files import is_still

if TYPE_CHECKING:
    from realtime.live.result import FrameResult

PDF = ".pdf"
"""The ending of what is written here."""


class PdfSink:
    """One PDF of all photos and pages that are read; it is written when it is closed, whole or not at all.

    Pages of a PDF and photos that are JPEG files stay as they are, all else becomes JPEG. Until the end pictures are
    kept in a file without a name: memory does not grow with their number.

    Args:
        path: the file, replaced at the end.
        inputs: the files that are read. None may be overwritten, and each must be a photo or a document.
        live: whether a camera or stream is read, which is refused.

    Attributes:
        saved: `path`, once it is written; where no page was read, it is not.

    Raises:
        OutputError: if it cannot be written, now or later.
    """

    def __init__(self, path: str, inputs: Sequence[str] = (), *, live: bool = False) -> None:
        self.path = path
        self.saved: list[str] = []
        moving = next((name for name in inputs if not is_still(name)), "a camera or stream" if live else None)
        if moving is not None:
            raise self._refusal(moving)
        try:
            import pypdfium2 as pdfium  # the light install does without
        except ImportError as error:
            raise OutputError(f"{path}: to save a PDF pypdfium2 is needed: pip install pypdfium2") from error
        refuse_input(path, identities(inputs))
        folder = os.path.dirname(path) or "."
        make_folder(folder)
        self._failure = pdfium.PdfiumError
        with ExitStack() as stack:
            try:
                pictures = stack.enter_context(tempfile.TemporaryFile(dir=folder))
            except OSError as error:
                raise OutputError(f"{path}: {reason_of(error)}") from error
            # Of one document the pages need not be copied, and its bookmarks stay.
            base = inputs[0] if inputs and is_pdf(inputs[0]) and os.path.getsize(inputs[0]) <= KEPT else None
            try:
                self._document = pdfium.PdfDocument.new() if base is None else pdfium.PdfDocument(base)
            except pdfium.PdfiumError:  # why, is said where it is read
                base, self._document = None, pdfium.PdfDocument.new()
            stack.callback(self._document.close)
            self._text = stack.enter_context(TextLayer(self._document))
            self._pages, self._count = Pages(self._document, base, pictures, inputs), 0
            self._open = stack.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, result: FrameResult) -> None:
        """Add a photo or page, with the numbers that were read in it."""
        frame = result.frame
        if not frame.still:
            raise self._refusal(frame.source)
        refuse_input(self.path, identities([frame.source]))
        height, width = frame.image.shape[:2]
        try:
            with closing(self._pages.add(frame)) as page:
                self._text.add(page, numbers_of(result.detections, result.layout), (width, height), frame.turned)
                page.gen_content()
        except OSError as error:
            raise OutputError(f"{self.path}: {reason_of(error)}") from error
        except self._failure as error:
            raise OutputError(f"{self.path}: page {frame.index + 1} of {frame.source} cannot be added") from error
        self._count += 1

    def close(self) -> None:
        """Write the file, if there is a page."""
        with self._open:
            if not self._count:
                return
            self._count = 0
            self._pages.drop_unread()
            part = Path(f"{self.path}.part")
            try:
                try:
                    self._save(part)
                    part.replace(self.path)
                finally:
                    part.unlink(missing_ok=True)
            except (OSError, self._failure) as error:
                raise OutputError(f"{self.path}: {reason_of(error)}") from error
            self.saved.append(self.path)

    def _refusal(self, source: str) -> OutputError:
        return OutputError(f"{self.path}: a PDF holds photos and documents, not {source}")

    def _save(self, path: Path) -> None:
        with path.open("wb") as file:
            whole = _Whole(file)
            self._document.save(whole)
            if whole.error is not None:
                raise whole.error


class _Whole:
    """A file to write into for a caller that cannot take an exception; `error` is the first."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.error: OSError | None = None

    def write(self, data: Any) -> int:
        if self.error is None:
            try:
                self._file.write(data)
            except OSError as error:
                self.error = error
        return len(data)

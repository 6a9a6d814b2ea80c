"""Reader: sheets and videos read in three lines of Python."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.live.worker import make_recognizer
from realtime.numbers.form import Form, parse_form
from realtime.numbers.number import Number
from realtime.recognition.recognizer import MIN_CONFIDENCE
from realtime.sources.file_bytes import File
from realtime.sources.frame import Frame, SourceError, to_bgr
from realtime.sources.open import open_source
from realtime.sources.region import Region, parse_region
from realtime.sources.stills import frames_of, open_stills


@dataclass(frozen=True, eq=False)
class Page:
    """What was read of a picture, or of a page of a document.

    Attributes:
        result: the frame, its digits and their layout.
    """

    result: FrameResult

    @cached_property
    def numbers(self) -> list[Number]:
        """The numbers in reading order, boxes in pixels of the page as it lies in its file."""
        return self.result.numbers

    @property
    def lines(self) -> list[str]:
        """The text of each line, numbers apart by a space."""
        return self.result.layout.lines


@dataclass(frozen=True, eq=False)
class Sheet:
    """What was read of a file.

    Attributes:
        pages: one of a photo, several of a document.
        damage: what is missing of the file, in one line; None where it is whole.
    """

    pages: list[Page]
    damage: str | None = None

    @property
    def numbers(self) -> list[Number]:
        """The numbers of all pages."""
        return [number for page in self.pages for number in page.numbers]

    @property
    def lines(self) -> list[str]:
        """The lines of all pages."""
        return [line for page in self.pages for line in page.lines]


class Reader:
    """Reads sheets, and the frames of videos and cameras.

    Example:
        >>> from realtime import Reader
        >>> [number.text for number in Reader().read("sheet.jpg").numbers]
        ['0522', '1859', '7']

    Args:
        model: another network for digits, a `.tflite` file.
        min_confidence: 0 to 1; below it a glyph is no digit.
        expect: what every number looks like, as `--expect` takes it: `"6"`, `"luhn:16"`.
        region: the part of each picture that is read, as `--region` takes it: `"10%,20%,50%,30%"`.
        decimal: whether decimal points and commas of photos and documents are kept, where no form is expected.

    Raises:
        ModelError: the model cannot be loaded.
        FormError: there is no such form.
        RegionError: there is no such region.
    """

    def __init__(
        self,
        *,
        model: str | None = None,
        min_confidence: float = MIN_CONFIDENCE,
        expect: str | Form | None = None,
        region: str | Region | None = None,
        decimal: bool = False,
    ) -> None:
        self._decimal = decimal
        self._form = parse_form(expect) if isinstance(expect, str) else expect
        self._region = parse_region(region) if isinstance(region, str) else region
        self._recognizer = make_recognizer(model, min_confidence, self._form)

    def read(self, picture: str | os.PathLike[str] | bytes | NDArray[np.uint8]) -> Sheet:
        """Read a photo or a document.

        Args:
            picture: a path; the contents of a file; or a picture, `(H, W, 3) uint8` BGR, or another
                that `realtime.sources.frame.to_bgr` takes.

        Raises:
            SourceError: if it cannot be read; of a video, `frames` reads them.
        """
        pipeline = self._pipeline()
        if isinstance(picture, np.ndarray):
            image: np.ndarray = to_bgr(picture)
            return Sheet([Page(pipeline(Frame(image, "picture", 0, 0.0, still=True)))])
        file = File("picture", picture) if isinstance(picture, bytes) else File(os.fspath(picture))
        stills = open_stills(file)
        if stills is None:
            raise SourceError(f"{file.name}: not a photo or a document that can be read; `frames` reads videos")
        damage: list[str] = []
        pages = [Page(pipeline(frame)) for frame in frames_of(stills, file.name, damage.append)]
        return Sheet(pages, damage[0] if damage else None)

    def frames(self, source: str | int) -> Iterator[FrameResult]:
        """Read every frame of a video, a camera or whatever `open_source` opens, one after the other.

        A result has `reading`, the lines of a sheet, in the frame in which they have settled, and `layout.lines`.

        Raises:
            SourceError: if it cannot be read.
        """
        pipeline = self._pipeline()
        with open_source(source) as frames:
            for frame in frames:
                yield pipeline(frame)

    def _pipeline(self) -> EveryFrame:
        return EveryFrame(self._recognizer, form=self._form, region=self._region, decimal=self._decimal)

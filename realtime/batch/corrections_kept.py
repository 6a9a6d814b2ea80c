"""Digits of one page that a person is certain of, kept for training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realtime.batch.corrected_page import Row
from realtime.batch.recognizers import make_pipeline
from realtime.boxes import turned_back
from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE
from realtime.live.boxed_glyph import cut_out
from realtime.live.result import FrameResult
from realtime.recognition.recognizer import glyph_of
from realtime.sinks.own_digits import add_digits
from realtime.sources.frame import Frame

_ALIKE = 0.5  # share of the digits of a page that are found again where it is read as it was

Glyph = tuple[np.ndarray, np.ndarray]
"""A crop `(28, 28) float32`, ink 1, and the box `(4,)` of its ink in pixels of the picture as it lies in its file."""


def keep(known: Sequence[Row], page: Sequence[Row], folder: Path, picture: NDArray[np.uint8]) -> tuple[int, list[str]]:
    """Add digits to a folder of one's own.

    What the network saw of an unsure digit is in the results. For others the picture is read once more.

    Args:
        known: rows of which it is certain what the ink in their box is.
        page: all rows of the page.
        folder: for `python -m training personalize`.
        picture: `(H, W, 3) uint8` BGR, as it lies in its file.

    Returns:
        How many were added, and one line for each that could not be.

    Raises:
        OwnDigitsError: the folder cannot be written to.
        ModelError: a network is missing.
    """
    again = None if all(row["crop"] is not None for row in known) else _ReadAgain(page, picture)
    rows, glyphs, failures = [], [], []
    mine = {id(row) for row in known}
    for row in (row for row in page if id(row) in mine):
        glyph = _of_results(row) if again is None or row["crop"] is not None else again.glyph(row)
        if glyph is None:
            failures.append(f"{row['source']}: {_box(row).tolist()} of page {row['frame'] + 1} is seen otherwise now")
        else:
            rows.append(row)
            glyphs.append(glyph)
    if rows:
        add_digits(
            folder,
            np.stack([crop for crop, _ in glyphs]),
            [NOT_A_DIGIT if row["digit"] is None else row["digit"] for row in rows],
            read=[NOT_A_DIGIT if row["read"] is None else row["read"] for row in rows],
            confidence=[0.0 if row["read"] is None else row["confidence"] for row in rows],
            frame=picture,
            xyxy=np.stack([box for _, box in glyphs]),
        )
    return len(rows), failures


def _of_results(row: Row) -> Glyph:
    return np.frombuffer(row["crop"], np.uint8).reshape(SIDE, SIDE).astype(np.float32) / 255, _box(row)


class _ReadAgain:
    """A page that is read once more, and the glyphs of what was read or boxed in it."""

    def __init__(self, page: Sequence[Row], picture: NDArray[np.uint8]) -> None:
        frame = Frame(picture, page[0]["source"], page[0]["frame"], 0.0, still=True)
        self._result: FrameResult = make_pipeline(None)(frame)
        self._found = {tuple(box): i for i, box in enumerate(self._result.boxes.tolist())}
        read = [row for row in page if row["read"] is not None]
        # Read otherwise, it may lie on another side, and so would what is cut out.
        same = sum(tuple(_box(row).tolist()) in self._found for row in read)
        self._alike = same > 0 and same >= _ALIKE * len(read)

    def glyph(self, row: Row) -> Glyph | None:
        """What is in the box of a row; None where that cannot be told."""
        trace, turned, box = self._result.trace, self._result.frame.turned, _box(row)
        if not self._alike or trace is None:
            return None
        if row["read"] is not None:
            i = self._found.get(tuple(box.tolist()))
            return None if i is None else (trace.crops[glyph_of(trace, i)], box)
        height, width = self._result.frame.image.shape[:2]
        size = (height, width) if turned % 2 else (width, height)
        upright = turned_back(box[None], size, -turned % 4)
        (glyph,) = cut_out(self._result.frame.image, trace.ink, upright)
        return None if glyph is None else (glyph.crop, turned_back(glyph.xyxy[None], (width, height), turned)[0])


def _box(row: Row) -> np.ndarray:
    return np.array([row[name] for name in ("x1", "y1", "x2", "y2")], np.int32)

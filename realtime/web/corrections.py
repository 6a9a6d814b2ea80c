"""Glyphs that somebody put right on the page, kept in a folder of the user's: see `realtime.own_digits`."""

from __future__ import annotations

import re
import shutil
import threading
from pathlib import Path

from realtime.correction import add_glyphs
from realtime.detections import NOT_A_DIGIT
from realtime.own_digits import NONE, OwnDigitsError
from realtime.recognizer import Recognizing
from realtime.web import limits
from realtime.web.photo import recognize_photo
from realtime.web.seeing import in_order

_LABELS = re.compile(rf"\d{{1,4}}:[\d{NONE}](,\d{{1,4}}:[\d{NONE}])*", re.ASCII)


class Corrections:
    """Adds to one folder, from many threads.

    Args:
        folder: exists, and can be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # new files are named after those that are there

    def keep(self, recognizer: Recognizing, data: bytes, turn: bool, labels: dict[int, int]) -> int:
        """Read a photo once more, which gives the same again, and keep the glyphs that are named, with the photo.

        Args:
            recognizer: reads it.
            data: the file.
            turn: as it was read the first time.
            labels: place of each glyph in the order of `realtime.web.seeing.in_order`, and what it is, 0 to 10.

        Returns:
            How many glyphs are kept.

        Raises:
            SourceError: it is no picture, or too large.
            IndexError: it has fewer glyphs.
            OwnDigitsError: the folder cannot be written to, or the disk is nearly full.
        """
        result = recognize_photo(recognizer, data, "picture", turn)
        assert result.trace is not None
        order = in_order(result.trace)
        glyphs = {order[place][0]: label for place, label in labels.items()}
        with self._lock:
            if self._free() < limits.FREE_BYTES:
                raise OwnDigitsError("nothing more is kept: the disk is nearly full")
            add_glyphs(self._folder, result.trace, result.frame.image, glyphs)
        return len(glyphs)

    def _free(self) -> int:
        try:
            return shutil.disk_usage(self._folder).free
        except OSError as error:
            raise OwnDigitsError(f"cannot write to {self._folder}: {error.strerror or error}") from error


def parse_labels(text: str) -> dict[int, int]:
    """`3:5,7:x` as `{3: 5, 7: 10}`: place of a glyph, and what it is.

    Raises:
        ValueError: if it is anything else.
    """
    if not _LABELS.fullmatch(text):
        raise ValueError(f"labels must be as 3:5,7:{NONE}: the place of a glyph, and its digit or {NONE} for none")
    pairs = (pair.split(":") for pair in text.split(","))
    return {int(place): NOT_A_DIGIT if label == NONE else int(label) for place, label in pairs}

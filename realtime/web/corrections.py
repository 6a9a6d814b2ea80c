"""Glyphs that somebody put right on the page, kept in a folder of the user's: see `realtime.sinks.own_digits`."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT
from realtime.live.boxed_glyph import BoxedGlyph, add_glyphs, cut_out
from realtime.live.result import FrameResult
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import NONE, Added, OwnDigitsError, remove_digits
from realtime.web import limits
from realtime.web.seeing import in_order

Boxes = Sequence[tuple[tuple[int, int, int, int], int]]
"""Boxes, xyxy in pixels of the picture as it was read, and what is in each: 0 to 9, or 10 for no digit."""

_LABELS = re.compile(rf"\d{{1,4}}:[\d{NONE}](,\d{{1,4}}:[\d{NONE}])*", re.ASCII)
_BOX = re.compile(rf"(\d{{1,5}}),(\d{{1,5}}),(\d{{1,5}}),(\d{{1,5}}):([\d{NONE}])", re.ASCII)


class CorrectionError(Exception):
    """What was said does not fit the picture; the text is one line that says why."""


class Corrections:
    """Adds to one folder, from many threads.

    Args:
        folder: exists, and can be written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()  # new files are named after those that are there
        self._kept: dict[str, Added] = {}

    def keep(self, result: FrameResult, labels: dict[int, int], boxes: Boxes = ()) -> tuple[int, str]:
        """Keep the glyphs of a photo that are named, with the photo.

        Args:
            result: what was read in it, as the first time.
            labels: place of each glyph in the order of `realtime.web.seeing.in_order`, and what it is, 0 to 10.
            boxes: around glyphs that were missed.

        Returns:
            How many glyphs are kept, and the word that takes them back again.

        Raises:
            CorrectionError: it has fewer glyphs, or a box has no ink or lies beyond it.
            OwnDigitsError: the folder cannot be written to, or the disk is nearly full.
        """
        trace, image = result.trace, result.frame.image
        assert trace is not None
        order = in_order(trace)
        if any(place >= len(order) for place in labels):
            raise CorrectionError("the picture has fewer glyphs")
        glyphs = {order[place][0]: label for place, label in labels.items()}
        boxed = _boxed(image, trace, boxes)
        with self._lock:
            if self._free() < limits.FREE_BYTES:
                raise OwnDigitsError("nothing more is kept: the disk is nearly full")
            added = add_glyphs(self._folder, trace, image, glyphs, boxed)
            word = secrets.token_urlsafe(16)
            self._kept[word] = added
            while len(self._kept) > limits.KEPT:
                self._kept.pop(next(iter(self._kept)))
        return len(added), word

    def take_back(self, word: str) -> int:
        """Remove what was kept; how many glyphs that were.

        Raises:
            KeyError: nothing goes by this word, or no longer.
            OwnDigitsError: the folder cannot be written to; then it can be tried again.
        """
        with self._lock:
            count = remove_digits(self._folder, self._kept[word])
            del self._kept[word]
        return count

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
    return {int(place): _meant(label) for place, label in pairs}


def parse_boxes(text: str) -> list[tuple[tuple[int, int, int, int], int]]:
    """`10,20,40,60:5;70,20,90,60:x` as `[((10, 20, 40, 60), 5), ((70, 20, 90, 60), 10)]`.

    Raises:
        ValueError: if it is anything else, or a box is empty, or there are too many.
    """
    boxes = []
    for part in text.split(";"):
        match = _BOX.fullmatch(part)
        if match is None:
            raise ValueError(
                f"boxes must be as 10,20,40,60:5;70,20,90,60:{NONE}: left, top, right, bottom, and its digit "
                f"or {NONE} for none"
            )
        x1, y1, x2, y2 = map(int, match.groups()[:4])
        if x1 >= x2 or y1 >= y2:
            raise ValueError(f"box {part} is empty: left must be before right, and top above bottom")
        boxes.append(((x1, y1, x2, y2), _meant(match[5])))
    if len(boxes) > limits.BOXES:
        raise ValueError(f"{limits.BOXES} boxes are the most")
    return boxes


def _meant(label: str) -> int:
    return NOT_A_DIGIT if label == NONE else int(label)


def _boxed(image: NDArray[np.uint8], trace: Trace, boxes: Boxes) -> list[tuple[BoxedGlyph, int]]:
    if not boxes:
        return []
    height, width = image.shape[:2]
    xyxy = np.array([box for box, _ in boxes])
    if (xyxy[:, 2] > width).any() or (xyxy[:, 3] > height).any():
        raise CorrectionError(f"a box lies beyond the picture, which is {width}x{height}")
    boxed = []
    for glyph, (box, label) in zip(cut_out(image, trace.ink, xyxy), boxes, strict=True):
        if glyph is None:
            raise CorrectionError("there is no ink in box " + ",".join(map(str, box)))
        boxed.append((glyph, label))
    return boxed

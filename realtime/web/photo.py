"""One uploaded photo -> its record."""

from __future__ import annotations

from typing import Any

import numpy as np

from realtime.frame import Frame, turned
from realtime.layout import arrange
from realtime.output import record
from realtime.recognizer import Recognizing, Trace
from realtime.turn import trace_turned
from realtime.web import limits
from realtime.web.pictures import decode
from realtime.web.seeing import seen


def look(recognizer: Recognizing, data: bytes, name: str, turn: bool) -> tuple[np.ndarray, Trace, int]:
    """A photo as it was read, what was seen in it, and by how many quarters clockwise it was turned.

    Args:
        recognizer: reads it.
        data: the file.
        name: what messages call it.
        turn: whether a sheet that lies on its side is turned first.

    Raises:
        SourceError: if it is no picture, or too large.
    """
    image = decode(data, limits.PHOTO_PIXELS, name)
    found, quarters = trace_turned(recognizer, image) if turn else (recognizer.trace(image), 0)
    return turned(image, quarters), found, quarters


def read_photo(recognizer: Recognizing, data: bytes, name: str, turn: bool, trace: bool) -> dict[str, Any]:
    """The record of one photo; for the arguments and errors see `look`.

    With `trace` it also has `seen`, everything that was seen on the way, in pixels of the photo as it was read.
    """
    image, found, quarters = look(recognizer, data, name, turn)
    frame = Frame(image, name, 0, 0.0, still=True, turned=quarters)
    result = record(frame, found.detections, arrange(found.detections))
    return {**result, "seen": seen(found, image.shape[1::-1])} if trace else result

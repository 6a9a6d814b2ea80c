"""A picture that holds one row alone, such as the amount on a cheque: read whole, where its digits touch."""

from __future__ import annotations

import numpy as np

from realtime.detections import Detections
from realtime.recognition.line_reader import LineReader, LineReading

_STRIP = 2.0  # width over height from which somebody cut a picture out: no camera's is so wide
_LOWEST_FRAME = 120  # pixels: nor is any camera's picture lower than that
_LONG = 1.25  # a picture of one row is at least so many times wider than high
_TALL = 0.22  # and a digit takes at least this share of its height
_LEVEL = 0.6  # and all digits stand within so many heights of one line
_MORE = 0.2  # digits that touch are often read as one, and surely: a row with more digits needs less trust
_ALONE = 0.3  # probability of a row's text from which it counts where nothing else was found


def reread(ink: np.ndarray, scale: float, found: Detections, reader: LineReader) -> LineReading | None:
    """Read a picture as one row, if it may be one.

    Args:
        ink: `(h, w) uint8` of the whole picture, paper 0 and ink bright.
        scale: pixels of `ink` to one of the frame.
        found: the digits that were cut apart and read one by one.
        reader: reads the row.

    Returns:
        What the row says, where that is to be believed more than `found`; its boxes are in pixels of the frame. None
        where it is not, or says the same.
    """
    h, w = ink.shape
    wide = w >= _LONG * h if len(found) else is_strip(w / scale, h / scale)
    if not wide or not one_line(found, h / scale):
        return None
    reading = reader.read(ink)
    order = np.argsort(found.xyxy[:, 0] + found.xyxy[:, 2])
    text = "".join(map(str, found.digit[order]))
    if reading.text == text or max(len(text), len(reading.text)) < 2:
        return None
    more = len(reading.text) > len(text)
    trust = float(np.prod(found.confidence))
    least = _ALONE if not text else _MORE * trust if more else trust
    if reading.confidence <= least:
        return None
    return LineReading(reading.digit, reading.probabilities, reading.xyxy / scale, reading.confidence)


def is_strip(width: float, height: float) -> bool:
    """Whether somebody cut a picture of this size in pixels out of a larger one, around one row of writing."""
    return width >= _STRIP * height or (height < _LOWEST_FRAME and width >= _LONG * height)


def one_line(found: Detections, height: float) -> bool:
    """Whether these digits stand in one line that takes up much of a picture of this height; so do none at all."""
    if not len(found):
        return True
    heights = found.xyxy[:, 3] - found.xyxy[:, 1]
    middles = (found.xyxy[:, 1] + found.xyxy[:, 3]) / 2
    usual = float(np.median(heights))
    return usual >= _TALL * height and bool((np.abs(middles - np.median(middles)) <= _LEVEL * usual).all())

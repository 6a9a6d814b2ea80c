"""A picture that holds one row alone, such as the amount on a cheque: read whole, where its digits touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.numbers.form import Form
from realtime.numbers.search import likeliest, separate
from realtime.recognition.line_reader import Expected, LineReader, LineReading


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        strip: Width over height from which a picture was cut out by somebody: no camera's is so wide.
        lowest_frame: Pixels of height below which a picture was cut out: no camera's is so low.
        long: Width over height of a picture of one row, at least.
        tall: Share of the picture's height that a digit takes, at least.
        level: Heights within which all digits stand of one line.
        more: Trust that a row needs less for each digit that it has more: touching digits are often read as
            one, and surely.
        of_form: Probability from which a row is believed whose text is of the expected form.
        of_form_alone: Probability from which such a row is believed where nothing else was found.
        texts: Texts of that form that are weighed against the row.
        alone: Probability of a row's text from which it counts where nothing else was found.
    """

    strip: float = 2.0
    lowest_frame: int = 120
    long: float = 1.25
    tall: float = 0.22
    level: float = 0.6
    more: float = 0.2
    of_form: float = 0.03
    of_form_alone: float = 0.2
    texts: int = 8
    alone: float = 0.3


LIMITS = Limits()


def reread(
    ink: NDArray[np.uint8], scale: float, found: Detections, reader: LineReader, form: Form | None = None
) -> LineReading | None:
    """Read a picture as one row, if it may be one.

    Args:
        ink: `(h, w) uint8` of the whole picture, paper 0 and ink bright.
        scale: pixels of `ink` to one of the frame.
        found: the digits that were cut apart and read one by one.
        reader: reads the row.
        form: what the row says is of this form, if that can be.

    Returns:
        What the row says, where that is to be believed more than `found`; its boxes are in pixels of the frame. None
        where it is not, or says the same.
    """
    h, w = ink.shape
    if not is_row(ink, scale, found):
        return None
    strip = len(found) > 0 or is_strip(w / scale, h / scale)
    order = np.argsort(found.xyxy[:, 0] + found.xyxy[:, 2])
    text = "".join(map(str, found.digit[order]))
    if form is not None and not _are_numbers(found, form):
        said = dict(likeliest(separate(found.probabilities[order]), form.automaton, LIMITS.texts).texts)
        reading = reader.read(ink, expected=Expected(form, said))
        if reading.confidence >= (LIMITS.of_form if text else LIMITS.of_form_alone):
            return None if reading.text == text else _scaled(reading, scale)
    if not strip:
        return None
    reading = reader.read(ink)
    if reading.text == text or max(len(text), len(reading.text)) < 2:
        return None
    more = len(reading.text) > len(text)
    trust = float(np.prod(found.confidence))
    least = LIMITS.alone if not text else LIMITS.more * trust if more else trust
    if reading.confidence <= least:
        return None
    return _scaled(reading, scale)


def _are_numbers(found: Detections, form: Form) -> bool:
    """Whether these digits are several numbers of the form, one beside the other."""
    numbers = [number for line in arrange(found).lines for number in line.split()]
    return len(numbers) > 1 and all(form.fits(number) for number in numbers)


def _scaled(reading: LineReading, scale: float) -> LineReading:
    return LineReading(reading.digit, reading.probabilities, reading.xyxy / scale, reading.confidence)


def is_strip(width: float, height: float) -> bool:
    """Whether somebody cut a picture of this size in pixels out of a larger one, around one row of writing."""
    return width >= LIMITS.strip * height or (height < LIMITS.lowest_frame and width >= LIMITS.long * height)


def is_row(ink: NDArray[np.uint8], scale: float, found: Detections) -> bool:
    """Whether a picture with these digits may be one row; for `ink` and `scale` see `reread`."""
    height, width = ink.shape
    return width >= LIMITS.long * height and one_line(found, height / scale)


def one_line(found: Detections, height: float) -> bool:
    """Whether these digits stand in one line that takes up much of a picture of this height; so do none at all."""
    if not len(found):
        return True
    heights = found.xyxy[:, 3] - found.xyxy[:, 1]
    middles = (found.xyxy[:, 1] + found.xyxy[:, 3]) / 2
    usual = float(np.median(heights))
    return usual >= LIMITS.tall * height and bool((np.abs(middles - np.median(middles)) <= LIMITS.level * usual).all())

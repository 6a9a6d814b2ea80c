"""Sheets that lie on their side or upside down: read the way up in which they read best."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.layout.arrange import arrange
from realtime.numbers.form import Form
from realtime.recognition.recognizer import DIGIT, Recognizing, Trace
from realtime.recognition.single_row import is_strip, one_line

_FEW = 3  # digits: fewer do not tell whether they are upside down
_FEWER = 2  # and fewer than these not that they lie on their side
_GOOD = 0.85  # mean confidence, with next to nothing left unread, at which nobody would turn the sheet
_UNREAD = 0.4  # for each digit read
_SURE = 0.9  # a digit counts by how much surer it is: upside down, 6 and 9 are sure too, and letters are guessed at
_TALL = 0.8  # share of the usual digit's height from which a digit counts in full
_STROKE = 0.25  # what a 1 counts, where another digit counts 1
_BETTER = 1.25  # a turned sheet must read so many times as well
_MORE = 1.0  # and by so many sure digits better

_TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turned(frame: np.ndarray, quarters: int) -> np.ndarray:
    """A frame turned by so many quarters clockwise."""
    return frame if quarters == 0 else cv2.rotate(frame, _TURNS[quarters])


def trace_turned(recognizer: Recognizing, frame: np.ndarray, form: Form | None = None) -> tuple[Trace, int]:
    """Read a photo whichever way up it is.

    Args:
        recognizer: as for any frame; asked twice where the sheet reads well, else four times.
        frame: `(H, W, 3) uint8` BGR. A strip of one row is read as it lies: whoever cut it out has read it.
        form: what every number looks like. A single row of that form is read as it lies.

    Returns:
        The trace of the frame turned by so many quarters clockwise, and that number, 0 to 3.
    """
    best, turns = recognizer.trace(frame), 0
    height, width = frame.shape[:2]
    if one_line(best.detections, height) and (is_strip(width, height) or _is_of_form(best, form)):
        return best, 0
    # Upside down, digits are still read: as other ones. On its side a sheet gives itself away.
    likely = (2,) if _reads_well(best) else (1, 2, 3)
    if len(best.detections) < _FEW and likely == (2,):
        return best, 0
    usual = float(np.median(best.detections.height)) if len(best.detections) else 1.0
    most = _BETTER * legibility(best, usual) + _MORE
    for quarters in likely:
        trace = recognizer.trace(turned(frame, quarters))
        enough = _FEW if quarters == 2 else _FEWER
        telling = int((trace.detections.digit != 0).sum())  # a 0 looks the same from all sides: an 8 on its side is two
        if telling >= enough and (weight := legibility(trace, usual)) > most:
            best, turns, most = trace, quarters, weight
    return best, turns


def legibility(trace: Trace, usual: float) -> float:
    """How clearly a sheet reads: specks count by their height, and 1s, which any stroke may be, for little."""
    found = trace.detections
    sure = np.maximum(found.confidence - _SURE, 0) / (1 - _SURE) * np.minimum(found.height / (_TALL * usual), 1)
    return float(np.where(found.digit == 1, _STROKE * sure, sure).sum())


def _is_of_form(trace: Trace, form: Form | None) -> bool:
    """Whether a picture holds one number and that is of the form."""
    lines = arrange(trace.detections).lines
    return form is not None and len(lines) == 1 and form.fits(lines[0].replace(" ", ""))


def _reads_well(trace: Trace) -> bool:
    found = trace.detections
    if len(found) == 0:
        return len(trace.boxes) < _FEW
    # What is as large as the digits, apart from them, and no digit: upside down, most of a sheet is that.
    height = trace.boxes[:, 3] - trace.boxes[:, 1]
    usual = np.median(found.height)
    unread = ((trace.fate != DIGIT) & (height > usual / 2) & (height < 2 * usual)).sum()
    return float(found.confidence.mean()) > _GOOD and unread <= _UNREAD * len(found)

"""Sheets that lie on their side or upside down: read the way up in which they read best."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.ink.chroma import chroma
from realtime.layout.arrange import arrange
from realtime.numbers.form import Form
from realtime.recognition.recognizer import Recognizing
from realtime.recognition.single_row import is_strip, one_line
from realtime.recognition.trace import DIGIT, Trace


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        few: Digits. Fewer do not tell whether they are upside down.
        fewer: Digits. Fewer do not tell whether they lie on their side.
        good: Mean confidence, with next to nothing left unread, at which nobody would turn the sheet.
        unread: Bodies left unread for each digit read that are next to nothing.
        sure: Confidence from which a digit counts: upside down, 6 and 9 are sure too, and letters are guessed
            at.
        tall: Share of the usual digit's height from which a digit counts in full.
        stroke: Weight of a 1, where another digit has 1.
        better: Times as well as a level sheet that a turned one must read.
        more: Sure digits by which it must read better.
    """

    few: int = 3
    fewer: int = 2
    good: float = 0.85
    unread: float = 0.4
    sure: float = 0.9
    tall: float = 0.8
    stroke: float = 0.25
    better: float = 1.25
    more: float = 1.0


LIMITS = Limits()


_TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}


def turned(frame: NDArray[np.uint8], quarters: int) -> np.ndarray:
    """A frame turned by so many quarters clockwise."""
    return frame if quarters == 0 else cv2.rotate(frame, _TURNS[quarters])


def trace_turned(recognizer: Recognizing, frame: NDArray[np.uint8], form: Form | None = None) -> tuple[Trace, int]:
    """Read a photo whichever way up it is, and by its colours where brightness tells nothing.

    Args:
        recognizer: as for any frame; asked twice where the sheet reads well, else four or five times.
        frame: `(H, W, 3) uint8` BGR. A strip of one row is read as it lies: whoever cut it out has read it.
        form: what every number looks like. A single row of that form is read as it lies.

    Returns:
        The trace of the frame turned by so many quarters clockwise, and that number, 0 to 3.
    """
    best, turns = recognizer.trace(frame), 0
    if len(best.detections) == 0 and (colours := chroma(frame)) is not None:
        frame = cv2.cvtColor(colours, cv2.COLOR_GRAY2BGR)
        best = max(best, recognizer.trace(frame), key=lambda trace: len(trace.detections))
    height, width = frame.shape[:2]
    if one_line(best.detections, height) and (is_strip(width, height) or _is_of_form(best, form)):
        return best, 0
    # Upside down, digits are still read: as other ones. On its side a sheet gives itself away.
    likely = (2,) if _reads_well(best) else (1, 2, 3)
    if len(best.detections) < LIMITS.few and likely == (2,):
        return best, 0
    usual = float(np.median(best.detections.height)) if len(best.detections) else 1.0
    most = LIMITS.better * legibility(best, usual) + LIMITS.more
    for quarters in likely:
        trace = recognizer.trace(turned(frame, quarters))
        enough = LIMITS.few if quarters == 2 else LIMITS.fewer
        telling = int((trace.detections.digit != 0).sum())  # a 0 looks the same from all sides: an 8 on its side is two
        if telling >= enough and (weight := legibility(trace, usual)) > most:
            best, turns, most = trace, quarters, weight
    return best, turns


def legibility(trace: Trace, usual: float) -> float:
    """How clearly a sheet reads: specks count by their height, and 1s, which any stroke may be, for little."""
    found = trace.detections
    sure = (
        np.maximum(found.confidence - LIMITS.sure, 0)
        / (1 - LIMITS.sure)
        * np.minimum(found.height / (LIMITS.tall * usual), 1)
    )
    return float(np.where(found.digit == 1, LIMITS.stroke * sure, sure).sum())


def _is_of_form(trace: Trace, form: Form | None) -> bool:
    """Whether a picture holds one number and that is of the form."""
    lines = arrange(trace.detections).lines
    return form is not None and len(lines) == 1 and form.fits(lines[0].replace(" ", ""))


def _reads_well(trace: Trace) -> bool:
    found = trace.detections
    if len(found) == 0:
        return len(trace.boxes) < LIMITS.few
    # What is as large as the digits, apart from them, and no digit: upside down, most of a sheet is that.
    height = trace.boxes[:, 3] - trace.boxes[:, 1]
    usual = np.median(found.height)
    unread = ((trace.fate != DIGIT) & (height > usual / 2) & (height < 2 * usual)).sum()
    return float(found.confidence.mean()) > LIMITS.good and unread <= LIMITS.unread * len(found)

"""Sheets that lie on their side or upside down: read the way up in which they read best."""

from __future__ import annotations

import numpy as np

from realtime.frame import turned
from realtime.recognizer import Recognizer, Trace, clarity

_FEW = 3  # digits: with fewer there is no telling
_GOOD = 0.85  # mean confidence, with next to nothing left unread, at which nobody would turn the sheet
_BETTER = 1.2  # a turned sheet must read so many times as well


def trace_turned(recognizer: Recognizer, frame: np.ndarray) -> tuple[Trace, int]:
    """Read a photo whichever way up it is.

    Args:
        recognizer: as for any frame; asked once where the sheet stands upright, else four times.
        frame: `(H, W, 3) uint8` BGR.

    Returns:
        The trace of the frame turned by so many quarters clockwise, and that number, 0 to 3.
    """
    best, turns = recognizer.trace(frame), 0
    if _reads_well(best):
        return best, 0
    most = _BETTER * clarity(best)
    for quarters in (1, 2, 3):
        trace = recognizer.trace(turned(frame, quarters))
        if len(trace.detections) >= _FEW and clarity(trace) > most:
            best, turns, most = trace, quarters, clarity(trace)
    return best, turns


def _reads_well(trace: Trace) -> bool:
    found = trace.detections
    if len(found) == 0:
        return len(trace.boxes) < _FEW
    return float(found.confidence.mean()) > _GOOD

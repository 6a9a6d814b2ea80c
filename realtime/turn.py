"""Sheets that lie on their side or upside down: read the way up in which they read best."""

from __future__ import annotations

import cv2
import numpy as np

from realtime.recognizer import Recognizer, Trace, clarity

_TURNS = {1: cv2.ROTATE_90_CLOCKWISE, 2: cv2.ROTATE_180, 3: cv2.ROTATE_90_COUNTERCLOCKWISE}
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
    for quarters, code in _TURNS.items():
        trace = recognizer.trace(cv2.rotate(frame, code))
        if len(trace.detections) >= _FEW and clarity(trace) > most:
            best, turns, most = trace, quarters, clarity(trace)
    return best, turns


def turned(frame: np.ndarray, quarters: int) -> np.ndarray:
    """A frame turned by so many quarters clockwise."""
    return frame if quarters == 0 else cv2.rotate(frame, _TURNS[quarters])


def _reads_well(trace: Trace) -> bool:
    found = trace.detections
    if len(found) == 0:
        return len(trace.boxes) < _FEW
    return float(found.confidence.mean()) > _GOOD

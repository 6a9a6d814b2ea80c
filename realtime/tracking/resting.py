"""Whether a sheet rests, so that what stands on it may be called a reading."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.detections import NO_TRACK, Detections
from realtime.tracking.track import as_detections, at_border


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        moving: Heights a second from which the sheet does not rest.
        unsure: Probability below which a digit may yet change.
        covered: Seconds out of sight from which a digit is covered, and a reading waits.
        kept: Seconds for which a digit that is missed still belongs to the sheet.
    """

    moving: float = 1.0
    unsure: float = 0.7
    covered: float = 0.15
    kept: float = 0.5


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Rest:
    """How calm a sheet is in one frame.

    Attributes:
        digits: its digits, also those that a hand covers.
        restless: whether what is seen may be about to change.
        moving: whether the sheet moves, or reaches out of the frame.
    """

    digits: Detections
    restless: bool
    moving: bool


def rest(tracks: np.ndarray, speed: float, birth: float, size: tuple[int, int] | None) -> Rest:
    """How calm the sheet of some tracks is.

    Args:
        tracks: `(n,) TRACK`.
        speed: of the sheet, in heights a second.
        birth: seconds of life at which a track is confirmed.
        size: width and height of the frame in pixels; None where it is not known.
    """
    confirmed = tracks["confirmed"]
    if confirmed.any():
        confirmed = confirmed | (tracks["number"] != NO_TRACK) & (tracks["time_since_update"] < LIMITS.kept)
    kept = tracks[confirmed]
    digits = as_detections(kept)
    leaving = bool(at_border(kept["box"], size).any())
    coming = ~tracks["confirmed"] & (tracks["time_since_update"] == 0) & (tracks["time_to_live"] > birth / 2)
    restless = (
        leaving
        or (digits.confidence < LIMITS.unsure).any()
        or (kept["time_since_update"] > LIMITS.covered).any()
        or coming.any()
    )
    return Rest(digits, bool(restless), leaving or speed > LIMITS.moving)

"""Whether another sheet lies where the one that was followed did: many digits are read otherwise at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.tracking.track import posterior


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        prior: Probability that the sheet was changed since the last frame: once in half a minute of video.
        misread: Probability that a digit is read as another one in a frame, whatever the network says.
    """

    prior: float = 0.001
    misread: float = 0.015


LIMITS = Limits()


def another_sheet(tracks: np.ndarray, seen: np.ndarray, found: np.ndarray, calm: float) -> bool:
    """Compare two explanations of how followed digits are read in a frame: misreadings, and a change of the sheet.

    Args:
        tracks: `(n,) TRACK`, as they stood before this frame.
        seen: `(m,) TRACK`, the sightings of this frame.
        found: `(n,) int`, the index of each track's sighting, -1 where there is none.
        calm: from 0 to 1; how far the frame is to be believed, less where motion blurs it.

    Returns:
        Whether a change is the likelier one.
    """
    known = np.flatnonzero((found >= 0) & tracks["confirmed"])
    if not (tracks["digit"][known] != seen["digit"][found[known]]).any():
        return False
    before, now = posterior(tracks[known]), np.exp(seen["evidence"][found[known]] / seen["weight"][found[known], None])
    same = (before * now)[:, :NOT_A_DIGIT].sum(axis=1)
    # Another sheet has any of ten digits there. On the same one an error is one of the nine others.
    odds = 0.1 / np.maximum(same, LIMITS.misread / 9)
    return bool(np.log(LIMITS.prior) + calm * np.log(odds).sum() > 0)

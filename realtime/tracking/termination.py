"""How long a track is still shown when its digit is out of sight."""

from __future__ import annotations

import numpy as np

from realtime.tracking.track import at_border

FULL = 0.5
"""Seconds of life at most: for so long the most often missed digit is shown out of sight."""

_COVER = 0.2  # seconds for which others are: 1 of 100 gaps in the reading of our clips is longer
_AGAIN = 3.0  # a digit that was missed before is shown for as long, times this
_ONCE = 0.9  # so much of all life goes by one frame, however long ago the last one was
_HASTE = 0.5  # twice as fast where nearly the whole sheet is missed that moved so many heights a frame
_LEFT = 4.0  # so much faster than time goes the life of a digit at the frame's border, or not shown yet


def mark_missed(tracks: np.ndarray, missed: np.ndarray, step: float, size: tuple[int, int] | None, pace: float) -> None:
    """Take life from tracks that were not seen.

    Args:
        tracks: `(n,) TRACK`; changed.
        missed: `(n,) bool`, which were not seen in this frame.
        step: seconds since the last frame.
        size: width and height of the frame in pixels, where that is known; a digit beyond it has no life.
        pace: heights by which the sheet moved in the last frame in which it was seen.
    """
    shown = tracks["shown"]
    rate = FULL / np.clip(_AGAIN * tracks["gap"], _COVER, FULL)
    loss = np.where(shown, np.minimum(rate * step, _ONCE * FULL), _LEFT * step)
    if np.count_nonzero(shown & missed) > 0.7 * np.count_nonzero(shown):
        # A sheet that went fast is no longer where it was, and nobody knows where.
        loss[shown] = FULL / _COVER * (1 + pace / _HASTE) * step
    loss[at_border(tracks["box"], size)] = _LEFT * step
    tracks["life"][missed] -= loss[missed]
    center = tracks["box"][:, :2]
    out = (center < 0).any(axis=1) if size is None else ((center < 0) | (center > size)).any(axis=1)
    tracks["life"][out] = 0
    tracks["unseen"] += step

"""How long a track is still shown when its digit is out of sight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.tracking.track import at_border


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        full: Seconds of life at most: for so long the digit that is missed most often is shown out of sight.
        cover: Seconds for which other digits are shown out of sight: 1 of 100 gaps in the reading of our clips
            is longer.
        again: Times as long as it was missed before that a digit is shown out of sight.
        once: Share of all life that one frame may take, however long ago the last one was.
        haste: Heights a frame of a sheet, nearly all of it missed, at which life goes twice as fast.
        left: Times as fast as time that the life of a digit goes at the frame's border, or before it is
            confirmed.
    """

    full: float = 0.5
    cover: float = 0.2
    again: float = 3.0
    once: float = 0.9
    haste: float = 0.5
    left: float = 4.0


LIMITS = Limits()


def mark_missed(tracks: np.ndarray, missed: np.ndarray, step: float, size: tuple[int, int] | None, pace: float) -> None:
    """Take life from tracks that were not seen.

    Args:
        tracks: `(n,) TRACK`; changed.
        missed: `(n,) bool`, which were not seen in this frame.
        step: seconds since the last frame.
        size: width and height of the frame in pixels, where that is known; a digit beyond it has no life.
        pace: heights by which the sheet moved in the last frame in which it was seen.
    """
    shown = tracks["confirmed"]
    rate = LIMITS.full / np.clip(LIMITS.again * tracks["gap"], LIMITS.cover, LIMITS.full)
    loss = np.where(shown, np.minimum(rate * step, LIMITS.once * LIMITS.full), LIMITS.left * step)
    if np.count_nonzero(shown & missed) > 0.7 * np.count_nonzero(shown):
        # A sheet that went fast is no longer where it was, and nobody knows where.
        loss[shown] = LIMITS.full / LIMITS.cover * (1 + pace / LIMITS.haste) * step
    loss[at_border(tracks["box"], size)] = LIMITS.left * step
    tracks["time_to_live"][missed] -= loss[missed]
    center = tracks["box"][:, :2]
    out = (center < 0).any(axis=1) if size is None else ((center < 0) | (center > size)).any(axis=1)
    tracks["time_to_live"][out] = 0
    tracks["time_since_update"] += step

"""The truth of every frame of a clip as arrays, and how long something in it lasts."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from training.render.clips import Clip


@dataclass(frozen=True, eq=False)
class Truth:
    """What a clip shows.

    Attributes:
        labels: `(d,) int64` of the digits on the sheet.
        rows: `(d,) int64`, the row of each; within a row they go on from left to right.
        visible: `(n, d) float64`, the part of each digit that is seen in each frame, 0 to 1.
        boxes: `(n, d, 4) float64` xyxy in pixels; meaningless where nothing is seen.
        lines: the text of the rows.
        fps: frames a second.
    """

    labels: np.ndarray
    rows: np.ndarray
    visible: np.ndarray
    boxes: np.ndarray
    lines: list[str]
    fps: float

    @classmethod
    def of(cls, clip: Clip, fps: float) -> Truth:
        """The truth of a clip that is played at so many frames a second."""
        n, d = len(clip), clip.digits
        labels, rows = np.zeros(d, np.int64), np.zeros(d, np.int64)
        visible, boxes = np.zeros((n, d)), np.zeros((n, d, 4))
        for frame in range(n):
            for digit in clip.truth(frame)[0]:
                labels[digit.index], rows[digit.index] = digit.label, digit.row
                visible[frame, digit.index], boxes[frame, digit.index] = digit.visible, digit.xyxy
        return cls(labels, rows, visible, boxes, clip.rows, fps)

    @property
    def whole_for(self) -> np.ndarray:
        """`(n, d)` seconds for which each digit has been wholly in view, this frame included."""
        return seconds_true(self.visible == 1, self.fps)


def seconds_true(state: np.ndarray, fps: float) -> np.ndarray:
    """`(n, ...)` seconds for which each state `(n, ...) bool` has been true, this frame included."""
    since = np.zeros(state.shape)
    for frame in range(len(state)):
        since[frame] = np.where(state[frame], (since[frame - 1] if frame else 0) + 1 / fps, 0)
    return since


def runs(state: np.ndarray) -> list[tuple[int, int]]:
    """First index and the one after the last of every run of true in `(n,) bool`."""
    edges = np.diff(np.concatenate([[False], state, [False]]).astype(np.int8))
    return list(zip(np.flatnonzero(edges > 0).tolist(), np.flatnonzero(edges < 0).tolist(), strict=True))


def spans(present: Sequence[set[Hashable]], times: np.ndarray) -> list[float]:
    """Seconds of every unbroken presence of every key.

    Args:
        present: the keys over each of n frames.
        times: `(n + 1,)` seconds at which each frame was shown, and the end: a frame is shown until the next one is.
    """
    keys = sorted(set().union(*present), key=str)
    return [
        float(times[end] - times[begin])
        for key in keys
        for begin, end in runs(np.array([key in keys_of for keys_of in present], bool))
    ]

"""What a frame shows, where that was in the frame that was read, and what takes the place of what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from realtime.boxes import area, centers, overlap, shared_area
from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.live.result import FrameResult
from realtime.recognition.recognizer import glyph_of
from realtime.recognition.trace import Trace

_SAME = 0.3  # a tracked digit is the glyph with which it shares so much of the area of both
_COVERED = 0.5  # of the smaller of two boxes: a digit that shares so much with a boxed one is replaced by it


def point_as_read(result: FrameResult, x: float, y: float) -> tuple[float, float]:
    """Where a point of a frame was in the frame that was read: it moved as the digit nearest to it did."""
    if result.read is None or not len(result.detections):
        return x, y
    was, now = result.read.detections, result.detections
    nearest = int(np.abs(centers(now.xyxy) - (x, y)).sum(axis=1).argmin())
    same = np.flatnonzero(was.track == now.track[nearest])
    if not len(same):
        return x, y
    moved = centers(was.xyxy[same[:1]])[0] - centers(now.xyxy[nearest : nearest + 1])[0]
    return x + float(moved[0]), y + float(moved[1])


def glyphs_of(detections: Detections, trace: Trace) -> np.ndarray:
    """Which glyph of the trace each digit of the same frame is.

    Returns:
        `(n,) int64`, rows of the trace's arrays; -1 for a digit that the tracker holds though the frame does not show
        it.
    """
    glyphs = np.full(len(detections), -1, np.int64)
    for i, box in enumerate(detections.xyxy):
        share = overlap(trace.detections.xyxy, box)
        if len(share) and share.max() >= _SAME:
            glyphs[i] = glyph_of(trace, int(share.argmax()))
    return glyphs


def covered(detections: Detections, boxes: Sequence[np.ndarray]) -> np.ndarray:
    """`(n,) bool`: which digits are replaced by what was boxed, `(4,)` each."""
    gone = np.zeros(len(detections), bool)
    for box in boxes:
        smaller = np.minimum(area(detections.xyxy), area(box[None]))
        gone |= shared_area(detections.xyxy, box) >= _COVERED * np.maximum(smaller, 1)
    return gone


def with_digits(result: FrameResult, kept: np.ndarray, added: Detections) -> FrameResult:
    """A frame with those of its digits that a mask `(n,) bool` keeps, and after them others, arranged anew."""
    digits = Detections(
        *(
            np.concatenate([getattr(part, name) for part in (result.detections[kept], added)])
            for name in ("xyxy", "digit", "confidence", "probabilities", "track")
        )
    )
    layout = arrange(digits)
    return replace(result, detections=digits, layout=layout, caption=layout.lines)

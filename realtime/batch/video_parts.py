"""Long videos in parts, each read from a little before its start so that the tracker has settled when it begins.

A frame belongs to the part in which its time stamp lies, so that each belongs to exactly one. Its number is the one
of its time stamp; where frames come at an uneven pace it may differ from a count.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

import cv2

from realtime.sources.frame import MAX_PIXELS, Frame, SourceError, sane_fps, to_bgr
from realtime.sources.videos import VIDEOS

PART = 60
"""Seconds of a part."""

OVERLAP = 5
"""Seconds before it that are read as well: what the tracker remembers."""

_SLACK = 1.0  # seconds by which a time stamp may differ from what the frame rate says
_COMPLETE = 0.9  # a part with less of its frames is damaged


def cut(path: str, part: int = PART) -> list[tuple[int, int]]:
    """The parts of a long video, in seconds, the last one open; none for a short one, or where it must not be cut."""
    if Path(path).suffix.lower() not in VIDEOS:
        return []
    try:
        path.encode()
        capture = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)
    except UnicodeEncodeError:  # OpenCV 5 crashes on such a name
        return []
    try:
        count, fps = capture.get(cv2.CAP_PROP_FRAME_COUNT), sane_fps(capture.get(cv2.CAP_PROP_FPS))
        size = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if not (0 < count < 1e8 and 0 < size <= MAX_PIXELS and count / fps > 2 * part):
            return []
        middle = count // 2
        capture.set(cv2.CAP_PROP_POS_FRAMES, middle)
        if not capture.grab() or abs(_stamp(capture) - middle / fps) > _SLACK:
            return []
    finally:
        capture.release()
    starts = list(range(0, int(count / fps) - part // 2, part))
    return [(start, start + part) for start in starts[:-1]] + [(starts[-1], -1)]


def part_frames(path: str, start: int, end: int, overlap: int = OVERLAP) -> Iterator[tuple[Frame, bool]]:
    """The frames of a part and those before it, each with whether it belongs to the part.

    Args:
        path: the video.
        start: in seconds.
        end: in seconds; -1 = the video's.
        overlap: seconds to begin before `start`.

    Raises:
        SourceError: after the last frame that could be read, if too many of the part are missing.
    """
    capture = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)
    try:
        fps, count = sane_fps(capture.get(cv2.CAP_PROP_FPS)), capture.get(cv2.CAP_PROP_FRAME_COUNT)
        if start > overlap:
            capture.set(cv2.CAP_PROP_POS_FRAMES, math.floor((start - overlap) * fps))
        read, index = 0, -1
        while True:
            ok, image = capture.read()
            time = _stamp(capture) if ok else math.inf
            if not ok or (end >= 0 and time >= end):
                break
            index = max(round(time * fps), index + 1)
            belongs = time >= start
            read += belongs
            yield Frame(to_bgr(image), path, index, time, still=False, fps=fps), belongs
    finally:
        capture.release()
    promised = ((end if end >= 0 else count / fps) - start) * fps
    if read < _COMPLETE * promised - 1:
        raise SourceError(f"{path}: damaged: only {read} of about {promised:.0f} frames from second {start} on")


def _stamp(capture: cv2.VideoCapture) -> float:
    """Seconds from the start of the video to the frame that was read last."""
    return capture.get(cv2.CAP_PROP_POS_MSEC) / 1000

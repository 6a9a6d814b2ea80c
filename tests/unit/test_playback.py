from __future__ import annotations

import math

import numpy as np

from realtime.live.result import FrameResult
from realtime.sources.frame import Frame
from realtime.window.playback import Playback


def shown(playback: Playback, count: int, *, still: bool) -> list[FrameResult]:
    frames = [Frame(np.zeros((4, 4, 3), np.uint8), "a", i, i / 30, still=still) for i in range(count)]
    results = [FrameResult.unread(frame) for frame in frames]
    for result in results:
        playback.show(result)
    return results


def test_photos_are_gone_through_both_ways():
    playback = Playback(wait=True)
    playback.total = 6
    photos = shown(playback, 3, still=True)
    assert playback.left == math.inf and playback.position == "3 of 6" and playback.progress is None
    assert playback.back() and playback.result is photos[1] and playback.position == "2 of 6"
    assert playback.back() and not playback.back()
    assert playback.result is photos[0], "there is none before the first"
    for photo in photos[1:]:
        playback.forward(playback.result)
        assert playback.result is photo and playback.left == math.inf
    playback.toggle(photos[0])
    assert playback.left == math.inf, "a key for an earlier photo does not skip this one"
    playback.forward(photos[2])
    assert playback.left == 0 and not playback.paused


def test_a_video_is_stepped_through_and_held_at_its_end():
    playback = Playback(wait=True)
    playback.total = 4
    frames = shown(playback, 3, still=False)
    assert playback.video and playback.progress == 0.75 and not playback.held
    assert playback.back() and playback.held and playback.result is frames[1]
    playback.forward(frames[1])
    assert playback.held and playback.result is frames[2]
    playback.forward(frames[2])
    assert not playback.held and playback.left == 0, "the next frame is wanted"
    shown(playback, 1, still=False)
    assert playback.held, "and stays"
    playback.end()
    playback.forward(playback.result)
    assert playback.held and playback.left == math.inf


def test_of_a_long_video_the_last_frames_are_remembered():
    playback = Playback(wait=True)
    image = np.zeros((1000, 4000, 3), np.uint8)
    for i in range(40):
        playback.show(FrameResult.unread(Frame(image, "a", i, i / 30, still=False)))
    steps = 0
    while playback.back():
        steps += 1
    assert 3 < steps < 30

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from realtime.live.result import FrameResult
from realtime.sources.frame import Frame
from realtime.window.playback import Jump, Playback


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
    assert playback.left == math.inf and playback.clock == "3 of 6" and playback.progress == 0.5
    assert playback.back() and playback.result is photos[1] and playback.clock == "2 of 6"
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


def test_a_video_is_gone_through_in_jumps():
    playback = Playback(wait=True)
    playback.total, playback.why_not = 600, ""
    frames = shown(playback, 3, still=False)
    assert playback.clock == "0:00 / 0:20" and playback.take_jump() is None
    playback.jump_by(5)
    playback.jump_by(5)
    assert playback.jumping and playback.left == 0 and playback.clock == "0:10 / 0:20"
    assert playback.progress == pytest.approx(303 / 600)
    assert playback.take_jump() == Jump(302, 0) and not playback.jumping and playback.take_jump() is None
    there = FrameResult.unread(replace(frames[0].frame, index=302, time=302 / 30))
    playback.show(there)
    assert playback.result is there and playback.progress == pytest.approx(303 / 600)
    assert playback.back() and playback.held is False, "the frame before it is not remembered, but can be reached"
    assert playback.take_jump() == Jump(301, 8), "of a paused video frames before are read, for the tracker"
    playback.show(there)
    assert playback.held
    playback.jump_by(-50)
    assert playback.take_jump() == Jump(0, 0)
    playback.jump(1e9)
    assert playback.take_jump() == Jump(599, 8)
    playback.jump(300, passing=True)
    assert playback.take_jump() == Jump(300, 0)


def test_a_jump_from_the_end_goes_on():
    playback = Playback(wait=True)
    playback.total, playback.why_not = 3, ""
    frames = shown(playback, 3, still=False)
    assert playback.end() and playback.left == math.inf
    playback.jump(0)
    assert playback.left == 0 and playback.take_jump() == Jump(0, 0)
    playback.show(frames[0])
    assert playback.left < 1 and not playback.held and playback.progress == pytest.approx(1 / 3)


def test_photos_are_gone_through_in_jumps():
    playback = Playback(wait=True)
    playback.total, playback.why_not = 60, ""
    shown(playback, 2, still=True)
    playback.jump_by(5)
    assert playback.take_jump() == Jump(6, 0) and not playback.paused
    shown(playback, 1, still=True)
    assert playback.clock == "7 of 60" and playback.left == math.inf
    assert playback.back() and playback.take_jump() == Jump(5, 0)

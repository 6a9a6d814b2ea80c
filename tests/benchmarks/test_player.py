from __future__ import annotations

import numpy as np

from benchmarks.mjpeg import from_jpeg, to_jpeg
from benchmarks.player import Player
from realtime.sources.open import open_source

LEVELS = [40, 80, 120, 160, 200]


def test_every_picture_is_known_by_the_order_in_which_it_arrives() -> None:
    jpegs = [to_jpeg(np.full((48, 64, 3), level, np.uint8)) for level in LEVELS]
    got = {}
    with Player(jpegs, 20) as player, open_source(player.url) as source:
        for frame in source:
            got[frame.index] = int(frame.image.mean())
            if len(got) == 3:
                player.play()
            if len(got) >= 3 and not player.playing:
                break
        sent = player.sent()
    frames = [one.frame for one in sent]
    assert frames == sorted(frames) and frames[0] == -1 and {0, 1, 2, 3, 4, 5} >= set(frames[3:-1]) - {-1}
    assert sorted(one.time for one in sent) == [one.time for one in sent]
    for index, level in got.items():
        assert abs(level - LEVELS[min(max(frames[index], 0), 4)]) < 5


def test_a_player_that_nobody_asked_for_anything_ends() -> None:
    with Player([to_jpeg(np.zeros((48, 64, 3), np.uint8))], 20) as player:
        assert player.playing
    assert from_jpeg(to_jpeg(np.full((8, 8, 3), 77, np.uint8))).mean() == 77

"""Moving clips: the truth of each frame."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from training.render.clips import Clip, draw_clip

ROWS = ["0522 1859", "31 415"]


def make(story: tuple[str, ...], seconds: float = 6, seed: int = 0) -> Clip:
    return draw_clip(np.random.default_rng(seed), seconds, 10, (640, 360), rows=ROWS, story=story)


def test_a_sheet_comes_into_view_and_goes_away() -> None:
    clip = make(("tilt",))
    assert clip.rows == ROWS and len(clip) == 60 and clip.digits == 13
    truth = [clip.truth(i) for i in range(len(clip))]
    assert truth[0] == ([], []) and truth[-1] == ([], [])
    whole = [i for i, (_, rows) in enumerate(truth) if rows == ROWS]
    assert len(whole) > 30 and whole == list(range(whole[0], whole[-1] + 1))
    for digits, _ in truth:
        for digit in digits:
            x1, y1, x2, y2 = digit.xyxy
            assert 0 < digit.visible <= 1
            assert 0 <= x1 < x2 <= 640 and 0 <= y1 < y2 <= 360
    written = "".join(ROWS).replace(" ", "")
    assert all(str(digit.label) == written[digit.index] for digits, _ in truth for digit in digits)


def test_frames_can_be_asked_for_again() -> None:
    clip, same = make(("turn",)), make(("turn",))
    np.testing.assert_array_equal(clip[20].image, same[20].image)
    scene = next(scene for i, scene in enumerate(clip) if i == 20)
    np.testing.assert_array_equal(clip[20].image, scene.image)
    assert (scene.digits, scene.rows) == clip.truth(20)
    assert clip[20].image.shape == (360, 640, 3)
    assert not np.array_equal(clip[20].image, clip[21].image)


def test_boxes_follow_the_ink() -> None:
    clip = make(("far",))
    bare = clip[0].image.astype(int)
    for i in (25, 35, 45):
        scene = clip[i]
        assert scene.rows == ROWS
        for digit in scene.digits:
            x1, y1, x2, y2 = digit.xyxy
            patch = scene.image[y1:y2, x1:x2].astype(int).sum(axis=2)
            assert patch.max() - patch.min() > 120, "no stroke in the box"
        assert np.abs(scene.image - bare).mean() > 5


def test_a_hand_covers_digits_for_a_while() -> None:
    clip = make(("cover",))
    truth = [clip.truth(i) for i in range(len(clip))]
    whole = [rows == ROWS for _, rows in truth]
    first, last = whole.index(True), len(whole) - 1 - whole[::-1].index(True)
    covered = [i for i in range(first, last) if not whole[i]]
    assert 3 <= len(covered) <= 16
    middle = covered[len(covered) // 2]
    assert len(truth[middle][0]) < clip.digits or min(digit.visible for digit in truth[middle][0]) < 1


def test_a_sheet_may_leave_and_come_back() -> None:
    clip = make(("return",), 8)
    truth = [clip.truth(i) for i in range(0, 80, 2)]
    seen = [rows == ROWS for _, rows in truth]
    changes = [b for a, b in pairwise(seen) if a != b]
    assert changes == [True, False, True, False]
    assert any(not digits for digits, _ in truth[15:35])


def test_the_light_changes_and_the_truth_does_not() -> None:
    clip = make(("light",))
    bright = [clip[i].image.mean() for i in (18, 32)]
    assert bright[1] < 0.85 * bright[0]
    assert clip.truth(32)[1] == ROWS


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(ValueError, match="no such event: dance"):
        make(("dance",))


def test_a_story_is_made_up_where_none_is_told() -> None:
    clip = draw_clip(np.random.default_rng(1), 5, 5, (320, 180))
    assert len(clip) == 25 and clip.rows and any(clip.truth(i)[1] == clip.rows for i in range(25))

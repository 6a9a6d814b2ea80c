from __future__ import annotations

import numpy as np
import pytest

from benchmarks import live_score
from benchmarks.clip_truth import Truth, runs, seconds_true, spans
from benchmarks.live_score import LEFT_OVER, MISPLACED, RIGHT, WRONG, Shown, judge, score
from realtime.detections import Detections

FPS = 10
FRAMES = 30
BOXES = np.array([[10, 10, 30, 50], [40, 10, 60, 50], [70, 10, 90, 50], [10, 70, 30, 110]], float)
LABELS = np.array([1, 2, 3, 4])


def truth(gone: dict[int, int] | None = None, come: int = 0) -> Truth:
    """A sheet that says 123 and 4, in view from frame `come` on; some digits go out of view in some frame."""
    visible = np.ones((FRAMES, 4))
    visible[:come] = 0
    for digit, frame in (gone or {}).items():
        visible[frame:, digit] = 0
    boxes = np.repeat(BOXES[None], FRAMES, axis=0)
    return Truth(LABELS, np.array([0, 0, 0, 1]), visible, boxes, ["123", "4"], FPS)


def boxes(digits: dict[int, int], shift: float = 0, tracks: dict[int, int] | None = None) -> Detections:
    """Boxes at the places of some digits, by place and label; their track numbers are those of the places."""
    places, labels = list(digits), np.array(list(digits.values()), np.int64)
    xyxy = (BOXES[places] + [shift, 0, shift, 0]).astype(np.int32).reshape(-1, 4)
    probabilities = np.eye(11, dtype=np.float32)[labels].reshape(-1, 11)
    track = np.array([(tracks or {}).get(place, place) for place in places], np.int64)
    return Detections(xyxy, labels, np.ones(len(labels), np.float32), probabilities, track)


ALL = dict(enumerate(LABELS.tolist()))


def showing(change: dict[range, Detections], frames: range = range(FRAMES)) -> list[Shown]:
    """All digits right in every frame, but for what is shown otherwise in some ranges of frames."""
    return [
        Shown(frame, next((other for where, other in change.items() if frame in where), boxes(ALL))) for frame in frames
    ]


def test_all_right() -> None:
    told = score(truth(), showing({}))
    assert (told.shown, told.held, told.right) == (30, 26, 26)  # 0.5 s is the fifth frame
    assert np.allclose(told.overlap, 1) and not told.wrong and not told.stays
    assert told.to_digits == [0]


def test_a_digit_missed_misplaced_or_added_makes_a_frame_wrong() -> None:
    without = {place: label for place, label in ALL.items() if place != 3}
    far = boxes(ALL, shift=18)
    told = score(truth(), showing({range(10, 12): boxes(without), range(15, 16): far}))
    assert told.held - told.right == 3
    more = Detections(
        np.concatenate([boxes(ALL).xyxy, [[200, 10, 220, 50]]]).astype(np.int32),
        np.append(LABELS, 7),
        np.ones(5, np.float32),
        np.eye(11, dtype=np.float32)[[1, 2, 3, 4, 7]],
        np.arange(5),
    )
    told = score(truth(), showing({range(10, 14): more}))
    assert told.held - told.right == 4
    assert told.wrong == pytest.approx([0.4])


def test_the_overlap_is_that_of_the_digit_whose_track_it_was() -> None:
    told = score(truth(), showing({range(10, 30): boxes(ALL, shift=5)}))
    assert np.median(told.overlap) == pytest.approx(15 / 25)
    assert told.right == told.held  # right enough to stand for the digit
    told = score(truth(), showing({range(10, 30): boxes(ALL, shift=30)}))
    assert np.median(told.overlap) == 0


def test_boxes_are_told_apart_by_place_and_by_track() -> None:
    gone = truth({3: 10})
    shown = [Shown(9, boxes(ALL)), Shown(10, boxes(ALL, shift=18)), Shown(11, boxes(ALL | {3: 9}))]
    before, moved, changed = judge(gone, shown)
    assert (before.kind == RIGHT).all() and before.digit.tolist() == [0, 1, 2, 3]
    assert moved.kind.tolist() == [MISPLACED] * 3 + [LEFT_OVER]
    assert changed.kind.tolist() == [RIGHT] * 3 + [WRONG]


def test_how_long_a_digit_stays_when_it_is_gone() -> None:
    rest = boxes({place: label for place, label in ALL.items() if place != 3})
    told = score(truth({3: 10}), showing({range(13, 30): rest}))
    assert told.stays == pytest.approx([0.3]) and not told.wrong
    told = score(truth({3: 10}), showing({range(9, 30): rest}))  # it went before
    assert told.stays == [0]
    told = score(truth({3: 10}), showing({range(0, 30): rest}))  # it never was shown
    assert told.stays == []


def test_a_frame_that_is_not_shown_leaves_the_one_before_in_the_picture() -> None:
    rest = boxes({place: label for place, label in ALL.items() if place != 3})
    frames = [*range(11), *range(14, 30)]
    shown = [Shown(frame, boxes(ALL) if frame < 11 else rest) for frame in frames]
    assert score(truth({3: 10}), shown).stays == pytest.approx([0.4])


def test_a_misread_digit_makes_its_number_wrong_as_long_as_it_is_shown() -> None:
    told = score(truth(), showing({range(10, 13): boxes(ALL | {1: 7}), range(20, 21): boxes(ALL | {1: 8})}))
    assert sorted(told.wrong) == pytest.approx([0.1, 0.3])
    # One number, misread first as this and then as that: all that time it is wrong.
    told = score(truth(), showing({range(10, 13): boxes(ALL | {1: 7}), range(13, 15): boxes(ALL | {1: 8})}))
    assert told.wrong == pytest.approx([0.5])


def test_a_digit_left_out_of_a_number_makes_it_wrong_once_it_must_be_known() -> None:
    gap = boxes({0: 1, 2: 3, 3: 4})
    near = boxes({0: 1, 1: 2, 3: 4})  # 12 is no whole number, but nothing in it is wrong
    moved = gap.xyxy.copy()
    moved[1] -= [20, 0, 20, 0]  # else the gap parts two numbers
    close = Detections(moved, gap.digit, gap.confidence, gap.probabilities, gap.track)
    told = score(truth(), showing({range(10, 14): close}))
    assert told.wrong == pytest.approx([0.4])
    assert not score(truth(), showing({range(10, 14): near})).wrong
    assert not score(truth(come=8), showing({range(9, 12): close}, range(8, 12))).wrong


def test_how_soon_digits_and_reading_come() -> None:
    frames = showing({range(0, 12): boxes({})})
    frames = [one._replace(reading=["12 3", "4"] if one.frame == 18 else None, delay=0.05) for one in frames]
    told = score(truth(come=5), frames)
    assert told.to_digits == pytest.approx([0.7 + 0.05])
    assert told.to_reading == pytest.approx([1.3 + 0.05])


def test_what_never_comes() -> None:
    wrong = [one._replace(reading=["12"]) for one in showing({range(0, 30): boxes({0: 1})})]
    told = score(truth(), wrong)
    assert told.to_digits == [np.inf] and told.to_reading == [np.inf]


def test_a_sheet_that_is_whole_for_a_moment_is_not_held_up() -> None:
    told = score(truth({3: 9}), showing({}))
    assert told.to_digits == [] and told.to_reading == []


def test_scores_add_up() -> None:
    told = score(truth(), showing({range(10, 12): boxes(ALL | {0: 9})}))
    both = told + told
    assert (both.held, both.right) == (52, 48) and both.wrong == told.wrong * 2


def test_nothing_is_shown() -> None:
    told = score(truth(), [])
    assert (told.shown, told.held, told.overlap) == (0, 0, [])
    assert told.to_reading == [np.inf]


def test_lasting() -> None:
    state = np.array([0, 1, 1, 0, 1], bool)
    assert runs(state) == [(1, 3), (4, 5)] and runs(state[:1]) == []
    assert seconds_true(state, 10).tolist() == pytest.approx([0, 0.1, 0.2, 0, 0.1])
    assert spans([{"a"}, {"a", "b"}, {"b"}], np.array([0, 1, 3, 7])) == [3, 6]
    assert spans([], np.array([0])) == []


def test_the_truth_of_a_clip() -> None:
    from training.render.clips import draw_clip

    clip = draw_clip(np.random.default_rng(4), 4, FPS, (320, 240), rows=["12 3"], story=())
    told = Truth.of(clip, 20)
    digits, rows = clip.truth(20)
    assert rows == clip.rows == told.lines and told.labels.tolist() == [1, 2, 3]
    assert told.boxes[20].tolist() == [list(digit.xyxy) for digit in digits]
    assert told.whole_for[20].min() > 0 and told.whole_for[0].max() == 0
    assert live_score.score(told, []).to_digits == [np.inf]

from __future__ import annotations

import numpy as np

from benchmarks import moving
from realtime.detections import Detections
from realtime.recognition.trace import Trace
from training.render.clips import draw_clip
from training.render.scenes import Digit

FPS = 10


def covered(held_for: int, label: int | None = None) -> moving.Result:
    """A clip of which the first digit, once shown, is out of sight for good from frame 20 on, but held on to.

    Args:
        held_for: frames for which it is still shown.
        label: what it is then shown as; what it is where left out.
    """
    clip = draw_clip(np.random.default_rng(4), 4, FPS, (320, 240), rows=["12 3"], story=())
    truth = clip.truth(19)[0]
    clip.truth = lambda i: (truth if i < 20 else truth[1:], [])  # type: ignore[method-assign]
    judge = moving.Judge(clip, "clip")
    for i in range(30):
        shown = tracked(truth if i < 20 + held_for else truth[1:])
        if i >= 20 and held_for > i - 20 and label is not None:
            shown.digit[0] = label
        blank = np.zeros((240, 320, 3), np.uint8)
        crops = np.zeros((len(shown), 28, 28), np.float32)
        judge(i, blank, Trace(blank[..., 0], shown.xyxy, crops, shown.probabilities, shown), shown)
    return judge.finish()


def tracked(digits: list[Digit]) -> Detections:
    boxes, labels = np.array([digit.xyxy for digit in digits], np.int32), np.array([digit.label for digit in digits])
    probabilities = np.eye(11, dtype=np.float32)[labels]
    track = np.array([digit.index for digit in digits])
    return Detections(boxes, labels, probabilities.max(axis=1), probabilities, track)


def test_a_digit_that_a_hand_covers_may_be_held_on_to_for_a_while() -> None:
    result = covered(held_for=6)
    assert result.partly == result.partly_right == 10 and not result.failures


def test_but_not_for_long() -> None:
    result = covered(held_for=9)
    assert result.partly - result.partly_right == 3
    assert [failure.kind for failure in result.failures] == ["invented"]


def test_nor_as_another_digit() -> None:
    assert covered(held_for=3, label=9).partly_right == 7

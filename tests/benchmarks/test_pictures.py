from __future__ import annotations

import cv2

from benchmarks import pictures


def test_the_steps_are_drawn_one_below_the_other():
    frame = cv2.imread(str(pictures.SHEET))
    trace = pictures.Recognizer(pictures.Classifier()).trace(frame)
    picture = pictures.steps(frame, trace, pictures.row_box(pictures.SHEET, pictures.ROW))
    assert picture.shape[1] == pictures.WIDTH and 500 < picture.shape[0] < 2000
    assert (picture.reshape(-1, 3).std(axis=0) > 40).all()


def test_the_animation_shows_the_clip_as_the_program_does(monkeypatch):
    whole = pictures.realtime
    monkeypatch.setattr(pictures, "realtime", lambda argv: whole([*argv, "--max-frames", "3"]))
    shown = pictures.animation(pictures.CLIP)
    assert [frame.shape for frame in shown.frames] == [(405, 720, 3)] * 3
    assert list(shown.durations) == [80] * 3  # every other frame of 25 a second

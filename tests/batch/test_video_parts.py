from __future__ import annotations

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from archive import sheet

from realtime.batch import video_parts
from realtime.batch.task import Task
from realtime.batch.video_parts import cut, part_frames
from realtime.batch.work import read
from realtime.detections import Detections
from realtime.live.pipeline import EveryFrame
from realtime.recognition.trace import Trace
from realtime.sources.frame import SourceError

FPS, SECONDS = 10, 13


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> str:
    """A number that drifts over the picture, and frames that tell by their brightness when they come."""
    path = str(tmp_path_factory.mktemp("film") / "film.mp4")
    writer = cv2.VideoWriter(path, cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"mp4v"), FPS, (180, 120))
    for i in range(FPS * SECONDS):
        writer.write(
            cv2.warpAffine(
                sheet(), np.array([[1, 0, i % 9], [0, 1, 0]], np.float32), (180, 120), borderValue=(235,) * 3
            )
        )
    writer.release()
    return path


def test_the_parts_of_a_long_video_follow_each_other(film):
    assert cut(film, 3) == [(0, 3), (3, 6), (6, 9), (9, -1)]
    assert cut(film) == [], "a minute at least"


@pytest.mark.parametrize("name", ["a.png", "missing.mp4", "text.mp4"])
def test_what_is_no_video_is_not_cut(tmp_path, name):
    (tmp_path / "text.mp4").write_text("text")
    assert cut(str(tmp_path / name), 1) == []


def test_each_frame_belongs_to_one_part(film):
    frames = [frame.index for part in cut(film, 3) for frame, belongs in part_frames(film, *part, 2) if belongs]
    assert frames == list(range(FPS * SECONDS))
    warm_up = [frame.index for frame, belongs in part_frames(film, 6, 9, 2) if not belongs]
    assert warm_up == list(range(4 * FPS, 6 * FPS))


def quick_read(frame: np.ndarray) -> Trace:
    """A recogniser for this film: its three shapes from left to right."""
    contours, _ = cv2.findContours(
        cv2.inRange(frame, (0, 0, 0), (150,) * 3), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    boxes = sorted(cv2.boundingRect(contour) for contour in contours)
    xyxy, probabilities = (
        np.array([(x, y, x + w, y + h) for x, y, w, h in boxes]),
        0.9 * np.eye(11, dtype=np.float32)[[4, 7, 1]],
    )
    detections = Detections.from_probabilities(xyxy, probabilities)
    return Trace(frame[..., 0], detections.xyxy, np.zeros((3, 28, 28), np.float32), probabilities, detections)


def test_in_parts_the_same_is_read_as_at_one_go(film, monkeypatch):
    recognizer = SimpleNamespace(trace=quick_read)
    monkeypatch.setattr("realtime.batch.work.make_pipeline", lambda *model: EveryFrame(recognizer))
    whole = read(Task(film)).rows
    monkeypatch.setattr("realtime.batch.work.cut", partial(cut, part=5))
    answer = read(Task(film))
    assert [task.part for task in answer.parts] == [(0, 5), (5, 10), (10, -1)] and len(answer.rows) == 0
    parts = [read(task) for task in answer.parts]
    assert all(part.error is None for part in parts)
    found = [row for part in parts for row in part.rows.to_pylist()]
    same = ("source", "frame", "line", "number", "digit", "x1", "y1", "x2", "y2")
    assert [[row[name] for name in same] for row in found] == [
        [row[name] for name in same] for row in whole.to_pylist()
    ]
    assert np.allclose([row["confidence"] for row in found], whole["confidence"], atol=0.02)
    assert [row["time"] for row in found] == pytest.approx(whole["time"].to_pylist())
    assert {row["digit"] for row in found} == {4, 7, 1}


def test_a_part_with_too_few_frames_is_damaged(film, tmp_path):
    short = tmp_path / "short.avi"
    writer = cv2.VideoWriter(str(short), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"MJPG"), FPS, (64, 48))
    for _ in range(60):
        writer.write(np.zeros((48, 64, 3), np.uint8))
    writer.release()
    content = short.read_bytes()
    Path(short).write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(SourceError, match="damaged: only"):
        list(part_frames(str(short), 2, 5, video_parts.OVERLAP))

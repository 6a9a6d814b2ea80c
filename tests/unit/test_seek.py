"""A source of files is sent to another place, and goes on from there."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from realtime.sources.files import FileSource
from realtime.sources.frame import SourceError
from realtime.sources.open import open_source

FPS = 20


def write_video(path: Path, codec: str = "mp4v", frames: int = 60) -> Path:
    """Each frame is as bright as four times its number."""
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), FPS, (64, 48))
    for i in range(frames):
        writer.write(np.full((48, 64, 3), 4 * i, np.uint8))
    writer.release()
    return path


def write_photo(path: Path, level: int) -> Path:
    cv2.imwrite(str(path), np.full((48, 64, 3), level, np.uint8))
    return path


def number(image: np.ndarray) -> int:
    return round(float(image.mean()) / 4)


@pytest.mark.parametrize(("suffix", "codec"), [(".mp4", "mp4v"), (".avi", "MJPG"), (".webm", "VP80")])
def test_a_video_goes_on_from_where_it_was_sent(tmp_path: Path, suffix: str, codec: str) -> None:
    with open_source(str(write_video(tmp_path / f"clip{suffix}", codec))) as source:
        assert isinstance(source, FileSource)
        assert next(source).index == 0
        for place in (30, 31, 7, 59, 1, 0):
            source.seek(place)
            frame = next(source)
            assert frame.index == place and number(frame.image) == pytest.approx(place, abs=1)
            assert frame.time == pytest.approx(place / FPS, abs=0.01) and not frame.still
        following = [next(source) for _ in range(3)]
        assert [frame.index for frame in following] == [1, 2, 3]
        np.testing.assert_allclose([frame.time for frame in following], [0.05, 0.1, 0.15], atol=0.01)
        source.seek(58)
        assert [frame.index for frame in source] == [58, 59] and source.failures == []
        source.seek(57)
        assert next(source).index == 57, "also after the end"


def test_beyond_the_end_is_the_last_frame(tmp_path: Path) -> None:
    with FileSource([str(write_video(tmp_path / "clip.mp4"))]) as source:
        source.seek(1000)
        assert [frame.index for frame in source] == [59]
        source.seek(-5)
        assert next(source).index == 0


def test_a_place_counts_the_frames_that_are_taken(tmp_path: Path) -> None:
    path = str(write_video(tmp_path / "clip.mp4"))
    with FileSource([path], stride=4, max_frames=12) as source:
        source.seek(10)
        frames = list(source)
    assert [frame.index for frame in frames] == [40, 44]
    assert [number(frame.image) for frame in frames] == pytest.approx([40, 44], abs=1)
    np.testing.assert_allclose([frame.time for frame in frames], [2, 2.2], atol=0.01)


def test_a_place_may_be_in_another_file(tmp_path: Path) -> None:
    paths = [
        write_photo(tmp_path / "a.png", 40),
        write_video(tmp_path / "b.mp4", frames=5),
        tmp_path / "c.png",
        write_photo(tmp_path / "d.png", 80),
        write_photo(tmp_path / "e.png", 120),
    ]
    paths[2].write_text("no picture")
    told: list[str] = []
    with FileSource([str(path) for path in paths], many=True, on_failure=told.append) as source:
        every = [(Path(frame.source).name, frame.index) for frame in source]
        assert len(every) == 8 == source.total
        for place, rest in ((3, every[3:]), (7, every[-1:]), (0, every)):
            source.seek(place)
            assert [(Path(frame.source).name, frame.index) for frame in source] == rest
        assert len(told) == 1, "what is damaged is told once"


def test_nobody_knows_places_in_what_has_no_length(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FileSource, "total", None)
    with FileSource([str(write_photo(tmp_path / "a.png", 40))]) as source, pytest.raises(SourceError, match="how long"):
        source.seek(0)

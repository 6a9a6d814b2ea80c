"""Sources of which nobody knows how long they are: standard input, a watched folder, the clipboard, the screen."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import BinaryIO

import cv2
import every_input
import numpy as np
import pytest
from fake_camera import picture

from realtime.sources import screen as screens
from realtime.sources import watched_folder
from realtime.sources.frame import Frame
from realtime.sources.open import SourceError, open_source

KINDS = {kind.name: kind for kind in every_input.INPUTS}


def levels(frames: list[Frame]) -> list[int]:
    """Brightness of each frame, to the nearest ten."""
    return [round(float(np.median(frame.image[:, -8:])) / 10) * 10 for frame in frames]


def jpeg(level: int) -> bytes:
    return cv2.imencode(".jpg", picture(level))[1].tobytes()


class Pipe(io.BytesIO):
    """Cannot be wound back, and gives what it has piece by piece."""

    def seekable(self) -> bool:
        return False

    def read(self, size: int | None = -1) -> bytes:
        return super().read(size)


@pytest.fixture(params=[Pipe, io.BytesIO], ids=["pipe", "file"])
def comes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch):
    """Have bytes come on standard input, through a pipe or from a file."""

    def come(data: bytes) -> None:
        stream: BinaryIO = request.param(data)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))

    return come


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.bmp", "a.heic", "deep.tif", "a.gif"])
def test_a_photo_on_standard_input(name: str, comes):
    comes(KINDS[name].contents())
    with open_source("-") as source:
        assert (source.live, source.many, source.total) == (False, False, None)
        (frame,) = source
    assert frame.still and frame.source == "standard input" and frame.image.shape == (320, 480, 3)


@pytest.mark.parametrize("name", ["pages.pdf", "pages.tif", "pages.gif"])
def test_a_document_on_standard_input(name: str, comes):
    comes(KINDS[name].contents())
    with open_source("-") as source:
        assert source.many
        assert [(frame.index, frame.still) for frame in source] == [(0, True), (1, True), (2, True)]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.ts", "a.flv", "moves.gif"])
def test_a_video_on_standard_input(name: str, comes):
    comes(KINDS[name].contents())
    with open_source("-") as source:
        frames = list(source)
    assert [frame.index for frame in frames] == list(range(8)) and not any(frame.still for frame in frames)
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(8) / 10, atol=2e-2)


@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_pictures_in_a_row_are_frames(suffix: str, comes):
    comes(b"".join(cv2.imencode(suffix, picture(level))[1].tobytes() for level in (40, 80, 120)))
    with open_source("-", stride=2) as source:
        frames = list(source)
    assert [frame.index for frame in frames] == [0, 2] and levels(frames) == [40, 120]


def test_a_frame_is_delivered_before_the_next_one_has_come(monkeypatch):
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stream, os.fdopen(write, "wb", buffering=0) as end:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
        end.write(jpeg(40) + jpeg(60) + jpeg(80))  # FFmpeg looks ahead
        with open_source("-") as source:
            frames = iter(source)
            assert levels([next(frames)]) == [40]
            end.close()
            assert levels(list(frames)) == [60, 80]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "nothing came"),
        (b"a letter", "text, not a picture or a video"),
        (bytes(range(256)) * 40, "not a picture or a video that can be read, or damaged"),
        (b"%PDF-1.7\nand no more", "damaged PDF"),
        (b"#EXTM3U\nhttp://127.0.0.1/\n", "text, not a picture or a video"),
    ],
)
def test_what_cannot_be_read_on_standard_input_is_told(data: bytes, reason: str, comes):
    comes(data)
    with pytest.raises(SourceError, match=f"^standard input: {reason}$"), open_source("-") as source:
        list(source)


def test_what_is_cut_short_on_standard_input_is_told(comes):
    comes(KINDS["half.jpg"].contents())
    told: list[str] = []
    with open_source("-", on_failure=told.append) as source:
        assert len(list(source)) == 1
    assert told == source.failures == ["standard input: cut short; what is there is read"]


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watched_folder, "PAUSE", 0.02)
    return tmp_path


def put(path: Path, level: int) -> None:
    path.write_bytes(jpeg(level))


def test_a_watched_folder_gives_what_is_there_and_what_comes(inbox: Path):
    put(inbox / "2.jpg", 60)
    put(inbox / "1.jpg", 40)
    (inbox / "notes.txt").write_text("no picture")
    told: list[str] = []
    with open_source(str(inbox), watch=True, on_failure=told.append) as source:
        assert source.many and not source.live
        frames = iter(source)
        assert levels([next(frames), next(frames)]) == [40, 60]
        (inbox / "broken.jpg").write_text("no picture")
        put(inbox / "3.jpg", 80)
        assert levels([next(frames)]) == [80]
        shutil.copy(inbox / "1.jpg", inbox / "4.jpg")
        assert levels([next(frames)]) == [40]
        put(inbox / "1.jpg", 120)
        assert levels([next(frames)]) == [120], "it was written anew"
    assert told == source.failures == [f"{inbox}/broken.jpg: text, not a picture or a video"]


def test_a_file_that_still_grows_is_waited_for(inbox: Path):
    whole = jpeg(60)
    done = threading.Event()
    with open_source(str(inbox), watch=True) as source:

        def write() -> None:
            with (inbox / "a.jpg").open("wb", buffering=0) as file:
                for i in range(0, len(whole), 50):
                    file.write(whole[i : i + 50])
                    done.wait(0.01)

        writer = threading.Thread(target=write)
        writer.start()
        frames = []
        for frame in source:
            frames.append(frame)
            if frame.image.shape == picture(60).shape and levels([frame]) == [60]:
                break
        writer.join()
    assert levels(frames[-1:]) == [60]


def test_a_watched_folder_ends_when_it_is_closed_while_it_is_waited_for(inbox: Path):
    source = open_source(str(inbox), watch=True)
    waiting = threading.Thread(target=lambda: list(source))
    waiting.start()
    source.close()
    waiting.join(100)
    assert not waiting.is_alive()


@pytest.mark.parametrize("specs", [["missing"], ["a", "b"]])
def test_only_one_folder_can_be_watched(specs: list[str], inbox: Path, monkeypatch):
    monkeypatch.chdir(inbox)
    Path("a").mkdir()
    with pytest.raises(SourceError, match="one folder can be watched, and nothing else"):
        open_source(specs, watch=True)


@pytest.fixture
def copied(display: str) -> Iterator[None]:
    """A picture on the clipboard."""
    if shutil.which("xclip") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("the clipboard would go untested: xclip is missing")
        pytest.skip("xclip is missing")
    png = cv2.imencode(".png", picture(40))[1].tobytes()
    subprocess.run(["xclip", "-selection", "clipboard", "-target", "image/png"], input=png, check=True, timeout=100)
    yield
    subprocess.run(["xclip", "-selection", "clipboard"], input=b"no picture", check=True, timeout=100)


@pytest.mark.usefixtures("copied")
def test_the_picture_on_the_clipboard():
    with open_source("clipboard") as source:
        (frame,) = source
    assert frame.still and frame.source == "clipboard" and levels([frame]) == [40]


@pytest.mark.usefixtures("display")
def test_no_picture_on_the_clipboard():
    with pytest.raises(SourceError, match=r"^clipboard: "):
        open_source("clipboard")


def test_what_the_screen_shows(display: str, monkeypatch):
    monkeypatch.setattr(screens, "PAUSE", 0)
    with open_source("screen", max_frames=2) as source:
        assert source.live and source.size == (1400, 900)
        frames = [frame for frame in source if frame.note is None]
    assert all(frame.image.shape == (900, 1400, 3) and frame.source == "screen" for frame in frames)
    with pytest.raises(SourceError, match=r"^screen 2: there is one$"):
        open_source("screen:2")


@pytest.mark.usefixtures("no_display")
def test_without_a_display_the_screen_cannot_be_seen():
    with pytest.raises(SourceError, match=r"^screen: it cannot be seen; is there"):
        open_source("screen")

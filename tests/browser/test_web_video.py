"""Uploaded videos are decoded in processes that may die: the answer says so, and the server serves on."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import av
import cv2
import every_input
import numpy as np
import pytest
from serving import Running, until

from realtime.sources.frame import SourceError
from realtime.web import decoder, limits
from realtime.web.decoder import Bounds, Decoder
from realtime.web.workers import Workers

BOUNDS = Bounds(frames=1000, pixels=1_000_000, memory=1_000_000_000, seconds=100)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with Running() as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_left_over(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert until(lambda: not decoders() and not any(folder.iterdir()))


def decoders() -> list[int]:
    return [child.pid or 0 for child in multiprocessing.active_children() if child.name == decoder.NAME]


def clip(path: Path, frames: int = 3, size: tuple[int, int] = (320, 240)) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, size)
    for level in range(frames):
        writer.write(np.full((size[1], size[0], 3), 100 + level % 100, np.uint8))
    writer.release()
    return path.read_bytes()


def served(server: Running, video: bytes) -> bool:
    status, _, body = server.request("POST", "/api/video", video)
    return status == 200 and [json.loads(line)["frame"] for line in body.splitlines()] == [0, 1, 2]


def test_nothing_of_a_video_is_decoded_in_the_process_of_the_server(server, tmp_path, monkeypatch):
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: pytest.fail("it was"))
    assert served(server, clip(tmp_path / "a.avi"))


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal there")
@pytest.mark.parametrize("number", ["SIGKILL", "SIGSEGV"])
def test_a_death_while_it_is_read_is_the_last_line(server, tmp_path, monkeypatch, number):
    killed: list[int] = []
    read = Workers.unhurried

    async def kill_then_read(self, function):
        if getattr(function, "__name__", "") == "next_line" and not killed:
            killed.extend(decoders())
            os.kill(killed[0], getattr(signal, number))
        return await read(self, function)

    monkeypatch.setattr(Workers, "unhurried", kill_then_read)
    status, _, body = server.request("POST", "/api/video?name=b.avi", clip(tmp_path / "a.avi", 400))
    *frames, last = [json.loads(line) for line in body.splitlines()]
    assert len(killed) == 1 and status == 200 and 1 <= len(frames) < 400
    assert [frame["frame"] for frame in frames] == list(range(len(frames)))
    assert last["error"].startswith("b.avi: the process that decodes it has ended")
    assert served(server, clip(tmp_path / "a.avi"))


def test_a_death_before_the_first_frame_is_415(server, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(decoder, "serve", os.abort)
    status, answer = server.post("/api/video?name=b.avi", clip(tmp_path / "a.avi"))
    assert status == 415 and answer["error"].startswith("b.avi: the process that decodes it has ended")
    monkeypatch.undo()
    assert served(server, clip(tmp_path / "a.avi"))


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux")
def test_what_takes_too_much_memory_is_refused_with_a_reason(server, tmp_path, monkeypatch, capfd):
    large = clip(tmp_path / "large.avi", 3, (3840, 2160))
    assert served(server, large)
    monkeypatch.setattr(limits, "DECODER_BYTES", 60_000_000)
    capfd.readouterr()
    status, answer = server.post("/api/video?name=b.avi", large)
    assert status == 415 and answer["error"].startswith("b.avi: ") and "\n" not in answer["error"]
    assert "Traceback" not in capfd.readouterr().err
    monkeypatch.undo()
    assert served(server, clip(tmp_path / "a.avi"))


def test_a_frame_that_takes_too_long_is_refused(tmp_path):
    clip(tmp_path / "a.avi")
    with pytest.raises(SourceError, match=r"^b.avi: a frame takes longer than 0 s to decode$"):
        Decoder(str(tmp_path / "a.avi"), "b.avi", Bounds(9, 1_000_000, BOUNDS.memory, 0.0))


def test_a_picture_larger_than_is_allowed_is_413(server, tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "FRAME_PIXELS", 320 * 240 - 1)
    status, answer = server.post("/api/video", clip(tmp_path / "a.avi"))
    assert status == 413 and "megapixels" in answer["error"]


def test_a_client_that_leaves_takes_the_process_with_it(server, tmp_path):
    video = clip(tmp_path / "a.avi", 400)
    head = b"POST /api/video HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(video)
    with socket.create_connection(("127.0.0.1", server.port), 100) as connection:
        connection.sendall(head + video)
        assert connection.recv(12) == b"HTTP/1.1 200" and len(decoders()) == 1
    assert until(lambda: not decoders())


def test_frames_and_what_went_wrong_are_those_of_the_file(tmp_path):
    whole = clip(tmp_path / "a.avi", 9)
    its = Decoder(str(tmp_path / "a.avi"), "b.avi", BOUNDS)
    frames = list(its)
    assert its.total == 9 and its.failures == [] and [frame.index for frame in frames] == list(range(9))
    assert frames[0].image.shape == (240, 320, 3) and abs(int(frames[5].image.mean()) - 105) < 5
    its.close()
    its.close()
    (tmp_path / "c.avi").write_bytes(whole[: len(whole) // 2])
    its = Decoder(str(tmp_path / "c.avi"), "b.avi", BOUNDS)
    with suppress(SourceError):
        assert len(list(its)) < 9
    assert all(failure.startswith("b.avi: damaged") for failure in its.failures)
    its.close()


def test_a_video_with_what_was_read_drawn_into_it(server):
    kind = next(kind for kind in every_input.INPUTS if kind.name == "a.mkv")
    status, headers, body = server.request("POST", "/api/video/annotated", kind.contents())
    assert status == 200 and headers["content-type"] == "video/mp4"
    with av.open(io.BytesIO(body), "r") as container:
        frames = [(frame.time, frame.to_ndarray(format="bgr24")) for frame in container.decode(video=0)]
    np.testing.assert_allclose([time for time, _ in frames], np.arange(8) / 10, atol=1e-3)
    last = frames[-1][1]
    assert last.shape[0] >= 320 and last.shape[1] >= 480, "the reading stands beside or below the picture"
    blue = (last[..., 0] > 120) & (last[..., 2] < 60)
    assert blue.sum() > 200, "boxes are drawn around the digits"


def test_what_cannot_be_encoded_here_is_told(server, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    kind = next(kind for kind in every_input.INPUTS if kind.name == "a.webm")
    status, answer = server.post("/api/video/annotated", kind.contents())
    assert status == 507 and "pip install av" in answer["error"]
    status, answer = server.post("/api/video/annotated", b"no video")
    assert status == 415

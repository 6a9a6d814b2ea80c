"""Clients that mean harm, or are merely broken: the server refuses them, drops them, and serves the others."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from serving import Running, until
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from realtime.web import limits, live
from realtime.web.pictures import is_large
from realtime.web.workers import Workers

ROOT = Path(__file__).resolve().parents[2]
SHEET = cv2.imread(str(ROOT / "samples" / "dark.jpg"))
FRAME = cv2.imencode(".jpg", cv2.resize(SHEET, (320, 240)))[1].tobytes()


def live_client(server: Running, **options) -> ClientConnection:
    return connect(f"ws://127.0.0.1:{server.port}/api/live", max_size=None, **options)


def ask(client: ClientConnection, frame: bytes = FRAME) -> dict:
    client.send(frame)
    return json.loads(client.recv(100))


def served(server: Running) -> bool:
    """Whether somebody well-behaved gets a page, a photo read and a frame read."""
    with live_client(server) as client:
        frame = ask(client)
    page = server.request("GET", "/")[0]
    return page == 200 and server.post("/api/recognize", FRAME)[0] == 200 and frame["size"] == [320, 240]


def clients(server: Running) -> int:
    return json.loads(server.request("GET", "/api/health")[2])["clients"]


def raw(server: Running, data: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=100)
    connection.sendall(data)
    return connection


def rest(connection: socket.socket) -> bytes:
    """All that comes before the server hangs up."""
    parts = []
    with connection, suppress(ConnectionError):
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def png_bomb(side: int, depth: int = 8) -> bytes:
    """A small file that says it is a PNG of `side` x `side` pixels, so many bits a channel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


class TestStrangers:
    @pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "a b", ""])
    def test_a_foreign_name_is_refused(self, server, host):
        status, headers, body = server.request("GET", "/", headers={"Host": host})
        assert status == 403 and "Host" in json.loads(body)["error"] and headers["connection"] == "close"

    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234", "[::1]:8000", "LOCALHOST:8000"])
    def test_any_port_may_be_forwarded_to_ours(self, server, host):
        assert server.request("GET", "/", headers={"Host": host})[0] == 200

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "http://["])
    def test_a_foreign_page_is_refused(self, server, origin):
        assert server.post("/api/recognize", FRAME, {"Origin": origin})[0] == 403
        with pytest.raises(InvalidStatus, match="403"):
            live_client(server, origin=origin)

    def test_our_own_page_is_not(self, server):
        assert server.post("/api/recognize", FRAME, {"Origin": server.address})[0] == 200
        with live_client(server, origin=server.address) as client:
            assert ask(client)["size"] == [320, 240]

    def test_a_live_connection_under_a_foreign_name_is_refused(self, server):
        lines = ["GET /api/live HTTP/1.1", "Host: evil.example", "Upgrade: websocket", "Connection: Upgrade"]
        lines += ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", ""]
        assert rest(raw(server, "\r\n".join(lines).encode())).startswith(b"HTTP/1.1 403")


class TestTooMuch:
    @pytest.mark.parametrize("path", ["/api/recognize", "/api/video"])
    def test_a_large_body_is_refused_by_what_it_announces(self, server, path):
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n"
        answer = rest(raw(server, head.encode()))
        assert answer.startswith(b"HTTP/1.1 413") and b"MB are the most" in answer

    def test_and_one_that_announces_nothing_by_what_comes(self, server, monkeypatch):
        monkeypatch.setattr(limits, "PHOTO_BYTES", 1000)
        head = b"POST /api/recognize HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        assert rest(raw(server, head + b"7d0\r\n" + bytes(2000) + b"\r\n")).startswith(b"HTTP/1.1 413")

    def test_a_form_of_many_parts_is_refused(self, server):
        body = (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n' for _ in range(1000))
            + b"--x--\r\n"
        )
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        assert server.post("/api/recognize", body, kind)[0] == 400
        assert server.post("/api/recognize", FRAME, {"Content-Type": "multipart/form-data"})[0] == 400

    @pytest.mark.parametrize("side", [8_000, 30_000, 2**31 - 1])
    def test_a_picture_too_large_is_refused_by_its_header(self, server, side, monkeypatch):
        monkeypatch.setattr(cv2, "imdecode", lambda *_: pytest.fail("it was decoded"))
        status, answer = server.post("/api/recognize", png_bomb(side))
        assert status == 413 and "megapixels" in answer["error"]
        with live_client(server) as client:
            assert "megapixels" in ask(client, png_bomb(side))["error"]

    def test_of_a_picture_of_16_bits_fewer_pixels_are_decoded(self, server):
        assert server.post("/api/recognize", png_bomb(6_000, 16))[0] == 413
        assert server.post("/api/recognize", png_bomb(4_000, 16))[0] == 415, "damaged, not too large"

    def test_a_large_photo_keeps_no_other_one_waiting(self, server, monkeypatch):
        large = png_bomb(7_000)
        assert is_large(large) and not is_large(FRAME)
        taken = threading.Event()
        free = Workers.unhurried

        async def held(self: Workers, function: Any) -> Any:
            taken.set()
            while not answered.is_set():
                await asyncio.sleep(0.01)
            return await free(self, function)

        answered = threading.Event()
        monkeypatch.setattr(Workers, "unhurried", held)
        with ThreadPoolExecutor(1) as pool:
            later = pool.submit(server.post, "/api/recognize", large)
            assert taken.wait(60)
            assert server.post("/api/recognize", FRAME)[0] == 200
            answered.set()
            assert later.result(60)[0] == 415

    def test_a_jpeg_of_many_passes_is_refused(self, server):
        jpeg = cv2.imencode(".jpg", SHEET, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
        assert server.post("/api/recognize", jpeg)[0] == 200
        scan = jpeg[jpeg.rindex(b"\xff\xda") : -2]
        assert server.post("/api/recognize", jpeg[:-2] + 1000 * scan + jpeg[-2:])[0] == 415

    def test_a_frame_too_large_ends_its_connection(self, server):
        with live_client(server) as client, pytest.raises(ConnectionClosed) as end:
            client.send(bytes(limits.FRAME_BYTES + 1))
            client.recv(100)
        # The server hangs up while the frame is still on its way, so its last word may be lost with the connection.
        assert end.value.rcvd is None or end.value.rcvd.code == 1009
        with live_client(server) as client:
            assert "error" not in ask(client, FRAME)
        assert served(server)

    def test_endless_headers_are_refused(self, server):
        connection, hung_up = raw(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n"), False
        try:
            connection.sendall(b"".join(b"X-%d: %s\r\n" % (i, bytes([65]) * 1000) for i in range(5000)))
        except ConnectionError:
            hung_up = True
        answer = rest(connection)
        # The server hangs up while the headers are still on their way, so its answer may be lost with the connection.
        assert answer.startswith(b"HTTP/1.1 400") or (hung_up and answer == b"")
        assert served(server)

    @pytest.mark.parametrize(
        "nonsense", [b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"\0" * 100 + b"\r\n\r\n"]
    )
    def test_what_is_no_http_gets_400(self, server, nonsense):
        answer = rest(raw(server, nonsense + b"\r\n\r\n"))
        assert answer.startswith(b"HTTP/1.1 4") and b'{"error"' in answer


class TestDamaged:
    def test_half_a_jpeg_is_read_and_has_a_warning(self, server):
        status, answer = server.post("/api/recognize", FRAME[: len(FRAME) // 2])
        assert status == 200 and answer["warning"] == "picture: cut short; what is there is read"

    @pytest.mark.parametrize("body", [b"", b"1234567890", b"\xff\xd8\xff\xe0 text as JPEG", b"\x89PNG\r\n\x1a\n"])
    def test_what_is_no_picture_is_415(self, server, body, capfd):
        status, answer = server.post("/api/recognize", body)
        assert status == 415 and "picture: " in answer["error"]
        assert capfd.readouterr().err == ""

    def test_damaged_pictures_of_all_kinds_do_no_harm(self, server):
        rng = np.random.default_rng(0)
        files = [cv2.imencode(kind, SHEET[:120, :160])[1] for kind in (".jpg", ".png", ".webp")]
        with live_client(server) as client:
            refused = 0
            for i in range(150):
                file = files[i % 3].copy()
                places = rng.integers(12, len(file), 8)
                file[places] = rng.integers(0, 256, 8)
                answer = ask(client, file.tobytes())
                refused += "error" in answer
                assert answer.get("error", "frame: ").startswith("frame: ") and ("error" in answer) != (
                    "digits" in answer
                )
            assert 0 < refused < 150, "some can be read all the same"
            assert ask(client)["size"] == [320, 240]


class TestTooSlow:
    def test_a_request_that_does_not_come_is_dropped(self, server, monkeypatch):
        monkeypatch.setattr(limits, "HEADER_SECONDS", 0.1)
        assert rest(raw(server)) == b""
        assert rest(raw(server, b"GET / HT")) == b""

    def test_nor_is_a_second_one_waited_for(self, server, monkeypatch):
        connection = raw(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while not answer.rstrip().endswith(b"</html>"):
            answer += connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200")
        monkeypatch.setattr(limits, "HEADER_SECONDS", 0.1)
        connection.sendall(b"GET")
        assert rest(connection) == b""

    def test_a_body_that_does_not_come_is_408(self, server, monkeypatch):
        monkeypatch.setattr(limits, "BODY_SECONDS", 0.1)
        head = b"POST /api/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc"
        assert rest(raw(server, head)).startswith(b"HTTP/1.1 408")

    def test_a_body_that_trickles_in_is_408(self, server, monkeypatch):
        monkeypatch.setattr(limits, "BODY_SECONDS", 0.1)
        head = b"POST /api/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"
        connection = raw(server, head)
        with suppress(ConnectionError):
            for _ in range(200):
                connection.sendall(b"a")
                time.sleep(0.005)
        assert rest(connection).startswith(b"HTTP/1.1 408")

    def test_one_that_never_reads_is_dropped(self, server, monkeypatch):
        monkeypatch.setattr(limits, "STALLED_SECONDS", 0.2)
        monkeypatch.setattr(live.Camera, "__call__", lambda *_: {"long": "x" * 1_000_000})
        with live_client(server, max_queue=1) as client, pytest.raises(ConnectionClosed):
            while True:  # nobody takes the answers: all buffers on the way fill up
                client.send(FRAME)
        assert until(lambda: clients(server) == 0)

    def test_an_upload_that_breaks_off_leaves_nothing(self, server, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        head = b"POST /api/video HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n"
        connection = raw(server, head + bytes(50_000))
        assert until(lambda: any(tmp_path.iterdir()))
        connection.close()
        assert until(lambda: not any(tmp_path.iterdir()))

    def test_nor_does_a_video_whose_reader_goes(self, server, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        clip = (ROOT / "samples" / "clip.mp4").read_bytes()
        head = b"POST /api/video HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(clip)
        connection = raw(server, head + clip)
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.close()
        assert until(lambda: not any(tmp_path.iterdir()))
        assert served(server)

    def test_the_uploads_of_a_server_that_was_killed_are_gone_when_the_next_one_starts(self, tmp_path, monkeypatch):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        dead = subprocess.Popen([sys.executable, "-c", ""])
        dead.wait()
        names = [f"digits-upload-{dead.pid}-a.mp4", f"digits-upload-{os.getpid()}-b.mp4", "digits-upload-x-c.mp4", "d"]
        for name in names:
            (tmp_path / name).touch()
        with Running() as server:
            assert served(server)
        assert {path.name for path in tmp_path.iterdir()} == set(names[1:])


class TestMany:
    @pytest.mark.parametrize("path", ["/api/recognize", "/api/video"])
    def test_uploads_that_come_slowly_keep_nobody_waiting(self, path, tmp_path, monkeypatch):
        monkeypatch.setattr(limits, "VIDEOS", 1)
        monkeypatch.setattr(limits, "UPLOADS_OF_ONE", 41)
        monkeypatch.setattr(limits, "VIDEOS_OF_ONE", 41)
        good = FRAME
        if path == "/api/video":
            writer = cv2.VideoWriter(str(tmp_path / "a.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
            writer.write(np.full((240, 320, 3), 200, np.uint8))
            writer.release()
            good = (tmp_path / "a.avi").read_bytes()
        head = b"POST %s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" % path.encode()
        with Running() as server, ExitStack() as stack:
            for _ in range(40):
                stack.enter_context(raw(server, head + good[:-1]))
            assert server.request("POST", path, good)[0] == 200

    def test_where_uploads_take_all_the_room_one_more_is_asked_to_come_again(self, monkeypatch):
        monkeypatch.setattr(limits, "HELD_BYTES", len(FRAME) + 1000)
        head = b"POST /api/recognize HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(FRAME)
        with Running() as server, raw(server, head + FRAME[:-1]) as slow:
            assert until(lambda: server.post("/api/recognize", FRAME)[0] == 503)
            slow.sendall(FRAME[-1:])
            assert rest(slow).startswith(b"HTTP/1.1 200")
            assert until(lambda: server.post("/api/recognize", FRAME)[0] == 200), "the room is free again"

    def test_a_live_client_that_is_silent_makes_room_for_another(self, server, monkeypatch):
        assert until(lambda: clients(server) == 0)
        monkeypatch.setattr(limits, "CLIENTS", 2)
        monkeypatch.setattr(limits, "YIELD_SECONDS", 0.0)
        with live_client(server) as first, live_client(server) as second:
            assert ask(first)["frame"] == ask(second)["frame"] == 0
            with live_client(server) as third:
                assert ask(third)["frame"] == 0
                with pytest.raises(ConnectionClosed, match="idle"):
                    first.recv(100)
                assert ask(second)["frame"] == 1
        assert until(lambda: clients(server) == 0)

    def test_fifty_clients_are_all_served(self, server, monkeypatch):
        monkeypatch.setattr(limits, "CLIENTS_OF_ONE", 50)
        everybody = threading.Barrier(50)

        def watch(_: int) -> list[int]:
            with live_client(server, open_timeout=100) as client:
                everybody.wait(100)
                return [ask(client)["frame"] for _ in range(3)]

        with ThreadPoolExecutor(50) as pool:
            assert list(pool.map(watch, range(50))) == [[0, 1, 2]] * 50
        assert until(lambda: clients(server) == 0)

    def test_connections_that_ask_for_nothing_make_room(self, server, monkeypatch):
        monkeypatch.setattr(limits, "CONNECTIONS", 4)
        with live_client(server) as good, ExitStack() as stack:
            for _ in range(12):
                stack.enter_context(raw(server))
                assert server.request("GET", "/api/health")[0] == 200
            assert ask(good)["size"] == [320, 240]

    def test_and_where_all_are_at_work_one_more_is_told_so(self, server, monkeypatch):
        with live_client(server), live_client(server):
            assert until(lambda: clients(server) == 2)
            monkeypatch.setattr(limits, "CONNECTIONS", 2)
            monkeypatch.setattr(limits, "HEADER_SECONDS", 0.1)  # the one that asked above may not be gone yet
            refused = b'{"error": "too many connections"}'
            assert until(lambda: (answer := rest(raw(server))).startswith(b"HTTP/1.1 503") and refused in answer)
        monkeypatch.undo()
        assert served(server)

    def test_more_than_there_are_places_for_are_sent_away(self, server, monkeypatch):
        assert until(lambda: clients(server) == 0)
        monkeypatch.setattr(limits, "CLIENTS", 2)
        with live_client(server) as first, live_client(server) as second:
            assert until(lambda: clients(server) == 2)
            with live_client(server) as third, pytest.raises(ConnectionClosed, match="too many clients"):
                third.recv(100)
            assert ask(first)["frame"] == ask(second)["frame"] == 0
        assert until(lambda: clients(server) == 0)
        assert served(server)


class Program(Running):
    """`python main.py` as a process of its own, whose memory can be watched."""

    def __init__(self) -> None:
        command = [sys.executable, "main.py", "--no-browser", "--port", "0"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        assert self.process.stdout is not None
        self._port = int(self.process.stdout.readline().split(":")[2].split("/")[0])
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.errors = self.process.communicate(timeout=100)[1]

    @property
    def port(self) -> int:
        return self._port

    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def pester(server: Running, messages: int) -> int:
    """Send so many messages that are no pictures, over as many connections as that takes."""
    sent = 0
    while sent < messages:
        with suppress(ConnectionClosed), live_client(server) as client:
            for _ in range(limits.MISTAKES):
                client.send(b"\xff\xd8\xff not a picture" + bytes(20_000))
                sent += 1
                client.recv(100)
    return sent


def harass(server: Running, times: int) -> int:
    """Frames that are too large, headers without end and pictures that would fill the memory; how many of each."""
    headers = b"".join(b"X-%d: %s\r\n" % (i, bytes([65]) * 1000) for i in range(1000))
    for _ in range(times):
        with suppress(ConnectionClosed), live_client(server) as client:
            client.send(bytes(limits.FRAME_BYTES + 1))
            client.recv(100)
        with suppress(ConnectionError):
            rest(raw(server, b"GET / HTTP/1.1\r\nHost: localhost\r\n" + headers))
        assert server.post("/api/recognize", png_bomb(30_000))[0] == 413
    return times


def never_read(server: Running, stop: threading.Event) -> None:
    """Send frames and take no answer."""
    with suppress(ConnectionClosed, TimeoutError), live_client(server, max_queue=1, close_timeout=0.1) as client:
        client.socket.settimeout(0.5)
        while not stop.is_set():
            client.send(FRAME)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc to see memory in")
def test_two_thousand_malformed_messages_and_worse_disturb_nobody_and_leave_nothing():
    with Program() as server, live_client(server) as good:
        for _ in range(5):
            ask(good)
        before, stop = server.megabytes(), threading.Event()
        with ThreadPoolExecutor(3) as pool:
            deaf = pool.submit(never_read, server, stop)
            pests = [pool.submit(pester, server, 2_000), pool.submit(harass, server, 10)]
            answers, most = 0, before
            while not all(pest.done() for pest in pests):
                assert ask(good)["size"] == [320, 240]
                answers, most = answers + 1, max(most, server.megabytes())
            stop.set()
        assert pests[0].result() >= 2_000 and pests[1].result() == 10 and deaf.exception() is None
        assert answers > 20
        assert most < before + 100
        assert server.megabytes() < before + 35, "the messages together are 40 MB, the frames as well"
        assert served(server)
    assert server.errors == ""


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with Running() as running:
        yield running

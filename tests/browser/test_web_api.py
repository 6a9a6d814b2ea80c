"""The HTTP API, the command line and what every answer says about itself."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
import pytest
from serving import Running
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from realtime.live.worker import WorkerError
from realtime.system.addresses import is_loopback
from realtime.web import app, cli, limits

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "samples"
ROWS = next(
    row["rows"].split("|")
    for row in csv.DictReader((SAMPLES / "labels.csv").read_text().splitlines())
    if row["file"] == "rows.jpg"
)
SHEET = (SAMPLES / "rows.jpg").read_bytes()


def broken(*_: object) -> None:
    raise ZeroDivisionError


@contextmanager
def program(*arguments: str) -> Iterator[str]:
    """`python main.py` as a process of its own; the address it prints."""
    command = [sys.executable, "main.py", "--no-browser", "--port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            address = re.search(r"https?://\S+", process.stdout.readline())
            assert address is not None
            yield address[0]
        finally:
            process.terminate()


class TestRecognize:
    def test_answers_the_record_of_a_photo(self, server):
        status, record = server.post("/api/recognize", SHEET)
        assert status == 200 and record["lines"] == ROWS and record["size"] == [1280, 960]
        assert record["source"] == "picture" and record["frame"] == 0 and "turned" not in record
        digit = record["digits"][0]
        assert set(digit) == {"digit", "confidence", "xyxy", "line", "number", "track"}
        assert digit["digit"] == int(ROWS[0][0]) and digit["track"] is None

    def test_takes_a_form_as_well(self, server):
        body = (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n' + SHEET + b"\r\n--x--\r\n"
        )
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        status, record = server.post("/api/recognize", body, kind)
        assert status == 200 and record["lines"] == ROWS and record["source"] == "a.jpg"

    @pytest.mark.parametrize("suffix", [".png", ".webp"])
    def test_reads_other_formats(self, server, suffix):
        image = cv2.imread(str(SAMPLES / "dark.jpg"))
        body = cv2.imencode(suffix, image)[1].tobytes()
        assert server.post("/api/recognize?name=board", body)[1]["lines"] == ["1238 4 70", "91736619 4", "145450 24"]

    def test_turns_a_sheet_that_lies_on_its_side_unless_told_not_to(self, server):
        side = cv2.rotate(cv2.imread(str(SAMPLES / "rows.jpg")), cv2.ROTATE_90_CLOCKWISE)
        body = cv2.imencode(".jpg", side)[1].tobytes()
        _, record = server.post("/api/recognize?trace=1", body)
        assert record["turned"] == 3 and record["lines"] == ROWS
        assert record["size"] == [960, 1280] and record["seen"]["size"] == [1280, 960]
        # The boxes are those of the photo as it came, as on the command line: there the first row is on the right.
        upright = record["seen"]["glyphs"][0]["xyxy"]
        x1, y1, x2, y2 = record["digits"][0]["xyxy"]
        assert [y1, 960 - x2, y2, 960 - x1] == upright
        _, record = server.post("/api/recognize?turn=0", body)
        assert "turned" not in record and record["lines"] != ROWS and record["size"] == [960, 1280]

    def test_tells_all_that_it_saw_when_asked(self, server):
        _, record = server.post("/api/recognize?trace=1", SHEET)
        seen = record["seen"]
        count = len(record["digits"])
        assert [glyph["digit"] for glyph in seen["glyphs"]][:count] == [digit["digit"] for digit in record["digits"]]
        assert all(glyph["digit"] is None for glyph in seen["glyphs"][count:])
        assert all(abs(sum(glyph["probabilities"]) - 1) < 0.01 for glyph in seen["glyphs"])
        assert all((glyph["fate"] == "digit") == (glyph["digit"] is not None) for glyph in seen["glyphs"])
        assert all(len(box) == 4 for box in seen["overlapped"])
        assert set(seen["milliseconds"]) >= {"look", "line", "normalize", "classify", "decide"}
        with urllib.request.urlopen(seen["crops"]) as png:
            crops = cv2.imdecode(np.frombuffer(png.read(), np.uint8), cv2.IMREAD_GRAYSCALE)
        assert crops.shape == (28 * len(seen["glyphs"]), 28)

    def test_reads_numbers_of_a_form_and_says_which_are_not_of_it(self, server):
        _, record = server.post("/api/recognize?expect=[0-9]%2B", SHEET)
        assert record["lines"] == ROWS and all(number["fits"] for number in record["numbers"])
        _, record = server.post("/api/recognize?expect=40", SHEET)
        assert record["lines"] == ROWS and not any(number["fits"] for number in record["numbers"])
        assert "fits" not in server.post("/api/recognize", SHEET)[1]["numbers"][0]
        status, answer = server.post("/api/recognize?expect=(12", SHEET)
        assert status == 400 and answer["error"].startswith("expect: (12: a ( is not closed")

    def test_an_empty_page_has_no_digits(self, server):
        paper = cv2.imencode(".png", np.full((300, 400, 3), 255, np.uint8))[1].tobytes()
        status, record = server.post("/api/recognize?trace=1", paper)
        assert status == 200 and record["lines"] == [] and record["seen"]["glyphs"] == []


class TestVideo:
    @pytest.fixture(autouse=True)
    def temporary(self, tmp_path, monkeypatch) -> Path:
        folder = tmp_path / "temporary"
        folder.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        return folder

    def test_each_frame_becomes_a_line_and_the_file_is_gone(self, server, tmp_path, temporary):
        path = tmp_path / "short.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 240))
        for frame in [cv2.resize(cv2.imread(str(SAMPLES / "dark.jpg")), (320, 240))] * 3:
            writer.write(frame)
        writer.release()
        status, headers, body = server.request("POST", "/api/video?name=short.avi&preview=1", path.read_bytes())
        records = [json.loads(line) for line in body.splitlines()]
        assert status == 200 and headers["x-frames"] == "3"
        assert [(record["source"], record["frame"]) for record in records] == [("short.avi", i) for i in range(3)]
        assert records[0]["preview"].startswith("data:image/jpeg;base64,")
        assert list(temporary.iterdir()) == []

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"text, no video",
            b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
            b"\0\0\0\x18ftypmp42" + bytes(500),
            SHEET,
        ],
    )
    def test_what_is_no_video_is_refused_and_gone(self, server, temporary, body):
        status, answer = server.post("/api/video", body)
        assert status == 415 and "video" in answer["error"]
        assert "/" not in answer["error"] and list(temporary.iterdir()) == []


class TestAnswers:
    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", "/nope", 404),
            ("GET", "/api/recognize", 405),
            ("POST", "/", 405),
            ("GET", "/api/samples/clip.mp4", 404),
        ]
        + [
            ("GET", path, 404) for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/api/samples/..%2fREADME.md")
        ],
    )
    def test_errors_are_json(self, server, method, path, status):
        got, headers, body = server.request(method, path)
        assert got == status and headers["content-type"] == "application/json" and "error" in json.loads(body)

    def test_a_fault_of_ours_is_500_and_no_traceback(self, server, monkeypatch):
        monkeypatch.setattr(app, "read_photo", broken)
        status, answer = server.post("/api/recognize", SHEET)
        assert status == 500 and "ZeroDivision" not in json.dumps(answer)

    @pytest.mark.parametrize("path", ["/", "/static/app.js", "/api/health", "/nope"])
    def test_the_usual_headers_are_on_all_of_them(self, server, path):
        _, headers, _ = server.request("GET", path)
        assert headers["content-security-policy"].startswith("default-src 'self'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers

    def test_flags_are_0_or_1(self, server):
        status, answer = server.post("/api/recognize?turn=yes", SHEET)
        assert status == 400 and answer["error"] == "turn must be 0 or 1"

    def test_health(self, server):
        status, _, body = server.request("GET", "/api/health")
        assert status == 200 and json.loads(body)["status"] == "ok"

    def test_the_samples_are_listed_and_served(self, server):
        names = [sample["file"] for sample in json.loads(server.request("GET", "/api/samples")[2])]
        assert "rows.jpg" in names and "clip.mp4" not in names
        assert server.request("GET", "/api/samples/rows.jpg")[2] == SHEET

    def test_nothing_comes_from_elsewhere(self):
        for path in app.STATIC.iterdir():
            assert not re.findall(r"(?:https?:)?//(?!localhost|www\.w3\.org/2000/svg)[\w-]+\.\w+", path.read_text()), (
                path
            )


class TestLive:
    def test_follows_the_digits_and_says_when_a_reading_is_finished(self, server):
        with connect(server.address.replace("http", "ws") + "/api/live") as socket:
            readings: list[list[str]] = []
            reads: set[int | None] = set()
            frames = 0
            while not readings or len(reads) < 6:
                socket.send(SHEET)
                record = json.loads(socket.recv(100))
                readings += [record["reading"]] if "reading" in record else []
                assert record["frame"] == frames and (record["read"] is None or record["read"] < frames)
                reads.add(record["read"])
                frames += 1
                assert frames < 5000
            assert readings == [ROWS] and record["caption"] == ROWS and record["settled"]
            assert len({digit["track"] for digit in record["digits"]}) == len("".join(ROWS).replace(" ", ""))
            assert record["milliseconds"] > 0

    def test_one_whose_frames_cannot_be_read_is_told_why(self, server, monkeypatch):
        def fail(*_: object) -> None:
            raise WorkerError("ended twice")

        monkeypatch.setattr("realtime.live.worker.Worker.trace", fail)
        with (
            connect(server.address.replace("http", "ws") + "/api/live") as socket,
            pytest.raises(ConnectionClosed, match="ended twice"),
        ):
            while True:
                socket.send(SHEET)
                socket.recv(100)

    def test_a_message_that_is_no_picture_gets_an_error_and_the_next_an_answer(self, server):
        with connect(server.address.replace("http", "ws") + "/api/live") as socket:
            for bad in ("text", b"", b"\xff\xd8\xff", SHEET[: len(SHEET) // 2]):
                socket.send(bad)
                assert json.loads(socket.recv(100))["error"].startswith("frame: ")
            socket.send(SHEET)
            assert json.loads(socket.recv(100))["size"] == [1280, 960]

    def test_one_that_sends_nothing_is_asked_to_come_back_later(self, server, monkeypatch):
        monkeypatch.setattr(limits, "IDLE_SECONDS", 0.05)
        with (
            connect(server.address.replace("http", "ws") + "/api/live") as socket,
            pytest.raises(ConnectionClosed, match="idle"),
        ):
            socket.recv(100)


class TestCommandLine:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--host", "0.0.0.0"], "--certfile"),
            (["--keyfile", "a.pem"], "--keyfile needs --certfile"),
            (["--port", "65536"], "65535"),
            (["--port", "http"], "from 0 to 65535, not http"),
            (["--min-confidence", "2"], "from 0 to 1"),
            (["--min-confidence", "high"], "from 0 to 1, not high"),
        ],
    )
    def test_wrong_arguments_end_with_2(self, arguments, said, capsys):
        assert cli.main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ") and said in error and error.count("\n") == 1

    @pytest.mark.parametrize("option", ["--model", "--certfile"])
    def test_a_missing_file_ends_with_1(self, option, capsys):
        assert cli.main([option, "nowhere"]) == 1
        error = capsys.readouterr().err
        assert error.startswith("error: ") and "nowhere" in error and error.count("\n") == 1

    def test_a_port_in_use_ends_with_1(self, server, capsys):
        assert cli.main(["--no-browser", "--port", str(server.port)]) == 1
        assert "--port takes another" in capsys.readouterr().err

    def test_starts_says_where_and_needs_no_tensorflow(self):
        with program() as address, urllib.request.urlopen(address) as answer:
            assert b"Digit reader" in answer.read()
        script = "import sys, realtime.web.cli; print({'tensorflow', 'keras', 'matplotlib'} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
        assert done.stdout == "set()\n"

    @pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT there")
    def test_ctrl_c_ends_with_130_and_says_nothing_even_at_work(self):
        command = [sys.executable, "main.py", "--no-browser", "--port", "0"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stderr is not None
            port = int(process.stdout.readline().split(":")[2].split("/")[0])
            clip = (SAMPLES / "clip.mp4").read_bytes()
            request = b"POST /api/video HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(clip)
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(request + clip)
                assert client.recv(12) == b"HTTP/1.1 200"
                process.send_signal(signal.SIGINT)
                assert process.wait(200) == 130 and process.stderr.read() == ""

    @pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl")
    def test_a_key_with_a_password_ends_with_1_and_asks_nothing(self, tmp_path, capfd):
        command = (
            "openssl req -x509 -newkey rsa:2048 -passout pass:abcd -subj /CN=localhost -keyout key.pem -out cert.pem"
        )
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
        files = [str(tmp_path / "cert.pem"), "--keyfile", str(tmp_path / "key.pem")]
        assert cli.main(["--no-browser", "--certfile", *files]) == 1
        error = capfd.readouterr().err
        assert error.endswith("the key has a password\n") and error.count("\n") == 1

    @pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl")
    def test_serves_https_with_a_certificate(self, tmp_path):
        command = "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem -days 1"
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
        paths = [str(tmp_path / name) for name in ("cert.pem", "key.pem")]
        with program("--host", "0.0.0.0", "--certfile", paths[0], "--keyfile", paths[1]) as address:
            assert address.startswith("https://127.0.0.1:")
            trusting = ssl.create_default_context(cafile=paths[0])
            trusting.check_hostname = False
            with urllib.request.urlopen(address + "api/health", context=trusting) as answer:
                assert json.load(answer)["status"] == "ok"

    def test_what_is_loopback(self):
        assert all(map(is_loopback, ("127.0.0.1", "localhost", "::1", "127.8.8.8")))
        assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.7", "example.org", "")))


def test_the_samples_may_be_missing(tmp_path):
    assert app.list_samples(tmp_path) == []
    assert os.listdir(tmp_path) == []


def test_a_server_can_be_started_twice():
    for _ in range(2):
        with Running() as running:
            assert running.request("GET", "/api/health")[0] == 200

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from fake_camera import FakeCamera, StubCapture, picture
from fake_program import FakeClassifier

from realtime.cli import watch
from realtime.live.pipeline import EveryFrame
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources import camera, stream
from realtime.sources.camera import LiveSource
from realtime.sources.open import Frame, NoCamera, Source, SourceError, open_source
from realtime.sources.stream import hide_password


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults show within a fraction of a second."""
    for name, seconds in {
        "OPEN_TIMEOUT": 0.5,
        "READ_TIMEOUT": 0.3,
        "FIRST_PAUSE": 0.02,
        "LONGEST_PAUSE": 0.1,
        "POLL": 0.02,
        "STALL": 0.1,
    }.items():
        for module in (camera, stream):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, seconds)


@pytest.fixture(autouse=True)
def nothing_left_over() -> Iterator[None]:
    """Every test ends with the threads and the open files that it began with."""
    threads, files = set(threading.enumerate()), open_files()
    yield
    until(lambda: not set(threading.enumerate()) - threads)
    if files is not None:
        until(lambda: (open_files() or 0) <= files)


def open_files() -> int | None:
    return len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else None


def until(condition: Callable[[], object], seconds: float = 100) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)


def skip_until(frames: Iterator[Frame], condition: Callable[[Frame], object]) -> Frame:
    end = time.monotonic() + 100
    for frame in frames:
        if condition(frame):
            return frame
        assert time.monotonic() < end, "it never came"
    raise AssertionError("the source ended")


def open_patiently(url: str, **options: Any) -> Source:
    """Open a stream that is there, also where the machine is too busy for those who are impatient."""
    end = time.monotonic() + 100
    while True:
        try:
            return open_source(url, **options)
        except SourceError:
            assert time.monotonic() < end, "it never opened"


def level(frame: Frame) -> int:
    """The brightness that `picture` was made with."""
    return int(np.median(frame.image[:, -8:]))


def stub_source(*images: np.ndarray | Exception | None, **options) -> tuple[LiveSource, StubCapture]:
    capture = StubCapture(*images)
    return StubSource(capture, lambda: capture, "camera 0", **options), capture


class StubSource(LiveSource):
    """A camera whose reads end when it is closed: a real one's end by themselves sooner or later."""

    def __init__(self, capture: StubCapture, *args: Any, **options: Any) -> None:
        super().__init__(capture, *args, **options)
        self.unplug = capture.unplugged.set

    def close(self) -> None:
        self.unplug()
        super().close()


def test_stream_gives_bgr_frames_in_growing_time():
    with FakeCamera() as fake, open_source(fake.url) as source:
        assert source.live and not source.many and source.inputs == [] and source.size == (64, 48)
        frames = [frame for frame, _ in zip(source, range(5), strict=False)]
    assert all(frame.image.shape == (48, 64, 3) and frame.image.dtype == np.uint8 for frame in frames)
    assert [frame.source for frame in frames] == [fake.url] * 5
    assert all(a.time < b.time and a.index < b.index for a, b in itertools.pairwise(frames))
    assert all(frame.captured is not None and frame.note is None and not frame.still for frame in frames)
    assert abs(int(frames[0].image[0, 0, 0]) - level(frames[0]) - 20) < 5


def test_slow_loop_gets_the_newest_frame_and_the_count_of_the_others():
    source, capture = stub_source(picture(40))
    with source:
        frames = iter(source)
        assert level(next(frames)) == 40
        capture.put(*(picture(40 + i) for i in range(1, 11)))
        until(lambda: source.dropped == 9)
        newest = next(frames)
        assert (level(newest), newest.index) == (50, 10)
        assert source.dropped == 9


class SlowRecognizer(Recognizer):
    """While it reads one frame its camera gives `pace` more. Time is counted in those, a thirtieth of a second each.

    Attributes:
        now: how many frames the camera has given.
    """

    def __init__(self, capture: StubCapture, pace: int) -> None:
        super().__init__(FakeClassifier())
        self.now = 0
        self._capture, self._pace = capture, pace

    def trace(self, frame: np.ndarray) -> Trace:
        for _ in range(self._pace):
            self.now += 1
            self._capture.put(picture(40 + self.now))
        until(lambda: self._capture.idle)
        return super().trace(frame)


@pytest.mark.parametrize("pace", [1, 3, 10])
def test_the_frame_shown_is_never_older_than_two_recognitions(pace: int):
    source, capture = stub_source(picture(40), max_frames=12)
    recognizer = SlowRecognizer(capture, pace)
    ages = []
    with source:
        watch(source, EveryFrame(recognizer), lambda result: ages.append(recognizer.now - result.frame.index), None)
    assert len(ages) == 12 and max(ages) <= 2 * pace
    assert source.dropped == 12 * (pace - 1)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory) -> dict[str, tuple[Path, Path]]:
    """Certificates that nobody has signed but their makers, for two hosts, each with its key."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    folder, made = tmp_path_factory.mktemp("certificates"), {}
    for host in ("localhost", "elsewhere"):
        made[host] = folder / f"{host}.pem", folder / f"{host}.key"
        command = (
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={host} -addext subjectAltName=DNS:{host}"
        )
        subprocess.run(
            [*command.split(), "-out", made[host][0], "-keyout", made[host][1]], check=True, capture_output=True
        )
    return made


@pytest.mark.parametrize(
    ("host", "known", "said"),
    [("localhost", False, "self.signed certificate"), ("elsewhere", True, "Hostname mismatch")],
)
def test_a_stream_whose_certificate_is_not_to_be_trusted_is_refused_unless_asked_for(
    certificates, monkeypatch, host, known, said
):
    if known:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificates[host][0]))
    with FakeCamera(certificates[host]) as camera:
        with pytest.raises(SourceError, match=f"not to be trusted, {said}.*--insecure-stream"):
            open_source(camera.url)
        with open_source(camera.url, insecure=True, max_frames=2) as source:
            assert len(list(source)) == 2


def test_a_stream_whose_certificate_is_known_is_read(certificates, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["localhost"][0]))
    before = dict(os.environ)
    with FakeCamera(certificates["localhost"]) as camera, open_source(camera.url, max_frames=2) as source:
        assert len(list(source)) == 2
    assert dict(os.environ) == before, "what was asked of FFmpeg was for this stream alone"


def test_hanging_stream_keeps_the_last_picture_with_a_note_and_goes_on_by_itself(impatient):
    with FakeCamera() as fake, open_patiently(fake.url) as source:
        frames = iter(source)
        next(frames)
        fake.hang.set()
        noted, again = (skip_until(frames, lambda frame: frame.note) for _ in range(2))
        while again.index != noted.index:  # a picture that was still on its way
            noted, again = again, skip_until(frames, lambda frame: frame.note)
        assert noted.note is not None and noted.note.startswith(f"{fake.url}: no picture for ")
        assert noted.note.endswith(" s, trying again")
        assert noted.image.shape == (48, 64, 3) and level(noted) >= 40
        assert (again.index, again.captured) == (noted.index, noted.captured) and again.time > noted.time
        until(lambda: fake.connections > 2)
        fake.hang.clear()
        back = skip_until(frames, lambda frame: frame.note is None)
        assert back.index > noted.index and back.time > again.time


def test_stream_cut_again_and_again_comes_back_each_time(impatient):
    with FakeCamera() as fake, open_patiently(fake.url) as source:
        frames = iter(source)
        for _ in range(5):
            index = next(frames).index
            fake.cut.set()
            skip_until(frames, lambda frame: frame.note)
            fake.cut.clear()
            assert skip_until(frames, lambda frame: frame.note is None).index >= index
        assert sum(thread.name.startswith("capture") for thread in threading.enumerate()) == 1


def test_stream_that_stays_away_is_given_up(impatient):
    fake = FakeCamera()
    with open_patiently(fake.url, patience=0.5) as source:
        frames = iter(source)
        next(frames)
        fake.close()
        with pytest.raises(SourceError, match=r"^http://127.0.0.1:\d+/: no picture for \d+ s$"):
            skip_until(frames, lambda frame: False)


def test_closing_a_hanging_stream_ends_the_thread(impatient):
    with FakeCamera() as fake:
        with open_patiently(fake.url) as source:
            next(iter(source))
            fake.hang.set()
            assert any(thread.name.startswith("capture") for thread in threading.enumerate())
        assert not any(thread.name.startswith("capture") for thread in threading.enumerate())


def test_camera_may_come_back_with_another_size(impatient):
    with FakeCamera() as fake, open_patiently(fake.url) as source:
        frames = iter(source)
        assert next(frames).image.shape == (48, 64, 3)
        fake.cut.set()
        skip_until(frames, lambda frame: frame.note)
        fake.size = (96, 80)
        fake.cut.clear()
        assert skip_until(frames, lambda frame: frame.note is None).image.shape == (80, 96, 3)
        assert source.size == (96, 80)


def test_error_of_the_thread_is_raised_in_the_loop():
    source, capture = stub_source(picture(40))
    with source:
        frames = iter(source)
        next(frames)
        capture.put(RuntimeError("cable on fire"))
        with pytest.raises(RuntimeError, match=r"cable on fire"):
            skip_until(frames, lambda frame: False)
    assert capture.released


def test_black_picture_gets_a_note_when_it_lasts(impatient):
    black = np.zeros((48, 64, 3), np.uint8)
    source, capture = stub_source(black)
    with source:
        frames = iter(source)
        first = next(frames)
        assert first.note is None  # cameras often begin with one
        until(lambda: time.monotonic() - (first.captured or 0) > 0.15)
        capture.put(black)
        skip_until(frames, lambda frame: frame.note == "camera 0: the picture is black")
        capture.put(picture(40))
        assert level(skip_until(frames, lambda frame: frame.note is None)) == 40


@pytest.mark.parametrize("end", ["break", "error", "end"])
def test_camera_is_released_however_the_loop_ends(end: str):
    source, capture = stub_source(picture(40), max_frames=1 if end == "end" else None)
    try:
        with source:
            for _ in source:
                if end == "break":
                    break
                if end == "error":
                    raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    assert capture.released and not [each for each in threading.enumerate() if each.name == "capture camera 0"]
    source.close()


def test_stride_max_frames_and_mirror():
    source, capture = stub_source(picture(40), stride=3, max_frames=2, mirror=True)
    with source:
        frames = iter(source)
        first = next(frames)
        assert int(first.image[0, 0, 0]) == 40 and int(first.image[0, -1, 0]) == 60
        capture.put(*(picture(40 + i) for i in range(1, 4)))
        assert [frame.index for frame in frames] == [3]
        assert source.total == 2 and source.dropped == 0


def test_camera_is_asked_for_a_size_and_believed_in_what_it_gives(monkeypatch: pytest.MonkeyPatch):
    capture = StubCapture(picture(40, (640, 480)))
    capture.properties = {cv2.CAP_PROP_FPS: float("nan")}
    monkeypatch.setattr(camera.cv2, "VideoCapture", lambda number: capture)
    with open_source("2", camera_size=(1280, 720)) as source:
        capture.unplugged.set()
        assert (cv2.CAP_PROP_FRAME_WIDTH, 1280) in capture.asked and (cv2.CAP_PROP_FRAME_HEIGHT, 720) in capture.asked
        assert source.size == (640, 480) and source.name == "camera 2" and source.fps == 30.0
        assert next(iter(source)).source == "camera 2"


def test_unplugged_camera_is_opened_again(monkeypatch: pytest.MonkeyPatch, impatient):
    captures = [StubCapture(picture(40), None), StubCapture(opened=False), StubCapture(picture(50))]
    opened = iter(captures)
    monkeypatch.setattr(camera.cv2, "VideoCapture", lambda number: next(opened))
    with open_source(0) as source:
        skip_until(iter(source), lambda frame: frame.note is None and level(frame) == 50)
        captures[2].unplugged.set()
        assert captures[0].released and captures[1].released
    assert captures[2].released


def test_camera_that_gives_no_picture(monkeypatch: pytest.MonkeyPatch, impatient):
    capture = StubCapture()
    monkeypatch.setattr(capture, "grab", lambda: False)
    monkeypatch.setattr(camera.cv2, "VideoCapture", lambda number: capture)
    with pytest.raises(NoCamera, match=r"^camera 0 opens, but gives no picture; another program may be using it$"):
        open_source(0)
    assert capture.released


@pytest.mark.parametrize(
    ("platform", "message"),
    [
        ("linux", "^no camera 77$|^no camera 77; there is [0-9, ]+$"),
        ("darwin", "Privacy & Security"),
        ("win32", "another program"),
    ],
)
def test_missing_camera(platform: str, message: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(camera.cv2, "VideoCapture", lambda number: StubCapture(opened=False))
    monkeypatch.setattr(camera.sys, "platform", platform)
    with pytest.raises(NoCamera, match=message):
        open_source(77)


@pytest.mark.parametrize("spec", ["77", "http://127.0.0.1:9/", "rtsp://127.0.0.1:9/x"])
def test_opencv_prints_nothing_of_its_own(spec: str):
    code = (
        "import sys; from realtime.sources.open import open_source, SourceError\n"
        "try: open_source(sys.argv[1])\n"
        "except SourceError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, spec], capture_output=True, text=True, cwd=root(), timeout=200)
    assert done.stderr == "" and len(done.stdout.splitlines()) == 1


def root() -> Path:
    return Path(__file__).parents[2]


def test_address_with_nothing_behind_it(impatient):
    with pytest.raises(SourceError, match=r"^http://127.0.0.1:9/video: no video there; is the address right"):
        open_source("http://user:secret@127.0.0.1:9/video")


def test_page_that_is_no_video(impatient):
    with FakeCamera() as fake:
        fake.clip = b"<html><body>Please log in</body></html>" * 100
        with pytest.raises(SourceError, match=r"no video there"):
            open_source(fake.url + "clip")


def test_server_that_never_answers(impatient):
    with FakeCamera() as fake:
        fake.hang.set()
        with pytest.raises(SourceError, match=r"no video there"):
            open_source(fake.url)


def test_video_over_http_is_read_to_its_end(tmp_path: Path):
    path = str(tmp_path / "clip.mp4")
    writer = cv2.VideoWriter(path, cv2.VideoWriter.fourcc(*"mp4v"), 25, (64, 48))
    for i in range(12):
        writer.write(picture(40 + 10 * i))
    writer.release()
    with FakeCamera() as fake:
        fake.clip = Path(path).read_bytes()
        with open_source(fake.url + "clip.mp4") as source:
            assert not source.live and source.total == 12 and source.fps == 25
            assert [frame.index for frame in source] == list(range(12))


def test_password_is_not_shown():
    assert hide_password("rtsp://admin:s3:cr@et@door.local:554/live?x=a@b") == "rtsp://door.local:554/live?x=a@b"
    assert hide_password("http://door.local/a@b") == "http://door.local/a@b"


def test_camera_stands_alone(tmp_path: Path):
    (tmp_path / "a.jpg").write_bytes(cv2.imencode(".jpg", picture(40))[1].tobytes())
    with pytest.raises(SourceError, match=r"^0: a camera or stream has no end; give it alone$"):
        open_source([str(tmp_path), "0"])

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from fake_camera import picture

from realtime.detections import Detections
from realtime.layout.arrange import arrange
from realtime.sinks.records import COLUMNS, CsvSink, JsonSink, OutputError, SaveSink, record, save_picture
from realtime.sinks.video_file import VideoFile
from realtime.sources.frame import Frame
from realtime.tracking.stable_text import Reading

ROOT = Path(__file__).parents[2]


def frame(
    index: int = 0, source: str = "clip.mp4", fps: float = 25, still: bool = False, image: np.ndarray | None = None
) -> Frame:
    return Frame(picture(40) if image is None else image, source, index, index / fps, still, fps)


def live_frame(time: float, fps: float = 30) -> Frame:
    return Frame(picture(40), "camera 0", int(time * 1000), time, False, fps, captured=100 + time)


def detections(*digits: tuple[int, int, int]) -> Detections:
    """One digit of 20x30 pixels at each `(digit, left, top)`."""
    probabilities = np.full((len(digits), 11), 0.0001, np.float32)
    for row, (digit, _, _) in zip(probabilities, digits, strict=True):
        row[digit] = 0.999
    return Detections.from_probabilities(np.array([(x, y, x + 20, y + 30) for _, x, y in digits]), probabilities)


def read_video(path: str | Path) -> list[np.ndarray]:
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    images = []
    while (step := capture.read())[0]:
        images.append(step[1])
    capture.release()
    return images


@contextmanager
def small_files(size: int) -> Iterator[None]:
    """The system refuses to make any file larger than `size` bytes, as a full disk does."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# Records


def test_record_of_a_sheet():
    found = detections((7, 10, 100), (2, 40, 10), (5, 10, 10))
    assert record(frame(3), found, arrange(found)) == {
        "source": "clip.mp4",
        "frame": 3,
        "time": 0.12,
        "size": [64, 48],
        "lines": ["52", "7"],
        "digits": [
            {"digit": 5, "confidence": 0.999, "xyxy": [10, 10, 30, 40], "line": 0, "number": 0, "track": None},
            {"digit": 2, "confidence": 0.999, "xyxy": [40, 10, 60, 40], "line": 0, "number": 0, "track": None},
            {"digit": 7, "confidence": 0.999, "xyxy": [10, 100, 30, 130], "line": 1, "number": 0, "track": None},
        ],
        "numbers": [
            {"text": "52", "confidence": 0.998, "xyxy": [10, 10, 60, 40], "line": 0, "number": 0},
            {"text": "7", "confidence": 0.999, "xyxy": [10, 100, 30, 130], "line": 1, "number": 0},
        ],
    }


def test_record_of_an_empty_frame_of_a_track_and_of_a_reading():
    nothing = record(frame(), Detections.empty(), arrange(Detections.empty()))
    assert nothing["digits"] == [] and nothing["lines"] == [] and "reading" not in nothing
    found = detections((4, 10, 10))
    found.track[0] = 12
    rec = record(frame(), found, arrange(found), Reading(["4"], 1.5))
    assert rec["digits"][0]["track"] == 12 and rec["reading"] == ["4"] and "read" not in rec
    assert record(frame(3), found, arrange(found), read=0)["read"] == 0


def test_json_lines(tmp_path: Path):
    path = tmp_path / "new" / "folder" / "a.json"
    found = detections((4, 10, 10))
    with JsonSink(str(path)) as sink:
        for i in range(3):
            sink.write(record(frame(i, "ünï\udcff.mp4"), found, arrange(found)))
            assert len(path.read_text().splitlines()) == i + 1  # each is on the disk at once
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["frame"] for line in lines] == [0, 1, 2]
    assert lines[0] == record(frame(0, "ünï\udcff.mp4"), found, arrange(found))


def test_photos_and_pages_have_a_page_and_frames_have_none():
    found = detections((7, 10, 100))
    pages = [
        record(frame(3, "a.pdf", still=still), found, arrange(found)).get("page", "none") for still in (True, False)
    ]
    assert pages == [4, "none"]


def test_csv(tmp_path: Path):
    path = tmp_path / "a.csv"
    found = detections((7, 10, 100), (5, 10, 10))
    with CsvSink(str(path)) as sink:
        assert path.read_text() == ",".join(COLUMNS) + "\n"
        sink.write(record(frame(3, 'odd, "name"\n.mp4'), found, arrange(found)))
        sink.write(record(frame(4), Detections.empty(), arrange(Detections.empty())))
        sink.write(record(frame(5, "a.pdf", still=True), found[[0]], arrange(found[[0]])))
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            "source frame line number digit confidence x1 y1 x2 y2 page".split(),
            ['odd, "name"\n.mp4', "3", "0", "0", "5", "0.999", "10", "10", "30", "40", ""],
            ['odd, "name"\n.mp4', "3", "1", "0", "7", "0.999", "10", "100", "30", "130", ""],
            ["a.pdf", "5", "0", "0", "7", "0.999", "10", "100", "30", "130", "6"],
        ]


@pytest.mark.parametrize("name", ["=1+1.jpg", "+1.jpg", "-1.jpg", "@1.jpg", "\t1.jpg", "\r1.jpg"])
def test_a_spreadsheet_finds_no_formula_in_a_csv(name: str, tmp_path: Path):
    found = detections((7, 10, 100))
    for raw, written in ((False, "'" + name), (True, name)):
        with CsvSink(str(tmp_path / "a.csv"), raw=raw) as sink:
            sink.write(record(frame(0, name), found, arrange(found)))
        with (tmp_path / "a.csv").open(newline="") as file:
            assert list(csv.reader(file))[1][:2] == [written, "0"]


def test_csv_keeps_the_bytes_of_an_undecodable_name(tmp_path: Path):
    with CsvSink(str(tmp_path / "a.csv")) as sink:
        sink.write(record(frame(0, os.fsdecode(b"caf\xe9.jpg")), detections((1, 0, 0)), arrange(detections((1, 0, 0)))))
    assert b"caf\xe9.jpg,0,0,0,1," in (tmp_path / "a.csv").read_bytes()


def test_standard_output(capsys: pytest.CaptureFixture[str]):
    with JsonSink("-") as sink:
        sink.write({"frame": 1})
        assert capsys.readouterr().out == '{"frame": 1}\n'
    print("still open")
    assert capsys.readouterr().out == "still open\n"


# Where it cannot be written


@pytest.mark.parametrize("sink", [JsonSink, CsvSink, SaveSink])
def test_bad_paths(sink: type, tmp_path: Path):
    (tmp_path / "file").write_text("x")
    name = {JsonSink: "a.json", CsvSink: "a.csv", SaveSink: "a.mp4"}[sink]
    with pytest.raises(OutputError) as error:
        sink(str(tmp_path / "file" / name))
    assert str(error.value) == f"{tmp_path}/file: not a folder, but a file is there"
    with pytest.raises(OutputError) as error:
        sink(f"{tmp_path}/{'x' * 300}{name}")
    assert str(error.value).endswith(": File name too long")
    if sink is not SaveSink:
        with pytest.raises(OutputError) as error:
            sink(str(tmp_path))
        assert str(error.value) == f"{tmp_path}: Is a directory"


@pytest.mark.skipif(not os.access("/proc", os.F_OK), reason="no read-only place to try")
@pytest.mark.parametrize("sink", [JsonSink, CsvSink, SaveSink])
def test_read_only_place(sink: type):
    for path in ("/proc/a.mp4", "/proc/new/a.mp4"):
        with pytest.raises(OutputError, match=r"^/proc/"):
            sink(path)


@pytest.mark.parametrize("sink", [JsonSink, CsvSink, SaveSink])
def test_inputs_are_never_overwritten(sink: type, tmp_path: Path):
    original = tmp_path / "in.mp4"
    original.write_bytes(b"precious")
    (tmp_path / "alias.mp4").symlink_to(original)
    os.link(original, tmp_path / "hard.mp4")
    for name in ("in.mp4", "alias.mp4", "hard.mp4", "../" + tmp_path.name + "/in.mp4"):
        with pytest.raises(OutputError, match=r": this is what is being read; save under another name$"):
            sink(str(tmp_path / name), inputs=[str(original)])
    assert original.read_bytes() == b"precious"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
@pytest.mark.parametrize("sink", [JsonSink, CsvSink])
def test_full_device(sink: type):
    with pytest.raises(OutputError, match=r"^/dev/full: No space left on device$"), sink("/dev/full") as out:
        out.write(record(frame(), detections((1, 0, 0)), arrange(detections((1, 0, 0)))))


@pytest.mark.parametrize("sink", [JsonSink, CsvSink])
def test_full_disk_leaves_whole_lines(sink: type, tmp_path: Path):
    path = tmp_path / "a"
    found = detections((1, 0, 0), (2, 30, 0), (3, 60, 0))
    rec = record(frame(source="clip-of-a-long-name.mp4"), found, arrange(found))
    with pytest.raises(OutputError, match=r"a: File too large$"), sink(str(path)) as out, small_files(5001):
        while True:
            out.write(rec)
    text = path.read_text()
    assert 4000 < len(text) <= 5001 and text.endswith("\n")
    if sink is JsonSink:
        assert all(json.loads(line) == rec for line in text.splitlines())
    else:
        assert all(line.count(",") == 10 for line in text.splitlines())
        assert (text.count("\n") - 1) % 3 == 0  # no frame with some of its digits


PRINT_FOREVER = """
import sys
from realtime.system.interrupt import Interrupts
from realtime.sinks.records import JsonSink, OutputError
try:
    with Interrupts() as interrupts, JsonSink("-") as sink:
        while True:
            with interrupts.held():
                sink.write({"text": "x" * 100_000})
except BrokenPipeError:
    sys.exit(7)
except OutputError as error:
    print(error, file=sys.stderr)
    sys.exit(1)
except KeyboardInterrupt:
    sys.exit(130)
"""


def test_reader_of_standard_output_goes_away():
    with subprocess.Popen(
        [sys.executable, "-c", PRINT_FOREVER], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 7


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")
def test_standard_output_on_a_full_disk():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", PRINT_FOREVER], stdout=full, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=200
        )
    assert (done.returncode, done.stderr) == (1, "standard output: No space left on device\n")


@pytest.mark.skipif(os.name != "posix", reason="no signals there")
@pytest.mark.parametrize("buffering", ["", "-u"])
def test_interrupt_in_a_pipe_whose_reader_is_slow_leaves_whole_lines(buffering: str):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    command = [sys.executable, *buffering.split(), "-c", PRINT_FOREVER]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment) as process:
        assert process.stdout is not None
        json.loads(process.stdout.readline())
        while waiting_bytes(process.stdout.fileno()) < 60_000:  # the pipe is full, and the line is longer
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
    assert process.returncode == 130
    assert rest.endswith(b"\n") and all(json.loads(line) for line in rest.splitlines())


def waiting_bytes(pipe: int) -> int:
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


# Videos


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".avi"])
def test_video_keeps_size_rate_and_frames(suffix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    path = str(tmp_path / "runs" / f"a{suffix}")
    with SaveSink(path) as sink:
        for i in range(10):
            sink.write(frame(i, fps=12.5), picture(40 + 15 * i))
    assert sink.saved == [path] and sink.path == path
    images = read_video(path)
    assert [round((np.median(image[:, -8:]) - 40) / 15) for image in images] == list(range(10))
    assert images[0].shape == (48, 64, 3)
    capture = cv2.VideoCapture(path)
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(12.5, abs=0.01)
    capture.release()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("fps", [0.1, 29.97, 1000 / 60.03, 119.88, 141.967])
def test_odd_frame_rates(fps: float, tmp_path: Path):
    with SaveSink(str(tmp_path / "a.mp4")) as sink:
        for i in range(3):
            sink.write(frame(i, fps=fps), picture(40))
    assert len(read_video(tmp_path / "a.mp4")) == 3


def test_pictures_of_another_size_are_fitted_in_with_one_warning(tmp_path: Path):
    said: list[str] = []
    path = str(tmp_path / "a.avi")
    with SaveSink(path, on_warning=said.append) as sink:
        sink.write(frame(0), picture(40))
        for i in range(1, 4):
            sink.write(frame(i), np.full((480, 320, 3), 200, np.uint8))
    assert said == [f"{path}: pictures of 320x480 are fitted into the video's 64x48"]
    images = read_video(path)
    assert len(images) == 4
    last = images[-1].astype(int)
    assert last.shape == (48, 64, 3) and abs(last[:, 28:36] - 200).max() < 20  # 32 wide, in the middle
    assert last[:, :12].max() < 30 and last[:, -12:].max() < 30


@pytest.mark.parametrize("size", [(65, 47), (8, 6), (641, 33)])
@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".avi"])
def test_odd_sizes(size: tuple[int, int], suffix: str, tmp_path: Path):
    with SaveSink(str(tmp_path / f"a{suffix}")) as sink:
        for i in range(3):
            sink.write(frame(i), picture(40, size))
    assert len(read_video(tmp_path / f"a{suffix}")) == 3


def test_size_that_no_encoder_takes(tmp_path: Path):
    path = tmp_path / "a.webm"
    with (
        pytest.raises(OutputError, match=r"a video of 20000x2 at 25 frames a second cannot be written here \(.+\)$"),
        SaveSink(str(path)) as sink,
    ):
        sink.write(frame(), picture(40, (20_000, 2)))


def stamps(path: str) -> list[float]:
    """When each picture of a video is to be seen, in seconds."""
    with av.open(path) as video:
        return [float(packet.pts * packet.time_base) for packet in video.demux(video=0) if packet.pts is not None]


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_each_picture_of_a_video_keeps_its_time(suffix: str, tmp_path: Path):
    path, times = str(tmp_path / f"a{suffix}"), [0.0, 0.0421, 0.1, 0.7, 0.701, 5.0]
    with SaveSink(path) as sink:
        for i, time in enumerate(times):
            sink.write(replace(frame(i), time=3 + time), picture(40))
    assert np.abs(np.array(stamps(path)) - times).max() < 0.001


@pytest.mark.parametrize("rate", [10, 30, 50])
def test_video_of_a_camera_keeps_real_time(rate: int, tmp_path: Path):
    """However many frames a second the loop gets through, and after a time without any."""
    path = str(tmp_path / "a.mp4")
    with SaveSink(path) as sink:
        for i in range(2 * rate):
            sink.write(live_frame(7 + i / rate), picture(40))
        for i in range(rate):
            sink.write(live_frame(9.5 + i / rate), picture(200))
    bright = [np.median(image) > 120 for image in read_video(path)]
    times = stamps(path)
    assert len(times) <= 3 * 30 + 2 and times[bright.index(True)] == pytest.approx(2.5, abs=0.04)
    assert times[-1] == pytest.approx(3.5 - 1 / rate, abs=0.04)


def test_long_silence_of_a_camera_is_cut_out(tmp_path: Path):
    path = str(tmp_path / "a.mp4")
    with SaveSink(path) as sink:
        for second in (0, 1, 3600, 3601):
            sink.write(live_frame(second), picture(40))
    assert stamps(path) == pytest.approx([0, 1, 2, 3])


def test_slow_codec_gets_fewer_frames_of_a_large_camera(tmp_path: Path):
    path = str(tmp_path / "a.webm")
    with SaveSink(path) as sink:
        for i in range(30):
            sink.write(live_frame(i / 30), picture(40, (1280, 720)))
    assert 5 < len(read_video(path)) < 12


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".avi"])
def test_full_disk_ends_the_video_and_leaves_what_is_there(suffix: str, tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3), np.uint8)
    path = str(tmp_path / f"a{suffix}")
    with (
        pytest.raises(OutputError, match=r"the video ends after \d+\.\d s: File too large$"),
        SaveSink(path) as sink,
        small_files(600_000),
    ):
        for i in range(300):
            sink.write(frame(i, fps=10), np.roll(noise, 7 * i, 1))
        sink.close()
    assert len(read_video(path)) >= 10


def test_what_ended_the_loop_matters_more_than_the_video(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    said: list[str] = []
    with pytest.raises(ZeroDivisionError), SaveSink(str(tmp_path / "a.mp4"), on_warning=said.append) as sink:
        sink.write(frame(), picture(40))
        monkeypatch.setattr(VideoFile, "close", lambda self: fail(OutputError("a.mp4: the disk is full")))
        raise ZeroDivisionError
    assert said == ["a.mp4: the disk is full"]


def fail(error: Exception) -> None:
    raise error


SAVE_FOREVER = """
import itertools, sys
import numpy as np
from realtime.sources.frame import Frame
from realtime.sinks.records import JsonSink, SaveSink
with JsonSink(sys.argv[1] + ".json") as lines, SaveSink(sys.argv[1]) as video:
    for i in itertools.count():
        image = np.full((240, 320, 3), i % 200, np.uint8)
        lines.write({"frame": i, "text": "x" * 5000})
        video.write(Frame(image, "clip.mp4", i, i / 30, False), image)
        if i == int(*sys.argv[2:] or "5"):
            print("running", flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="no signals there")
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_interrupt_leaves_a_playable_video_and_whole_lines(suffix: str, tmp_path: Path):
    path = str(tmp_path / f"a{suffix}")
    with subprocess.Popen(
        [sys.executable, "-c", SAVE_FOREVER, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline() == b"running\n"
        process.send_signal(signal.SIGINT)
        assert b"KeyboardInterrupt" in process.stderr.read()
    text = Path(path + ".json").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert text.endswith("\n") and [line["frame"] for line in lines] == list(range(len(lines)))
    assert len(read_video(path)) in (len(lines) - 1, len(lines))


@pytest.mark.skipif(os.name != "posix", reason="no signals there")
@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".avi"])
def test_a_killed_program_leaves_a_video_that_plays_up_to_a_second_before(suffix: str, tmp_path: Path):
    path = str(tmp_path / f"a{suffix}")
    with subprocess.Popen(
        [sys.executable, "-c", SAVE_FOREVER, path, "200"], stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"running\n"
        process.kill()
    written = [json.loads(line) for line in Path(path + ".json").read_text().splitlines(True) if line.endswith("\n")]
    assert len(written) > 200 and [line["frame"] for line in written] == list(range(len(written)))
    assert len(read_video(path)) >= len(written) - 31


# Pictures and folders


@pytest.mark.parametrize("suffix", [".jpg", ".JPG", ".png", ".bmp", ".webp", ".tif"])
def test_one_photo(suffix: str, tmp_path: Path):
    path = tmp_path / "new" / f"ünï{suffix}"
    with SaveSink(str(path)) as sink:
        sink.write(frame(still=True), picture(90))
    assert sink.saved == [str(path)] and os.listdir(path.parent) == [path.name]
    image = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
    assert np.abs(image.astype(int) - picture(90)).max() < 20


def test_folder_with_one_output_for_each_source(tmp_path: Path):
    out = tmp_path / "out"
    with SaveSink(str(out), many=True) as sink:
        sink.write(frame(source="in/a.jpg", still=True), picture(40))
        sink.write(frame(source="other/a.jpg", still=True), picture(80))  # the same name again
        sink.write(frame(source="in/b.jp2", still=True), picture(40))
        for source, frames in (("in/c.avi", 3), ("in/d.mkv", 2), ("in/d.mkv", 4)):  # the last one twice
            for i in range(frames):
                sink.write(frame(i, source), picture(40))
        for i in (0, 8):  # pages
            sink.write(replace(frame(i, "in/e.pdf", still=True), pages=12), picture(40))
    pages = ["e-page-01.png", "e-page-09.png"]
    names = ["a.jpg", "a-2.jpg", "b.png", "c.avi", "d.mp4", "d-2.mp4", *pages]
    assert sink.saved == [str(out / name) for name in names]
    assert sorted(os.listdir(out)) == sorted(names)
    assert [len(read_video(out / name)) for name in ("c.avi", "d.mp4", "d-2.mp4")] == [3, 2, 4]


@pytest.mark.parametrize(
    ("source", "name"), [("camera 0", "camera 0.mp4"), ("rtsp://door:554/live", "rtsp-door-554-live.mp4")]
)
def test_camera_into_a_folder(source: str, name: str, tmp_path: Path):
    with SaveSink(str(tmp_path)) as sink:
        sink.write(Frame(picture(40), source, 0, 0.0, False, 30, captured=5.0), picture(40))
    assert os.listdir(tmp_path) == [name]


def test_folder_of_the_inputs_is_no_place_for_outputs(tmp_path: Path):
    original = tmp_path / "a.png"
    save_picture(str(original), picture(40))
    before = original.read_bytes()
    with (
        pytest.raises(OutputError, match=r"a\.png: this is what is being read; save under another name$"),
        SaveSink(str(tmp_path), many=True, inputs=[str(original)]) as sink,
    ):
        sink.write(frame(source=str(original), still=True), picture(80))
    assert original.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "many", "message"),
    [
        ("a.mpg", False, "cannot write .mpg; use a name in .mp4, .webm or .avi for a video, "),
        ("a.mp4", True, "several files need a folder to be saved in"),
        ("a.jpg", True, "several files need a folder to be saved in"),
    ],
)
def test_what_the_name_says_must_fit(name: str, many: bool, message: str, tmp_path: Path):
    with pytest.raises(OutputError) as error:
        SaveSink(str(tmp_path / name), many=many)
    assert str(error.value).startswith(f"{tmp_path}/{name}: {message}")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(("name", "still"), [("a.jpg", False), ("a.mp4", True)])
def test_photo_is_no_video_and_video_no_photo(name: str, still: bool, tmp_path: Path):
    with pytest.raises(OutputError, match=r"wrong ending; use a name in"), SaveSink(str(tmp_path / name)) as sink:
        sink.write(frame(still=still), picture(40))
    assert os.listdir(tmp_path) == []


def test_nothing_written_leaves_nothing_and_harms_nothing(tmp_path: Path):
    old = tmp_path / "old.mp4"
    old.write_bytes(b"of the last run")
    for name in ("old.mp4", "new.mp4"):
        with SaveSink(str(tmp_path / name)) as sink:
            pass
        assert sink.saved == []
    assert os.listdir(tmp_path) == ["old.mp4"] and old.read_bytes() == b"of the last run"


def test_picture_is_whole_or_not_there(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 255, (100, 100, 3), np.uint8)
    path = tmp_path / "a.png"
    with pytest.raises(OutputError, match=r"a\.png: File too large$"), small_files(5000):
        save_picture(str(path), noise)
    assert os.listdir(tmp_path) == []
    for name, message in {"a": "cannot write a name without an ending", "a.mp4": "cannot write .mp4"}.items():
        with pytest.raises(OutputError, match=message):
            save_picture(str(tmp_path / name), noise)
    with pytest.raises(OutputError, match=r"a picture of 70000x1 cannot be written as \.jpg"):
        save_picture(str(tmp_path / "a.jpg"), np.zeros((1, 70000, 3), np.uint8))


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode there")
def test_names_that_are_not_utf8(tmp_path: Path):
    name = os.fsdecode(os.path.join(os.fsencode(tmp_path), b"caf\xe9"))
    try:
        save_picture(name + ".png", picture(40))
    except OutputError:
        pytest.skip("not a name on this file system")
    with SaveSink(name + ".mp4") as sink:
        sink.write(frame(), picture(40))
    assert os.path.getsize(name + ".mp4") > 0


def test_no_file_stays_open(tmp_path: Path):
    if not os.path.exists("/proc/self/fd"):
        pytest.skip("no list of open files here")
    before = len(os.listdir("/proc/self/fd"))
    with SaveSink(str(tmp_path / "out"), many=True) as video, JsonSink(str(tmp_path / "a.json")) as lines:
        for i in range(5):
            video.write(frame(0, f"{i}.mp4"), picture(40))
            video.write(frame(1, f"{i}.mp4"), picture(40))
            lines.write({})
    assert len(os.listdir("/proc/self/fd")) == before
    shutil.rmtree(tmp_path / "out")

from __future__ import annotations

import gc
import itertools
import os
import shutil
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest
from fake_camera import picture

from realtime.sources import files
from realtime.sources.files import FileSource
from realtime.sources.frame import MAX_PIXELS
from realtime.sources.open import Frame, SourceError, open_source
from realtime.sources.photos import read_photo
from realtime.sources.videos import Clock
from realtime.web.pictures import decode


def write_video(
    path: Path, frames: int = 12, fps: float = 25, codec: str = "mp4v", size: tuple[int, int] = (64, 48)
) -> Path:
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*codec), fps, size)
    for i in range(frames):
        writer.write(picture(40 + 10 * (i % 16), size))
    writer.release()
    return path


def write_photo(path: Path, level: int = 40) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, picture(level))[1].tobytes())
    return path


def levels(frames: Sequence[Frame]) -> list[int]:
    """Brightness of each frame, to the nearest ten."""
    return [round(float(np.median(frame.image[:, -8:])) / 10) * 10 for frame in frames]


def read(spec: object, **options) -> list[Frame]:
    with open_source(spec, **options) as source:  # type: ignore[arg-type]
        return list(source)


# Videos


def test_video_gives_every_frame_with_its_time(tmp_path: Path):
    path = str(write_video(tmp_path / "clip.mp4"))
    with open_source(path) as source:
        assert (source.live, source.many, source.fps, source.total) == (False, False, 25, 12)
        assert (source.name, source.inputs, source.dropped) == (path, [path], 0)
        frames = list(source)
    assert levels(frames) == [40 + 10 * i for i in range(12)]
    assert [frame.index for frame in frames] == list(range(12))
    np.testing.assert_allclose([frame.time for frame in frames], np.arange(12) / 25, atol=1e-3)
    assert {(f.source, f.still, f.fps, f.captured, f.note) for f in frames} == {(path, False, 25.0, None, None)}
    assert all(frame.image.shape == (48, 64, 3) and frame.image.dtype == np.uint8 for frame in frames)
    assert source.failures == []


@pytest.mark.parametrize(("name", "codec"), [("a.webm", "VP80"), ("a.avi", "MJPG"), ("a.MP4", "mp4v")])
def test_kinds_of_video(name: str, codec: str, tmp_path: Path):
    assert len(read(str(write_video(tmp_path / name, codec=codec)))) == 12


def test_a_video_of_one_frame_is_a_picture(tmp_path: Path):
    (frame,) = read(str(write_video(tmp_path / "a.mp4", frames=1)))
    assert frame.still, "a tracker would wait for a second frame to confirm what is in it"
    assert [frame.still for frame in read(str(write_video(tmp_path / "b.mp4", frames=2)))] == [False, False]


def test_a_jpeg_cut_short_is_read_as_far_as_it_goes(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    noisy = np.random.default_rng(0).integers(0, 255, (480, 640, 3), np.uint8)
    data = cv2.imencode(".jpg", noisy)[1].tobytes()
    (tmp_path / "half.jpg").write_bytes(data[: len(data) // 2])
    (frame,) = read(str(tmp_path / "half.jpg"))
    whole = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert np.array_equal(frame.image[:200], whole[:200]) and np.ptp(frame.image[300:]) == 0
    assert caplog.messages == [f"{tmp_path / 'half.jpg'}: cut short; what is there is read"]


def test_numbers_with_a_fraction_are_grey_levels(tmp_path: Path):
    for name, white in (("a.tif", 1.0), ("b.tif", 4000.0)):
        gray = np.full((40, 60), white, np.float32)
        gray[10:20] = white / 5
        assert cv2.imwrite(str(tmp_path / name), gray)
        (frame,) = read(str(tmp_path / name))
        assert frame.image.dtype == np.uint8 and frame.image.shape == (40, 60, 3)
        assert set(np.unique(frame.image)) == {51, 255}


def test_light_ink_on_nothing_is_seen_on_black(tmp_path: Path):
    for ink, paper in ((255, 0), (30, 255)):
        image = np.full((40, 60, 4), ink, np.uint8)
        image[..., 3] = 0
        image[10:20, 10:20, 3] = 255
        path = str(tmp_path / f"{ink}.png")
        assert cv2.imwrite(path, image)
        (frame,) = read(path)
        assert frame.image[0, 0].tolist() == [paper] * 3 and frame.image[15, 15].tolist() == [ink] * 3


def test_stride_keeps_the_numbers_and_times_of_the_frames(tmp_path: Path):
    path = str(write_video(tmp_path / "clip.mp4", frames=10))
    with open_source(path, stride=4) as source:
        assert source.total == 3 and source.fps == 6.25
        frames = list(source)
    assert [frame.index for frame in frames] == [0, 4, 8]
    assert levels(frames) == [40, 80, 120]
    np.testing.assert_allclose([frame.time for frame in frames], [0, 0.16, 0.32], atol=1e-3)


def test_max_frames_counts_over_all_files(tmp_path: Path):
    write_video(tmp_path / "a.mp4", frames=4)
    write_video(tmp_path / "b.mp4", frames=4)
    with open_source(str(tmp_path), max_frames=6) as source:
        assert source.total == 6
        assert [frame.index for frame in source] == [0, 1, 2, 3, 0, 1]


def test_mirror(tmp_path: Path):
    path = str(write_photo(tmp_path / "a.png"))
    (plain,), (mirrored,) = read(path), read(path, mirror=True)
    np.testing.assert_array_equal(plain.image[:, ::-1], mirrored.image)


def test_phone_video_is_turned_upright(tmp_path: Path):
    path = write_video(tmp_path / "phone.mp4")
    data = bytearray(path.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40  # 16.16 fixed point; a phone held upright writes a quarter turn here
    struct.pack_into(">9i", data, matrix, 0, 65536, 0, -65536, 0, 0, 48 * 65536, 0, 1 << 30)
    path.write_bytes(data)
    assert read(str(path))[0].image.shape == (64, 48, 3)


@pytest.mark.parametrize("name", ["half.avi", "half.webm"])
def test_half_a_video_is_read_as_far_as_it_goes(name: str, tmp_path: Path):
    path = write_video(tmp_path / name, frames=40, codec={"avi": "MJPG", "webm": "VP80"}[name[5:]])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    said: list[str] = []
    with open_source(str(path), on_failure=said.append) as source:
        frames = list(source)
    assert 5 < len(frames) < 30
    assert levels(frames[:3]) == [40, 50, 60]
    assert said == source.failures == [f"{path}: damaged: only {len(frames)} of about 40 frames could be read"]


def test_video_with_a_hole_in_it_says_so(tmp_path: Path):
    path = write_video(tmp_path / "hole.avi", frames=40, codec="MJPG")
    data = path.read_bytes()
    third = len(data) // 3
    path.write_bytes(data[:third] + np.random.default_rng(0).bytes(third) + data[2 * third :])
    with open_source(str(path)) as source:
        frames = list(source)
    assert 5 < len(frames) < 36 and "damaged: only" in source.failures[0]
    assert all(a.time < b.time for a, b in itertools.pairwise(frames))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.mp4", b"", "empty file"),
        ("text.mp4", b"not a video at all\n" * 100, "text, not a picture or a video"),
        ("notes.txt", b"seven digits: 0522185\n" * 100, "text, not a picture or a video"),
        ("latin.txt", "Straße 12\n".encode("latin-1") * 100, "text, not a picture or a video"),
        ("utf16.txt", ("Straße 12\n" * 100).encode("utf-16"), "text, not a picture or a video"),
        ("list.m3u8", b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n", "text, not a picture or a video"),
        ("noise.mp4", bytes(range(256)) * 40, "not a picture or a video that can be read, or damaged"),
        ("noise", bytes(range(256)) * 40, "not a picture or a video that can be read, or damaged"),
        ("zeros.avi", bytes(5000), "not a picture or a video that can be read, or damaged"),
    ],
)
def test_what_is_no_video(name: str, content: bytes, message: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(content)
    with open_source(str(path)) as source:
        assert source.total == 0
        with pytest.raises(SourceError) as error:
            list(source)
    assert str(error.value) == f"{path}: {message}"


def test_mp4_cut_short_has_no_index(tmp_path: Path):
    path = write_video(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(SourceError, match=r"or damaged$"):
        read(str(path))


class LyingCapture:
    """A video whose every property is a lie."""

    def __init__(self, count: float, fps: float, stamps: Sequence[float]) -> None:
        self._said = {cv2.CAP_PROP_FRAME_COUNT: count, cv2.CAP_PROP_FPS: fps}
        self._stamps = list(stamps)
        self._stamp = 0.0
        self.released = False

    def isOpened(self) -> bool:
        return True

    def get(self, key: int) -> float:
        return self._stamp if key == cv2.CAP_PROP_POS_MSEC else self._said.get(key, 0.0)

    def read(self) -> tuple[bool, np.ndarray | None]:
        if not self._stamps:
            return False, None
        self._stamp = self._stamps.pop(0)
        return True, picture(40)

    def release(self) -> None:
        self.released = True


@pytest.mark.parametrize("count", [-9.2e18, 0, -1, float("nan"), 1e300, 3])
@pytest.mark.parametrize("fps", [0, float("nan"), 1000, -5, float("inf")])
def test_frame_count_and_rate_are_not_believed(
    count: float, fps: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "a.mp4").write_bytes(b"\0" * 2000)
    monkeypatch.setattr(files.cv2, "VideoCapture", lambda *_: LyingCapture(count, fps, [0] * 4))
    with open_source(str(tmp_path / "a.mp4")) as source:
        assert source.fps == 30.0 and source.total == (3 if count == 3 else None)
        np.testing.assert_allclose([frame.time for frame in source], [0, 1 / 30, 2 / 30, 3 / 30])
    assert source.failures == []


@pytest.mark.parametrize(
    ("stamps", "times"),
    [
        ([0, 0.1, 0.2], [0, 0.1, 0.2]),
        ([5, 5.1, 5.3], [0, 0.1, 0.3]),  # does not begin at 0, and not in even steps
        ([0, 0, 0], [0, 0.04, 0.08]),  # no time at all
        ([0, float("nan"), 0.08], [0, 0.04, 0.08]),
        ([float("nan"), float("nan")], [0, 0.04]),
        ([0, 0.1, 95443.7, 95443.8, 0.2], [0, 0.1, 0.14, 0.18, 0.2]),  # the clock of the camera jumped
        ([0, 0.5, 0.3, 0.4, 0.6], [0, 0.5, 0.54, 0.58, 0.6]),  # and back
        ([0, 3, 9], [0, 3, 9]),  # a slide show
    ],
)
def test_times_grow_whatever_the_stamps_say(stamps: list[float], times: list[float]):
    clock = Clock(step=0.04)
    np.testing.assert_allclose([clock(stamp) for stamp in stamps], times)


# Photos


def test_photo(tmp_path: Path):
    path = str(write_photo(tmp_path / "a.jpg", 70))
    with open_source(path) as source:
        assert (source.live, source.many, source.total, source.fps) == (False, False, 1, 30.0)
        (frame,) = source
    assert (frame.source, frame.index, frame.time, frame.still) == (path, 0, 0.0, True)
    assert frame.image.shape == (48, 64, 3) and levels([frame]) == [70]


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tif", ".webp", ".ppm", ".jp2"])
def test_kinds_of_photo(suffix: str, tmp_path: Path):
    assert levels(read(str(write_photo(tmp_path / f"a{suffix}", 70)))) == [70]


def test_photo_with_the_wrong_suffix_or_none(tmp_path: Path):
    photo = write_photo(tmp_path / "a.png", 70)
    for name in ("b.jpg", "c", "d.dat", "e.mp4"):
        shutil.copy(photo, tmp_path / name)
        assert levels(read(str(tmp_path / name))) == [70]


def test_grey_16_bit_and_transparent_pictures_become_bgr(tmp_path: Path):
    ramp = np.linspace(0, 255, 60).astype(np.uint8)[None].repeat(40, 0)
    ink = np.zeros((40, 60, 4), np.uint8)  # black ink on nothing
    ink[10:20, 20:30, 3] = 255
    on_white = np.full((40, 60, 3), 255, np.uint8)
    on_white[10:20, 20:30] = 0
    grey = cv2.cvtColor(ramp, cv2.COLOR_GRAY2BGR)
    for name, image, expected in (
        ("grey.png", ramp, grey),
        ("deep.png", ramp.astype(np.uint16) << 8, grey),
        ("deep.tif", ramp.astype(np.uint16) << 8, grey),
        ("ink.png", ink, on_white),
        ("ink.webp", ink, on_white),
        ("deep_ink.png", ink.astype(np.uint16) * 257, on_white),
    ):
        (tmp_path / name).write_bytes(cv2.imencode(Path(name).suffix, image)[1].tobytes())
        got = read_photo(str(tmp_path / name))
        assert got.dtype == np.uint8 and got.shape == (40, 60, 3), name
        assert np.abs(got.astype(int) - expected).max() <= 1, name


@pytest.mark.parametrize(
    ("channels", "depth", "most"), [(1, np.uint8, 1200), (3, np.uint8, 1200), (4, np.uint8, 900), (4, np.uint16, 450)]
)
def test_an_upload_may_have_fewer_pixels_where_each_takes_more_memory(channels: int, depth: type, most: int):
    for pixels, fits in ((most, True), (most + 30, False)):
        png = cv2.imencode(".png", np.zeros((pixels // 30, 30, channels), depth))[1].tobytes()
        if fits:
            assert decode(png, 1200).shape == (pixels // 30, 30, 3)
        else:
            with pytest.raises(SourceError, match="too large"):
                decode(png, 1200)


def with_exif_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF segment put in after its first marker that says how it is to be turned."""
    tag = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 1) + tag + struct.pack("<I", 0)
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


@pytest.mark.parametrize(
    ("orientation", "rotation"),
    [(3, cv2.ROTATE_180), (6, cv2.ROTATE_90_CLOCKWISE), (8, cv2.ROTATE_90_COUNTERCLOCKWISE)],
)
def test_photo_is_turned_as_its_exif_says(orientation: int, rotation: int, tmp_path: Path):
    image = picture(40)
    image[:10] = 220
    path = tmp_path / "a.jpg"
    path.write_bytes(with_exif_orientation(cv2.imencode(".jpg", image)[1].tobytes(), orientation))
    upright = cv2.rotate(image, rotation)
    got = read_photo(str(path))
    assert got.shape == upright.shape
    assert np.abs(got.astype(int) - upright).mean() < 3


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.jpg", b"", "empty file"),
        ("text.png", b"not a picture at all", "text, not a picture or a video"),
        ("noise.jpg", bytes(range(256)) * 40, "not a picture or a video that can be read, or damaged"),
        ("iphone.jpg", b"\0\0\0\x18ftypheic" + bytes(100), "damaged picture"),
    ],
)
def test_what_is_no_photo(name: str, content: bytes, message: str, tmp_path: Path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(SourceError) as error:
        read(str(path))
    assert str(error.value) == f"{path}: {message}"


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".tif", ".webp"])
def test_half_a_photo_is_an_error_and_silent(suffix: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    path = write_photo(tmp_path / f"half{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match=r"(damaged picture|not a picture that can be read)$"):
        read(str(path))
    assert capfd.readouterr() == ("", "")


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_huge_picture_is_refused_undecoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_header(30000, 30000))
    monkeypatch.setattr(files.cv2, "imdecode", lambda *_: pytest.fail("decoded it"))
    with pytest.raises(SourceError, match=r": 30000x30000 is too large, 120 megapixels are the most; scale it down$"):
        read(str(path))
    assert 10000 * 12000 <= MAX_PIXELS < 10001 * 12000


def test_huge_video_is_refused_undecoded(tmp_path: Path):
    gif = b"GIF89a" + struct.pack("<HH", 60000, 60000) + b"\xf0\0\0" + bytes(6)
    gif += b"," + struct.pack("<HHHH", 0, 0, 60000, 60000) + b"\0" + b"\x02\x02\x44\x01\0" + b";"
    path = tmp_path / "bomb.gif"
    path.write_bytes(gif)
    with pytest.raises(SourceError, match=r"^[^\n]*bomb\.gif: [^\n]+$"):
        read(str(path))


# Folders, globs, names


def test_folder_in_natural_order_with_photos_and_videos(tmp_path: Path):
    for name in ("sheet10.jpg", "sheet2.jpg", "Sheet1.JPG", ".hidden.jpg"):
        write_photo(tmp_path / name)
    write_video(tmp_path / "sheet3.mp4", frames=2)
    (tmp_path / "notes.txt").write_text("left out")
    (tmp_path / "deeper.jpg").mkdir()
    write_photo(tmp_path / "deeper.jpg" / "x.jpg")
    with open_source(str(tmp_path)) as source:
        assert source.many and source.total == 5 and source.name == str(tmp_path) and source.fps == 25
        frames = list(source)
    names = [os.path.relpath(frame.source, tmp_path) for frame in frames]
    assert names == ["Sheet1.JPG", "sheet2.jpg", "sheet3.mp4", "sheet3.mp4", "sheet10.jpg"]
    assert [frame.index for frame in frames] == [0, 0, 0, 1, 0]


def test_one_bad_file_does_not_stop_the_others_and_is_told_at_once(tmp_path: Path):
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        write_photo(tmp_path / name)
    (tmp_path / "b.jpg").write_bytes(b"broken")
    (tmp_path / "b.mp4").write_bytes(b"")
    bad_photo = f"{tmp_path}/b.jpg: text, not a picture or a video"
    bad_video = f"{tmp_path}/b.mp4: empty file"
    events: list[str] = []
    with open_source(str(tmp_path), on_failure=events.append) as source:
        for frame in source:
            events.append(Path(frame.source).name)
    assert events == ["a.jpg", bad_photo, bad_video, "c.jpg"]
    assert source.failures == [bad_photo, bad_video]


def test_damaged_photo_off_a_phone_is_told(tmp_path: Path):
    (tmp_path / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with open_source(str(tmp_path), on_failure=lambda line: None) as source:
        assert list(source) == []
    assert source.failures == [f"{tmp_path}/IMG_1.HEIC: damaged picture"]


def test_failures_are_logged_where_nobody_listens(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    write_photo(tmp_path / "a.jpg")
    (tmp_path / "b.jpg").write_bytes(b"broken")
    assert len(read(str(tmp_path))) == 1
    assert [record.getMessage() for record in caplog.records] == [f"{tmp_path}/b.jpg: text, not a picture or a video"]


def test_glob(tmp_path: Path):
    for name in ("a1.jpg", "a2.png", "b.jpg"):
        write_photo(tmp_path / name)
    (tmp_path / "a.txt").write_text("left out")
    with open_source(str(tmp_path / "a*")) as source:
        assert source.many
        assert [Path(frame.source).name for frame in source] == ["a1.jpg", "a2.png"]


def test_several_sources_in_a_row(tmp_path: Path):
    (tmp_path / "sheets").mkdir()
    photo, video = write_photo(tmp_path / "z.jpg"), write_video(tmp_path / "a.mp4", frames=2)
    write_photo(tmp_path / "sheets" / "1.jpg")
    with open_source([str(photo), str(tmp_path / "sheets"), str(video)]) as source:
        assert source.many and source.name == "3 files" and source.total == 4
        assert [Path(frame.source).name for frame in source] == ["z.jpg", "1.jpg", "a.mp4", "a.mp4"]


@pytest.mark.parametrize(
    "name", ["ünïcödé 数字.jpg", "with space %d.jpg", "a:b.jpg", "[1].jpg", "it's.jpg", "-x.jpg", "new\nline.jpg"]
)
@pytest.mark.parametrize("kind", [".jpg", ".mp4"])
def test_odd_file_names(name: str, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    name = name.replace(".jpg", kind)
    plain = write_photo(tmp_path / "plain.jpg") if kind == ".jpg" else write_video(tmp_path / "plain.mp4", frames=2)
    try:
        plain.rename(tmp_path / name)
    except OSError:
        pytest.skip("not a name on this system")
    monkeypatch.chdir(tmp_path)
    for spec in (name, str(tmp_path / name)):
        frames = read(spec)
        assert len(frames) == (1 if kind == ".jpg" else 2) and frames[0].source == spec


@pytest.mark.skipif(os.name != "posix", reason="names are Unicode there")
def test_file_names_that_are_not_utf8(tmp_path: Path):
    for plain in (write_photo(tmp_path / "plain.jpg"), write_video(tmp_path / "plain.mp4", frames=2)):
        odd = os.path.join(os.fsencode(tmp_path), b"caf\xe9" + os.fsencode(plain.suffix))
        try:
            os.rename(plain, odd)
        except OSError:
            pytest.skip("not a name on this file system")
        with open_source(os.fsdecode(odd)) as source:
            source.name.encode()  # fit to be printed
            assert len(list(source)) == (1 if plain.suffix == ".jpg" else 2)
    assert len(read(str(tmp_path))) == 3


def test_nothing_to_read(tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("x")
    for spec, message in {
        str(tmp_path / "missing.mp4"): "no such file, folder or camera",
        str(tmp_path / "empty"): "no photo, video or PDF in the folder",
        str(tmp_path / "texts"): "no photo, video or PDF in the folder",
        str(tmp_path / "*.jpg"): "no file matches",
        str(tmp_path / "texts" / "*"): "no photo, video or PDF in what matches",
        "": "no such file, folder or camera",
        "ftp://127.0.0.1/a.mp4": "no such file, folder or camera",
    }.items():
        with pytest.raises(SourceError) as error:
            open_source(spec)
        assert str(error.value) == f"{spec}: {message}"
    with pytest.raises(SourceError, match=r"^no source given$"):
        open_source([])


def test_missing_file_among_several_is_an_error_before_anything_is_read(tmp_path: Path):
    photo = write_photo(tmp_path / "a.jpg")
    with pytest.raises(SourceError, match=r"missing\.jpg: no such file"):
        open_source([str(photo), str(tmp_path / "missing.jpg")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_pipe_with_a_name_is_refused_and_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(SourceError, match=r"neither a file nor a folder$"):
        open_source(str(tmp_path / "pipe.mp4"))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(tmp_path: Path):
    path = write_photo(tmp_path / "a.jpg")
    path.chmod(0)
    with pytest.raises(SourceError, match=r"Permission denied$"):
        read(str(path))


# Letting go


@pytest.mark.parametrize("end", ["break", "error", "interrupt", "end", "close"])
def test_video_is_let_go_however_the_loop_ends(end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "a.mp4").write_bytes(b"\0" * 2000)
    capture = LyingCapture(3, 30, [0, 0, 0])
    monkeypatch.setattr(files.cv2, "VideoCapture", lambda *_: capture)
    kinds = {"error": ZeroDivisionError, "interrupt": KeyboardInterrupt}
    try:
        with open_source(str(tmp_path / "a.mp4")) as source:
            for _ in source:
                assert not capture.released
                if end == "break":
                    break
                if end == "close":
                    source.close()
                if end in kinds:
                    raise kinds[end]
    except tuple(kinds.values()):
        pass
    assert capture.released
    assert list(source) == []


def test_source_never_iterated_holds_nothing(tmp_path: Path):
    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    source = open_source(str(write_video(tmp_path / "a.mp4")))
    assert source.total == 12
    source.close()
    gc.collect()
    if before:
        assert len(os.listdir("/proc/self/fd")) == before


def test_file_that_goes_away_before_its_turn(tmp_path: Path):
    first, second = write_photo(tmp_path / "1.jpg"), write_photo(tmp_path / "2.jpg")
    with FileSource([str(first), str(second)], many=True) as source:
        frames = iter(source)
        next(frames)
        second.unlink()
        assert list(frames) == [] and source.failures == [f"{second}: No such file or directory"]

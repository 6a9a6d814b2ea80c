"""Photos, documents and videos as frames: every page or frame, in order."""

from __future__ import annotations

import io
import logging
import math
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO, Self

import cv2
import imagesize
import numpy as np

from realtime.sources.documents import page_count, pages
from realtime.sources.frame import FPS, MAX_PIXELS, Frame, SourceError, sane_fps, to_bgr
from realtime.sources.stream import hide_password, is_url, open_stream
from realtime.system.native_stderr import native_stderr_off

logger = logging.getLogger(__name__)

_HEIC = frozenset(".heic .heif".split())  # OpenCV cannot read them, but a folder off a phone should say so
PHOTOS = _HEIC | frozenset(
    ".jpg .jpeg .jpe .jfif .png .bmp .dib .tif .tiff .webp .jp2 .avif .pgm .ppm .pbm .pnm".split()
)
"""Suffixes of photos, in small letters."""

VIDEOS = frozenset(
    ".mp4 .m4v .mov .avi .mkv .webm .mpg .mpeg .ts .mts .m2ts .wmv .flv .3gp .ogv .y4m .mjpeg .gif".split()
)
"""Suffixes of videos, in small letters. A GIF is one unless its pictures follow as slowly as pages are turned."""

READ = PHOTOS | VIDEOS | {".pdf"}
"""Suffixes of all that is looked for in folders, in small letters."""

_JPEG = b"\xff\xd8"  # its first bytes
_END = np.array([0xFF, 0xD9], np.uint8)  # and its last: a decoder that finds them gives what came before
_PAUSE = 10.0  # seconds; a longer step between two frames is a wrong clock
_COMPLETE = 0.9  # a video that gives less of the frames it promised is damaged; some formats only estimate the promise


class FileSource:
    """Photos, documents and videos one after the other; iterate it once.

    Attributes:
        many: whether several files were asked for, so that outputs go to a folder.
        name: what to call it in a title.
        inputs: the files that are read.
        failures: one line for each file that could not be read, or not to its end.
    """

    live = False
    dropped = 0
    size: tuple[int, int] | None = None

    def __init__(
        self,
        inputs: Sequence[str],
        *,
        many: bool = False,
        name: str | None = None,
        stride: int = 1,
        max_frames: int | None = None,
        mirror: bool = False,
        on_failure: Callable[[str], None] | None = None,
        insecure: bool = False,
    ) -> None:
        self.inputs = list(inputs)
        self.many = many
        self.name = printable(name or self.inputs[0])
        self.failures: list[str] = []
        self._stride = stride
        self._max_frames = max_frames
        self._mirror = mirror
        self._insecure = insecure
        self._on_failure = on_failure or logger.warning
        self._frames = self._deliver()

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file that is open; there are no more frames."""
        self._frames.close()

    @cached_property
    def fps(self) -> float:
        """Frames a second of the first video, 30.0 where unknown."""
        videos = (path for path in self.inputs if not is_still(path))
        return next((_promise(path, self._insecure)[1] / self._stride for path in videos), FPS)

    @cached_property
    def total(self) -> int | None:
        """Frames to expect, `None` where unknown. A hint: damaged videos promise too much."""
        total = 0
        for path in self.inputs:
            if is_still(path):
                total += _promised_pages(path)
                continue
            count = _promise(path, self._insecure)[0]
            if count is None:
                return self._max_frames
            total += math.ceil(count / self._stride)
        return total if self._max_frames is None else min(total, self._max_frames)

    def _deliver(self) -> Generator[Frame]:
        left = math.inf if self._max_frames is None else self._max_frames
        for path in self.inputs:
            if left <= 0:
                return
            try:
                for frame in _stills(path) if is_still(path) else _still_if_alone(self._video(path)):
                    yield replace(frame, image=cv2.flip(frame.image, 1)) if self._mirror else frame
                    left -= 1
                    if left <= 0:
                        return
            except SourceError as error:
                if not self.many:
                    raise
                self._fail(str(error))

    def _fail(self, message: str) -> None:
        self.failures.append(message)
        self._on_failure(message)

    def _video(self, path: str) -> Iterator[Frame]:
        name = hide_password(path) if is_url(path) else path
        with _OpenVideo(path, self._insecure) as video:
            read = 0
            clock = _Clock(self._stride / video.fps)
            while True:
                # A frame that is left out need not be converted to BGR.
                wanted = read % self._stride == 0
                ok, image = video.capture.read() if wanted else (video.capture.grab(), None)
                if not ok:
                    break
                if image is not None:
                    time = clock(video.capture.get(cv2.CAP_PROP_POS_MSEC) / 1000)
                    yield Frame(to_bgr(image), name, read, time, still=False, fps=video.fps / self._stride)
                read += 1
        if read == 0:
            raise SourceError(f"{name}: not a video, or damaged from its start")
        if video.count is not None and read < _COMPLETE * video.count - 1:
            self._fail(f"{name}: damaged: only {read} of about {video.count} frames could be read")


class _OpenVideo:
    """An open video: `capture`, its `fps`, and the `count` of frames it promises."""

    def __init__(self, path: str, insecure: bool = False) -> None:
        self._file = None
        if is_url(path):
            self.capture = open_stream(path, insecure)
        else:
            with _open(path) as file:
                head = file.read(1024)
            # FFmpeg shows a text file as a video of the text, and follows the addresses in a playlist.
            if not head or _is_text(head, path):
                raise SourceError(f"{path}: {'text, not a picture or a video' if head else 'empty file'}")
            try:
                path.encode()
            except UnicodeEncodeError:  # OpenCV 5 crashes on such a name
                self._file = _open(path)
                self.capture = cv2.VideoCapture(self._file, cv2.CAP_FFMPEG, [])
            else:
                # A relative name with a colon would be taken for an address.
                self.capture = cv2.VideoCapture(os.path.abspath(path), cv2.CAP_FFMPEG)
        if not self.capture.isOpened():
            self.close()
            raise SourceError(f"{path}: not a picture or a video that can be read, or damaged")
        count, self.fps = self.capture.get(cv2.CAP_PROP_FRAME_COUNT), sane_fps(self.capture.get(cv2.CAP_PROP_FPS))
        self.count = int(count) if 0 < count < 1e8 else None
        width, height = self.capture.get(cv2.CAP_PROP_FRAME_WIDTH), self.capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if width * height > MAX_PIXELS:
            self.close()
            raise SourceError(_too_large(path, int(width), int(height)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.capture.release()
        if self._file:
            self._file.close()


class _Clock:
    """Seconds since the first frame: a video's own time stamps where they can be true, else steps of its frame rate."""

    def __init__(self, step: float) -> None:
        self._step = step
        self._start = 0.0
        self._time = -1.0

    def __call__(self, stamp: float) -> float:
        if self._time < 0:
            self._start = stamp if math.isfinite(stamp) else 0.0
            self._time = 0.0
        else:
            time = stamp - self._start
            self._time = time if self._time < time <= self._time + _PAUSE + self._step else self._time + self._step
        return self._time


def read_photo(path: str) -> np.ndarray:
    """Read a photo as `(H, W, 3) uint8` BGR, turned the way its EXIF says, on paper as of
    `realtime.sources.frame.to_bgr`.

    Of a JPEG that is cut short the rest is grey, and a warning is logged.

    Raises:
        SourceError: if it is missing, not a picture, damaged, or has more than `MAX_PIXELS`.
    """
    with _open(path) as file:
        info = _checked_header(file, path, MAX_PIXELS)
        file.seek(0)
        return _decode(file.read(4 * MAX_PIXELS), info, path, halves=True)  # more than that would be no picture


def decode_photo(data: bytes, name: str, max_pixels: int = MAX_PIXELS) -> np.ndarray:
    """`read_photo` of a file in memory, called `name` in messages; half a JPEG is damaged, for it can be sent again."""
    return _decode(data, _checked_header(io.BytesIO(data), name, max_pixels), name)


def _checked_header(file: BinaryIO, name: str, max_pixels: int) -> imagesize.ImageInfo:
    info = header(file)
    if info.width * info.height > max_pixels:
        raise SourceError(_too_large(name, info.width, info.height, max_pixels))
    return info


def _decode(content: bytes, info: imagesize.ImageInfo, name: str, *, halves: bool = False) -> np.ndarray:
    data = np.frombuffer(content, np.uint8)
    if data.size == 0:
        raise SourceError(f"{name}: empty file")
    image = None
    with native_stderr_off():
        try:
            if info.channels != 3 and data[0] != 0xFF:  # never a JPEG: the rest may have an alpha channel
                image = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
            if image is None or image.ndim == 2 or image.shape[2] != 4:
                color = cv2.imdecode(data, cv2.IMREAD_COLOR)  # turns by EXIF, which the other does not
                image = image if color is None else color  # of numbers with a fraction OpenCV makes no colours
            if image is None and halves and content.startswith(_JPEG):
                image = cv2.imdecode(np.append(data, _END), cv2.IMREAD_COLOR)
                if image is not None:
                    logger.warning("%s: cut short; what is there is read", name)
        except cv2.error as error:
            if error.code == cv2.Error.StsNoMem:
                raise SourceError(f"{name}: there is not enough memory to read it") from error
            image = None
    if image is None:
        raise SourceError(f"{name}: {_blame(name, info, data)}")
    return to_bgr(image)


def _stills(path: str) -> Iterator[Frame]:
    """The pages of a document, or a photo."""
    count = page_count(path)
    if count is None:
        yield Frame(read_photo(path), path, 0, 0.0, still=True)
    else:
        yield from pages(path, 0, count)


def _still_if_alone(frames: Iterator[Frame]) -> Iterator[Frame]:
    """The frames of a video; its only one is a picture, in which the tracker would have nothing to confirm."""
    first, second = next(frames, None), next(frames, None)
    if first is None:
        return
    if second is None:
        yield replace(first, still=True)
        return
    yield first
    yield second
    yield from frames


def _promised_pages(path: str) -> int:
    try:
        return page_count(path) or 1
    except SourceError:
        return 0


def _blame(path: str, info: imagesize.ImageInfo, data: np.ndarray) -> str:
    if Path(path).suffix.lower() in _HEIC or data[4:12].tobytes() in (b"ftypheic", b"ftypheix", b"ftypmif1"):
        return "HEIC photos cannot be read; save it as JPEG"
    return "damaged picture" if info.width > 0 else "not a picture that can be read"


def header(file: BinaryIO) -> imagesize.ImageInfo:
    """What the header of a picture says of it; a width of -1 where it is none that is known."""
    try:
        return imagesize.get_info(file, dpi=False, colors=False, exif_rotation=False)
    except Exception:  # whatever a hostile header makes it raise, the decoder has the last word
        return imagesize.ImageInfo()


def is_still(path: str) -> bool:
    """Whether it is a photo or a document: by the suffix, and where that says nothing by the first bytes."""
    suffix = Path(path).suffix.lower()
    if is_url(path):
        return False
    if suffix in VIDEOS:
        return suffix == ".gif" and page_count(path) is not None
    if suffix in READ:
        return True
    try:
        with open(path, "rb") as file:
            return header(file).width > 0
    except OSError:
        return False


def _promise(path: str, insecure: bool) -> tuple[int | None, float]:
    """How many frames a video says it has, and how many a second."""
    try:
        with _OpenVideo(path, insecure) as video:
            return video.count, video.fps
    except SourceError:
        return 0, FPS


def _open(path: str):
    try:
        return open(path, "rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


def _is_text(head: bytes, path: str) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):  # UTF-16
        return True
    if b"\0" in head:
        return False
    try:
        head[:-4].decode()  # the end may cut a character in two
    except UnicodeDecodeError:
        return Path(path).suffix.lower() not in VIDEOS
    return True


def _too_large(path: str, width: int, height: int, max_pixels: int = MAX_PIXELS) -> str:
    return f"{path}: {width}x{height} is too large, {max_pixels // 1_000_000} megapixels are the most; scale it down"


def printable(text: str) -> str:
    """`text` without the surrogates of an undecodable file name, on which OpenCV crashes and terminals stumble."""
    return text.encode("utf-8", "replace").decode()

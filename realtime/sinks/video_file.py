"""A video that is being written: its time stamps are true, and what a killed program leaves of it can be played."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.sinks.paths import OutputError, reason_of

if TYPE_CHECKING:
    from av import VideoFrame
    from av.video.stream import VideoStream

CODECS = {".mp4": "libx264", ".webm": "libvpx", ".avi": "mjpeg"}
"""Videos that can be written, by suffix, and what encodes them. Browsers play the first two."""

_OPTIONS: dict[str, dict[str, object]] = {
    "libx264": {"preset": "veryfast", "tune": "zerolatency", "crf": "21"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "crf": "10", "b": "4M"},
    "mjpeg": {"qscale": "3"},
}
_PARTS = {  # of which each stands for itself
    ".mp4": {"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ".webm": {"cluster_time_limit": "1000"},
}
_TICKS = Fraction(1, 90_000)  # seconds: a time stamp of MP4 and WebM counts these
_PART = 1.0  # seconds after which what was written is whole


class VideoFile:
    """Writes pictures of one size; close it in the end.

    Args:
        path: ends in one of `CODECS`.
        size: `(width, height)` of the pictures. H.264 knows even sides only: an odd one grows by a pixel.
        fps: how many a second there will be, about; in an AVI just as many.

    Raises:
        OutputError: the package that encodes videos is missing, or it cannot write one of this size there; by `write`
            and `close` also where the disk is full.
    """

    def __init__(self, path: str, size: tuple[int, int], fps: float) -> None:
        try:
            import av
        except ImportError as error:
            raise OutputError(f"{path}: to save videos the package av is needed: pip install av") from error
        self._av, self._path = av, path
        suffix = Path(path).suffix.lower()
        codec = CODECS[suffix]
        rate = Fraction(fps).limit_denominator(1000)
        self._tick = 1 / rate if suffix == ".avi" else _TICKS
        self._stamp, self._whole = -1, -_PART
        more = tuple(side % 2 for side in size) if codec == "libx264" else (0, 0)
        self._room = more[1], more[0]
        try:
            self._container = av.open(path, "w", options=_PARTS.get(suffix, {}) | {"flush_packets": "1"})
            self._stream = cast("VideoStream", self._container.add_stream(codec, rate=rate))
            self._stream.width, self._stream.height = size[0] + more[0], size[1] + more[1]
            self._stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
            self._stream.codec_context.time_base = self._tick
            self._stream.options = _OPTIONS[codec]
            self._stream.codec_context.open()
        except (OSError, ValueError) as error:
            reason = f"a video of {size[0]}x{size[1]} at {fps:g} frames a second cannot be written here"
            raise OutputError(f"{path}: {reason} ({reason_of(error)})") from error

    def write(self, image: NDArray[np.uint8], seconds: float) -> None:
        """Append `image (H, W, 3) uint8` BGR, to be seen from so many seconds after the beginning on."""
        below, right = self._room
        if below or right:
            image = cv2.copyMakeBorder(image, 0, below, 0, right, cv2.BORDER_REPLICATE)
        frame = self._av.VideoFrame.from_ndarray(image, format="bgr24")
        self._stamp = max(self._stamp + 1, round(seconds / self._tick))
        frame.pts, frame.time_base = self._stamp, self._tick
        if seconds - self._whole >= _PART:
            frame.pict_type = self._av.video.frame.PictureType.I
            self._whole = seconds
        self._write(frame)

    def close(self) -> None:
        """Finish the file."""
        try:
            self._write(None)
        finally:
            try:
                self._container.close()
            except OSError as error:
                raise self._full(error) from error

    def _write(self, frame: VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (OSError, ValueError) as error:
            raise self._full(error) from error

    def _full(self, error: Exception) -> OutputError:
        return OutputError(
            f"{self._path}: the video ends after {float(self._stamp * self._tick):.1f} s: {reason_of(error)}"
        )

"""Streams over the network: their addresses, and how they are opened and trusted."""

from __future__ import annotations

import os
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from realtime.sources.answer import Answer, NotWanted
from realtime.sources.capture import Capture
from realtime.sources.certificates import context, distrust, is_encrypted, trusted_file, why
from realtime.sources.frame import SourceError
from realtime.sources.mjpeg import Mjpeg
from realtime.sources.snapshots import Snapshots

OPEN_TIMEOUT = 5.0
"""Seconds that a stream may take to answer."""

READ_TIMEOUT = 5.0
"""Seconds without a frame after which a stream is opened anew."""

_NO_VIDEO = "no video there; is the address right, is the camera on and in the same network?"
_OPTIONS = "OPENCV_FFMPEG_CAPTURE_OPTIONS"
_USUAL = "rtsp_flags;prefer_tcp"  # what OpenCV asks FFmpeg for where nothing is set
CONTAINERS = (  # what FFmpeg is asked to read over HTTP: not JPEGs, of which it would keep one that never ends
    "aac,ac3,asf,avi,dash,eac3,flv,gif,h264,hevc,hls,matroska,mov,mp3,mpeg,mpegts,mpegvideo,ogg,webm,webvtt,"
    "yuv4mpegpipe"
)
"""Formats of FFmpeg for videos that come from elsewhere."""

_opening = threading.Lock()


def open_stream(url: str, insecure: bool = False) -> Capture:
    """Open a stream over the network, or a picture or document that is at an address.

    Args:
        url: where it is.
        insecure: whether the certificate of an encrypted one may be anybody's.

    Raises:
        SourceError: if it does not answer within `OPEN_TIMEOUT`, is no video, or has a certificate that is not to be
            trusted.
    """
    name, http = hide_password(url), url.lower().startswith("http")
    if http:
        try:
            return _open_http(url, name, context(insecure))
        except NotWanted:
            pass
        except ssl.SSLCertVerificationError as error:
            raise SourceError(f"{name}: {why(error)}") from error
        except ssl.SSLError:
            pass  # of old ones FFmpeg may know more
        except OSError as error:
            raise SourceError(f"{name}: {_NO_VIDEO}") from error
    timeouts = {cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: OPEN_TIMEOUT, cv2.CAP_PROP_READ_TIMEOUT_MSEC: READ_TIMEOUT}
    params = [value for key, seconds in timeouts.items() for value in (key, int(1000 * seconds))]
    checked = is_encrypted(url) and not insecure
    more = [f"format_whitelist;{CONTAINERS}"] if http else []
    more += [f"tls_verify;1|ca_file;{trusted_file()}"] if checked else []
    with _options("|".join(more)):
        capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, params)
    if not capture.isOpened():
        capture.release()
        distrusted = distrust(url, OPEN_TIMEOUT) if checked else None
        raise SourceError(f"{name}: {distrusted or _NO_VIDEO}")
    return capture


def _open_http(url: str, name: str, context: ssl.SSLContext) -> Mjpeg | Snapshots:
    """JPEGs in parts of one answer, or what the whole answer is."""

    def ask() -> Answer:
        return Answer(url, name, context, OPEN_TIMEOUT)

    answer = ask()
    try:
        if answer.multipart or (answer.fill(2) and answer.buffer[:2] == b"--"):
            return Mjpeg(answer, name, READ_TIMEOUT)
        return Snapshots(answer, ask, name, OPEN_TIMEOUT)
    except BaseException as error:
        answer.close()
        raise answer.explained(error) from error


@contextmanager
def _options(more: str) -> Iterator[None]:
    """FFmpeg opens what is opened in this block with these options besides those that the user has set."""
    with _opening:
        before = os.environ.get(_OPTIONS)
        os.environ[_OPTIONS] = "|".join(filter(None, (_USUAL if before is None else before, more)))
        try:
            yield
        finally:
            if before is None:
                del os.environ[_OPTIONS]
            else:
                os.environ[_OPTIONS] = before


def is_url(spec: str) -> bool:
    """Whether `spec` is the address of a stream."""
    return re.match(r"(https?|rtsps?|rtmp|udp|tcp)://", spec, re.IGNORECASE) is not None


def hide_password(url: str) -> str:
    """The address without user name and password, fit to be shown and written to files."""
    return re.sub(r"//[^/]*@", "//", url)

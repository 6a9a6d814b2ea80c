"""open_source: a camera, video, photo, folder or stream as an iterable of frames."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import cv2

from realtime.sources.camera import PATIENCE, LiveSource, open_camera
from realtime.sources.files import READ, FileSource
from realtime.sources.frame import Frame, NoCamera, SourceError
from realtime.sources.stills import page_count
from realtime.sources.stream import hide_password, is_url, open_stream

__all__ = ["Frame", "NoCamera", "Source", "SourceError", "open_source"]

Source = FileSource | LiveSource


def open_source(
    spec: str | int | Sequence[str],
    *,
    camera_size: tuple[int, int] | None = None,
    stride: int = 1,
    max_frames: int | None = None,
    mirror: bool = False,
    patience: float | None = PATIENCE,
    on_failure: Callable[[str], None] | None = None,
    insecure: bool = False,
) -> Source:
    """Open whatever gives pictures; use it in a `with` and iterate it once.

    Args:
        spec: a camera number, a video, a photo, a PDF, a folder (such files in it, in natural order), a glob,
            an address (`http://`, `rtsp://`), or several of these but cameras and streams in a row.
        camera_size: `(width, height)` to ask a camera for; what it gives is in `Source.size`.
        stride: take every so many-th frame of a video, camera or stream.
        max_frames: end after so many frames, over all files together.
        mirror: swap left and right before anything else, for a camera that delivers a mirror image.
        patience: seconds without a picture after which a camera or stream is given up; `None` = never.
        on_failure: called at once with one line for each file that cannot be read; else they are logged.
        insecure: whether the certificate of an encrypted stream may be anybody's.

    Raises:
        SourceError: if there is nothing to read: no such file, an empty folder, a dead stream. Iterating raises it too.
        NoCamera: if there is no such camera.
    """
    live = partial(LiveSource, stride=stride, max_frames=max_frames, mirror=mirror, patience=patience)
    files = partial(FileSource, stride=stride, max_frames=max_frames, mirror=mirror, on_failure=on_failure)
    specs = [str(spec)] if isinstance(spec, (str, int)) else [str(part) for part in spec]
    if len(specs) != 1:
        paths = _find_all(specs)
        return files(paths, many=True, name=f"{len(paths)} files")
    (text,) = specs
    number = _camera_number(text)
    if number is not None:
        connect = partial(open_camera, number, camera_size)
        return live(connect(), connect, f"camera {number}")
    if is_url(text):
        connect = partial(open_stream, text, insecure)
        capture = connect()
        if capture.get(cv2.CAP_PROP_FRAME_COUNT) <= 0:
            return live(capture, connect, hide_password(text))
        capture.release()  # a video with an end: every frame of it is wanted
        return files([text], name=hide_password(text), insecure=insecure)
    paths = _find(text)
    return files(paths, many=paths != [text] or _has_pages(text), name=text)


def _has_pages(path: str) -> bool:
    try:
        return (page_count(path) or 1) > 1
    except SourceError:
        return False  # it is said when it is read


def _camera_number(spec: str) -> int | None:
    match = re.fullmatch(r"(?:/dev/video)?(\d{1,4})", spec, re.ASCII)
    return int(match[1]) if match else None


def _find_all(specs: list[str]) -> list[str]:
    for spec in specs:
        if _camera_number(spec) is not None or is_url(spec):
            raise SourceError(f"{hide_password(spec)}: a camera or stream has no end; give it alone")
    paths = [path for spec in specs for path in _find(spec)]
    if not paths:
        raise SourceError("no source given")
    return paths


def _find(spec: str) -> list[str]:
    """The files behind a path, a folder or a glob; of the last two only those with the suffix of what can be read."""
    if os.path.isfile(spec):
        return [spec]
    if os.path.isdir(spec):
        try:
            found = [os.path.join(spec, name) for name in os.listdir(spec) if not name.startswith(".")]
        except OSError as error:
            raise SourceError(f"{spec}: {error.strerror}") from error
        where = "the folder"
    elif os.path.exists(spec):
        raise SourceError(f"{spec}: neither a file nor a folder")
    elif glob.has_magic(spec):
        found = glob.glob(spec, recursive=True)
        if not found:
            raise SourceError(f"{spec}: no file matches")
        where = "what matches"
    else:
        raise SourceError(f"{spec}: no such file, folder or camera")
    paths = [path for path in found if Path(path).suffix.lower() in READ and os.path.isfile(path)]
    if not paths:
        raise SourceError(f"{spec}: no photo, video or PDF in {where}")
    return sorted(paths, key=_natural)


def _natural(path: str) -> list[str | int]:
    """Sorts sheet2 before sheet10."""
    parts: list[str | int] = list(re.split(r"(\d+)", path.casefold()))
    parts[1::2] = [int(number) for number in parts[1::2]]
    return parts

"""open_source: whatever gives pictures as an iterable of frames."""

from __future__ import annotations

import io
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import cast

import cv2

from realtime.sources.camera import PATIENCE, LiveSource, open_camera
from realtime.sources.cameras import Cameras
from realtime.sources.clipboard_image import NAME as CLIPBOARD
from realtime.sources.clipboard_image import clipboard_files
from realtime.sources.file_bytes import File
from realtime.sources.files import FileSource
from realtime.sources.find import find
from realtime.sources.frame import Frame, NoCamera, SourceError
from realtime.sources.passing import PassingSource
from realtime.sources.screen import Screen, screen_number
from realtime.sources.snapshots import Snapshots
from realtime.sources.standard_input import NAME as STANDARD_INPUT
from realtime.sources.standard_input import StandardInput
from realtime.sources.stills import frames_of, open_stills, page_count
from realtime.sources.stream import hide_password, is_url, open_stream
from realtime.sources.watched_folder import WatchedFolder

__all__ = ["Frame", "NoCamera", "Source", "SourceError", "open_source"]

Source = FileSource | LiveSource | PassingSource | Cameras

logger = logging.getLogger(__name__)


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
    watch: bool = False,
) -> Source:
    """Open whatever gives pictures; use it in a `with` and iterate it once.

    Args:
        spec: a camera number, a video, a photo, a document, a folder (such files in it, in natural order), a glob,
            or several of these but cameras in a row; an address (`http://`, `rtsp://`); `screen` or `screen:2`;
            `clipboard`; `-` for standard input.
        camera_size: `(width, height)` to ask a camera for; what it gives is in `Source.size`.
        stride: take every so many-th frame of a video, camera or stream.
        max_frames: end after so many frames, over all files together.
        mirror: swap left and right before anything else, for a camera that delivers a mirror image.
        patience: seconds without a picture after which a camera or stream is given up; `None` = never.
        on_failure: called at once with one line for each file that cannot be read; else they are logged.
        insecure: whether the certificate of an encrypted stream may be anybody's.
        watch: whether the folder in `spec` is watched: files that come into it are read, without an end.

    Raises:
        SourceError: if there is nothing to read: no such file, an empty folder, a dead stream. Iterating raises it too.
        NoCamera: if there is no such camera.
    """
    on_failure = on_failure or logger.warning
    live = partial(LiveSource, stride=stride, max_frames=max_frames, mirror=mirror, patience=patience)
    files = partial(FileSource, stride=stride, max_frames=max_frames, mirror=mirror, on_failure=on_failure)
    passing = partial(PassingSource, stride=stride, max_frames=max_frames, mirror=mirror, on_failure=on_failure)
    specs = [str(spec)] if isinstance(spec, (str, int)) else [str(part) for part in spec]
    if watch:
        return _watched(specs, passing)
    if len(specs) != 1:
        paths = _find_all(specs)
        return files(paths, many=True, name=f"{len(paths)} files")
    (text,) = specs
    number = _camera_number(text)
    if number is not None:

        def connect_camera(number: int, max_frames: int | None) -> LiveSource:
            connect = partial(open_camera, number, camera_size)
            return live(connect(), connect, f"camera {number}", max_frames=max_frames)

        return Cameras(number, connect_camera, max_frames=max_frames)
    if text == "-":
        piped = StandardInput(cast(io.BufferedReader, sys.stdin.buffer))
        return passing(STANDARD_INPUT, piped.frames, many=piped.stills is not None and piped.stills.count > 1)
    if text == CLIPBOARD:
        copied = clipboard_files()
        return passing(CLIPBOARD, lambda fail: _frames_of_files(copied, fail), many=len(copied) > 1)
    if (screen := screen_number(text)) is not None:
        return live(Screen(screen), partial(Screen, screen), text)
    if is_url(text):
        return _at_address(text, insecure, live, files, passing)
    paths = find(text)
    return files(paths, many=paths != [text] or _has_pages(text), name=text)


def _watched(specs: list[str], passing: Callable[..., PassingSource]) -> PassingSource:
    folder, *more = specs
    if more or not os.path.isdir(folder):
        raise SourceError(f"{(more or specs)[0]}: one folder can be watched, and nothing else")
    watched = WatchedFolder(folder)
    return passing(folder, watched.frames, many=True, close=watched.close)


def _at_address(
    url: str,
    insecure: bool,
    live: Callable[..., LiveSource],
    files: Callable[..., FileSource],
    passing: Callable[..., PassingSource],
) -> Source:
    """A stream; a video with an end; a photo or document; or a camera that gives one picture each time."""
    name, connect = hide_password(url), partial(open_stream, url, insecure)
    capture = connect()
    if isinstance(capture, Snapshots) and not capture.changes():
        capture.release()
        file = File(name, capture.data)
        stills = open_stills(file)
        if stills is None:
            raise SourceError(f"{name}: a GIF that moves is read from a file only")
        return passing(name, lambda fail: frames_of(stills, name, fail), many=stills.count > 1)
    if capture.get(cv2.CAP_PROP_FRAME_COUNT) <= 0:
        return live(capture, connect, name)
    capture.release()  # every frame of it is wanted
    return files([url], name=name, insecure=insecure)


def _frames_of_files(files: Sequence[File], fail: Callable[[str], None]) -> Iterator[Frame]:
    for file in files:
        try:
            stills = open_stills(file)
            if stills is None:
                raise SourceError(f"{file.name}: not a photo or a document that can be read")
            yield from frames_of(stills, file.name, fail)
        except SourceError as error:
            fail(str(error))


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
        if spec in ("-", CLIPBOARD) or screen_number(spec) is not None:
            raise SourceError(f"{spec}: give it alone; a file of that name is ./{spec}")
    paths = [path for spec in specs for path in find(spec)]
    if not paths:
        raise SourceError("no source given")
    return paths

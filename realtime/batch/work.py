"""Reads one task, in whatever process it lands: a file -> rows, or the reason why there are none."""

from __future__ import annotations

import faulthandler
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import numpy as np
import pyarrow as pa

from realtime.batch.annotated import Copies
from realtime.batch.recognizers import make_pipeline
from realtime.batch.remote import Unreachable, fetched, is_remote
from realtime.batch.rows import SCHEMA
from realtime.batch.task import Answer, Task, stamp_of
from realtime.batch.video_parts import cut, part_frames
from realtime.drawing.annotate import annotate
from realtime.live.result import FrameResult
from realtime.numbers.form import Form
from realtime.recognition.recognizer import glyph_of
from realtime.sources.file_bytes import File
from realtime.sources.files import FileSource
from realtime.sources.frame import Frame, SourceError
from realtime.sources.region import Region
from realtime.sources.stills import Stills, frames_of, open_stills

PAGES = 100
"""Of a document in one part."""

SURE = 0.99
"""From this confidence on nobody need see what the network saw."""


def read(
    task: Task,
    model: str | None = None,
    digest: str | None = None,
    annotated: str | None = None,
    form: Form | None = None,
    region: Region | None = None,
) -> Answer:
    """Read every frame; what can be expected to fail ends up in `Answer.error`.

    Args:
        task: a photo, document or video, or a part of one.
        model: another network than the shipped one.
        digest: the SHA-256 that its file must have, for a worker may be on another machine.
        annotated: a folder for annotated copies.
        form: what every number looks like.
        region: the part of each picture that is read.

    Raises:
        OutputError: a package is missing: nothing that the file could help.
        ModelError: nor could it that the network is missing, or another one.
    """
    rows: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    errors: list[str] = []
    copies: Copies | None = None
    path = task.path
    stamp = None if is_remote(path) else stamp_of(path)
    try:
        with ExitStack() as stack:
            at_hand: AbstractContextManager[str] = fetched(path) if is_remote(path) else nullcontext(path)
            path = stack.enter_context(at_hand)
            stills = open_stills(File(path))
            # What has to be fetched is read at one go, so that it is fetched once.
            if task.part is None and not is_remote(task.path) and (parts := _parts(path, stills)):
                return Answer(task.key, parts=[Task(task.path, part) for part in parts])
            copies = (
                stack.enter_context(Copies(annotated, task, stills is not None and stills.count > 1))
                if annotated
                else None
            )
            pipeline = make_pipeline(model, digest, form, region)
            for frame, belongs in _frames(path, task.part, stills, errors.append):
                result = pipeline(frame)
                if result.frame.note is not None:
                    errors.append(result.frame.note)
                elif belongs:
                    _add(rows, task.source, result)
                    if copies is not None:
                        picture = annotate(result.frame.image, result.detections, result.layout)
                        copies.write(result.frame, picture)
    except Unreachable as error:
        return Answer(task.key, error=str(error), transient=True)
    except SourceError as error:
        errors.append(str(error))
    except MemoryError:
        errors.append(f"{path}: needs more memory than a worker may have")
    if copies is not None and copies.failure is not None:
        errors.append(copies.failure)
    first = errors[0].replace(path, task.source) if errors else None
    return Answer(task.key, pa.table(rows, schema=SCHEMA), first, stamp=stamp)


def within(seconds: float, work: Callable[[Task], Answer], task: Task) -> Answer:
    """`work(task)` in a process that ends where this takes longer than so many seconds, whatever it is waiting for."""
    with open(os.devnull, "w") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            return work(task)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _parts(path: str, stills: Stills | None) -> list[tuple[int, int]]:
    """In which a long file is to be read; none for one of usual length."""
    if stills is None:
        return cut(path)
    count = stills.count
    return [(i, min(i + PAGES, count)) for i in range(0, count, PAGES)] if count > 2 * PAGES else []


def _frames(
    path: str, part: tuple[int, int] | None, stills: Stills | None, fail: Callable[[str], None]
) -> Iterator[tuple[Frame, bool]]:
    """Each frame, and whether it is one of the part rather than one to warm up on."""
    if stills is not None:
        yield from ((frame, True) for frame in frames_of(stills, path, fail, *(part or ())))
    elif part is not None:
        yield from part_frames(path, *part)
    else:
        with FileSource([path], many=True, on_failure=fail) as source:
            yield from ((frame, True) for frame in source)


def _add(rows: dict[str, list[Any]], source: str, result: FrameResult) -> None:
    digits, layout, frame = result.detections, result.layout, result.frame
    boxes = result.boxes
    for place, i in enumerate(layout.order.tolist()):
        confidence = float(digits.confidence[i])
        digit = int(digits.digit[i])
        line, number = int(layout.line[i]), int(layout.number[i])
        crop = _crop(result, i) if confidence < SURE else None
        row = (source, frame.index, frame.page, frame.time, line, number, place, digit, confidence, *boxes[i].tolist())
        fits = None if layout.fits is None else bool(layout.fits[i])
        sure = None if layout.sure is None else float(layout.sure[i])
        for column, value in zip(rows.values(), (*row, digit, False, fits, sure, crop), strict=True):
            column.append(value)


def _crop(result: FrameResult, i: int) -> bytes | None:
    """What the network saw of digit `i` of a still: 28x28 bytes, ink bright; None on videos, where it has many."""
    if not result.frame.still or result.trace is None:
        return None
    return np.rint(255 * result.trace.crops[glyph_of(result.trace, i)]).astype(np.uint8).tobytes()

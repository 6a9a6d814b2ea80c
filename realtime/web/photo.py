"""One uploaded photo -> its record."""

from __future__ import annotations

from typing import Any

from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.numbers.form import Form
from realtime.recognition.recognizer import Recognizer
from realtime.sources.frame import Frame
from realtime.web import limits
from realtime.web.pictures import decode
from realtime.web.seeing import seen


def recognize_photo(
    recognizer: Recognizer, data: bytes, name: str, turn: bool, form: Form | None = None
) -> FrameResult:
    """What was read in a photo.

    Args:
        recognizer: reads it.
        data: the file.
        name: what messages and the record call it.
        turn: whether a sheet that lies on its side is turned first.
        form: what every number looks like.

    Raises:
        SourceError: if it is no picture, or too large.
    """
    image = decode(data, limits.PHOTO_PIXELS, name)
    reading = recognizer if form is None else recognizer.expecting(form)
    return EveryFrame(reading, turn=turn, form=form)(Frame(image, name, 0, 0.0, still=True))


def read_photo(
    recognizer: Recognizer, data: bytes, name: str, turn: bool, trace: bool, form: Form | None = None
) -> dict[str, Any]:
    """The record of one photo; for the arguments and errors see `recognize_photo`.

    With `trace` it also has `seen`, everything that was seen on the way, in pixels of the photo as it was read.
    """
    result = recognize_photo(recognizer, data, name, turn, form)
    record = result.record
    if not trace:
        return record
    assert result.trace is not None
    height, width = result.frame.image.shape[:2]
    return {**record, "seen": seen(result.trace, (width, height))}

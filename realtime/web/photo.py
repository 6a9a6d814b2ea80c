"""One uploaded photo, or one page of a document -> its record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from realtime.live.pipeline import EveryFrame
from realtime.live.result import FrameResult
from realtime.recognition.recognizer import Recognizer
from realtime.sources.frame import Frame, SourceError
from realtime.web import limits
from realtime.web.asked import Asked
from realtime.web.data_url import png_url
from realtime.web.pictures import stills
from realtime.web.seeing import seen


@dataclass(frozen=True)
class Upload:
    """What was sent, and how it is to be read.

    Attributes:
        data: the file.
        name: what messages and the record call it.
        page: of a document, from 0.
        turn: whether a sheet that lies on its side is turned first.
        asked: the form of its numbers, and the part that is read.
    """

    data: bytes
    name: str = "picture"
    page: int = 0
    turn: bool = True
    asked: Asked = field(default_factory=Asked)


@dataclass(frozen=True, eq=False)
class Page:
    """What was read of a photo, or of a page.

    Attributes:
        result: what was read in it.
        count: of the pages of the whole file.
        warning: what is missing of it, in one line.
        picture: a PNG of it in a data URL, where it was asked for.
    """

    result: FrameResult
    count: int
    warning: str | None
    picture: str | None


def read_page(recognizer: Recognizer, upload: Upload, picture: bool = False) -> Page:
    """Read a photo, or a page of a document.

    Args:
        recognizer: reads it.
        upload: what was sent.
        picture: whether to return the picture as well, for browsers that cannot show such files.

    Raises:
        SourceError: if it is neither, damaged, too large, or has no such page.
    """
    pages = stills(upload.data, limits.PHOTO_PIXELS, upload.name)
    image = next(pages.pages(upload.page, upload.page + 1), None)
    if image is None:
        raise SourceError(f"{upload.name}: there is no page {upload.page + 1}, the last one is {pages.count}")
    url = png_url(image) if picture else None
    form = upload.asked.form
    reading = recognizer if form is None else recognizer.expecting(form)
    pipeline = EveryFrame(reading, turn=upload.turn, form=form, region=upload.asked.region)
    result = pipeline(Frame(image, upload.name, upload.page, 0.0, still=True, pages=pages.count))
    if result.trace is None:
        raise SourceError(str(result.frame.note))
    return Page(result, pages.count, pages.damage, url)


def read_photo(recognizer: Recognizer, upload: Upload, trace: bool, picture: bool) -> dict[str, Any]:
    """The record of a page; for errors see `read_page`.

    Args:
        recognizer: reads it.
        upload: what was sent.
        trace: whether the record gets `seen`, all that was seen on the way, in pixels of the page as it was read.
        picture: whether it gets `picture`, the page as a PNG in a data URL.
    """
    page = read_page(recognizer, upload, picture)
    record = page.result.record
    if page.count > 1:
        record["pages"] = page.count
    if page.warning is not None:
        record["warning"] = page.warning
    if page.picture is not None:
        record["picture"] = page.picture
    if trace:
        assert page.result.trace is not None
        height, width = page.result.frame.image.shape[:2]
        record["seen"] = seen(page.result.trace, (width, height))
    return record

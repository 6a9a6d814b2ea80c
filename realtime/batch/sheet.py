"""The page on which a person checks digits: one file of HTML that needs no server and asks nobody for anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from html import escape
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.batch.picture import Pictures
from realtime.glyphs.normalize import SIDE
from realtime.sources.frame import SourceError

_HEIGHT = 110  # pixels of a picture on the page
_AROUND = (2.2, 0.7)  # heights of the digit that are shown beside it, and above and below
_MARK = (0, 110, 255)
_KEYS = ("source", "frame", "x1", "y1", "x2", "y2")


def contact_sheet(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The page, piece by piece.

    Args:
        rows: digits with the columns of `realtime.batch.rows.SCHEMA`, in the order in which they are to be shown.
    """
    head, foot = Path(__file__).with_name("sheet.html").read_text(encoding="utf-8").split("<!-- digits -->")
    yield head
    with Pictures() as pictures:
        for row in rows:
            yield _figure(row, pictures)
    # In a script only the end of a script means something.
    data = json.dumps([[row[name] for name in _KEYS] for row in rows]).replace("<", "\\u003c")
    yield foot.replace("/* rows */", data)


def _figure(row: dict[str, Any], pictures: Pictures) -> str:
    crop = 255 - np.frombuffer(row["crop"], np.uint8).reshape(SIDE, SIDE)
    images = [_image(".png", crop, "crop")]
    with suppress(SourceError):  # where the file has moved, what the network saw must do
        images.insert(0, _image(".jpg", _surroundings(pictures(row["source"], row["frame"]), row), "around"))
    where = escape(f"{row['source']}, page {row['frame'] + 1}, line {row['line'] + 1}")
    return (
        f'<figure title="{where}">{"".join(images)}<figcaption>{row["confidence"]:.3f}'
        f'<input value="{row["read"]}" maxlength="1" size="1" aria-label="{where}"></figcaption></figure>\n'
    )


def _surroundings(picture: NDArray[np.uint8], row: dict[str, Any]) -> np.ndarray:
    x1, y1, x2, y2 = (row[name] for name in _KEYS[2:])
    size = max(x2 - x1, y2 - y1)
    beside, above = (round(share * size) for share in _AROUND)
    top, left = max(0, y1 - above), max(0, x1 - beside)
    cut = picture[top : y2 + above, left : x2 + beside]
    if cut.size == 0:
        raise SourceError(f"{row['source']}: another picture than the one that was read")
    scale = _HEIGHT / cut.shape[0]
    small = cv2.resize(cut, (max(1, round(scale * cut.shape[1])), _HEIGHT), interpolation=cv2.INTER_AREA)
    corners = [(round(scale * (x - left)), round(scale * (y - top))) for x, y in ((x1, y1), (x2, y2))]
    cv2.rectangle(small, corners[0], corners[1], _MARK, 1)
    return small


def _image(suffix: str, picture: NDArray[np.uint8], kind: str) -> str:
    data = base64.b64encode(cv2.imencode(suffix, picture)[1].tobytes()).decode()
    mime = "jpeg" if suffix == ".jpg" else "png"
    return f'<img class="{kind}" alt="" src="data:image/{mime};base64,{data}">'

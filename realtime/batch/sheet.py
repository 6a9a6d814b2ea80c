"""The page on which a person checks digits: one file of HTML that needs no server and asks nobody for anything."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.batch.picture import Pictures
from realtime.batch.sheet_numbers import Key, Row, SheetNumber, key_of
from realtime.glyphs.normalize import SIDE
from realtime.sources.frame import SourceError

_HEIGHT = 110  # pixels of a picture on the page
_AROUND = (2.2, 0.7)  # heights of the digit that are shown beside it, and above and below
_FARTHEST = (8.0, 1.5)  # and at most, so that the whole number is seen
_MARK = (0, 110, 255)
_BOX = ("x1", "y1", "x2", "y2")


def contact_sheet(rows: Sequence[Row], numbers: Mapping[Key, SheetNumber]) -> Iterator[str]:
    """The page, piece by piece.

    Args:
        rows: digits with the columns of `realtime.batch.rows.SCHEMA`, in the order in which they are to be shown.
        numbers: those that the digits belong to.
    """
    head, foot = Path(__file__).with_name("sheet.html").read_text(encoding="utf-8").split("<!-- digits -->")
    yield head
    with Pictures() as pictures:
        for row in rows:
            yield _figure(row, numbers[key_of(row)], pictures)
    # In a script only the end of a script means something.
    yield foot.replace("/* data */", json.dumps(_data(rows, numbers)).replace("<", "\\u003c"))


def _data(rows: Sequence[Row], numbers: Mapping[Key, SheetNumber]) -> dict[str, Any]:
    """What the script knows: each digit with the place of its number and its own place in that, and the numbers."""
    places = {key: place for place, key in enumerate(numbers)}
    pages = {key_of(row): [row["source"], row["frame"], row["page"]] for row in rows}
    digits = []
    for row in rows:
        box = tuple(row[name] for name in _BOX)
        at = numbers[key_of(row)].boxes.index(box)
        digits.append({"page": pages[key_of(row)], "xyxy": box, "number": places[key_of(row)], "at": at})
    told = [{"page": pages[key], "xyxy": each.xyxy, "text": each.text} for key, each in numbers.items()]
    return {"digits": digits, "numbers": told}


def _figure(row: Row, number: SheetNumber, pictures: Pictures) -> str:
    crop = 255 - np.frombuffer(row["crop"], np.uint8).reshape(SIDE, SIDE)
    try:
        picture, place = _surroundings(pictures(row["source"], row["frame"]), row, number)
        around = _image(".jpg", picture, "around")
        around = f'<div class="view" tabindex="-1" data-place="{" ".join(map(str, place))}">{around}</div>'
    except SourceError:  # where the file has moved, what the network saw must do
        around = ""
    page = f"page {row['page'] or row['frame'] + 1}"
    name = row["source"].replace("\\", "/").rpartition("/")[2]
    where = escape(f"{row['source']}, {page}, line {row['line'] + 1}")
    return (
        f'<figure title="{where}"><div class="pictures">{around}{_image(".png", crop, "crop")}</div>'
        f"<figcaption><span>{row['confidence']:.3f}</span>"
        f'<input class="digit" value="{row["digit"]}" maxlength="1" size="1" aria-label="{where}">'
        f'<input class="number" value="{number.text}" inputmode="numeric" aria-label="Number, {where}">'
        f'</figcaption><p class="where">{escape(name)}, {page}</p></figure>\n'
    )


def _surroundings(
    picture: NDArray[np.uint8], row: Row, number: SheetNumber
) -> tuple[np.ndarray, tuple[int, int, float]]:
    """What is around a digit, small enough for the page; its left and top in the picture, and its scale."""
    x1, y1, x2, y2 = (row[name] for name in _BOX)
    size = max(x2 - x1, y2 - y1)
    reach = []
    for out, least, most in zip(
        (x1 - number.xyxy[0], y1 - number.xyxy[1], number.xyxy[2] - x2, number.xyxy[3] - y2),
        _AROUND * 2,
        _FARTHEST * 2,
        strict=True,
    ):
        reach.append(round(min(max(least * size, out + 0.3 * size), most * size)))
    left, top = max(0, x1 - reach[0]), max(0, y1 - reach[1])
    cut = picture[top : y2 + reach[3], left : x2 + reach[2]]
    if cut.size == 0:
        raise SourceError(f"{row['source']}: another picture than the one that was read")
    scale = _HEIGHT / cut.shape[0]
    small = cv2.resize(cut, (max(1, round(scale * cut.shape[1])), _HEIGHT), interpolation=cv2.INTER_AREA)
    corners = [(round(scale * (x - left)), round(scale * (y - top))) for x, y in ((x1, y1), (x2, y2))]
    cv2.rectangle(small, corners[0], corners[1], _MARK, 1)
    return small, (left, top, round(scale, 4))


def _image(suffix: str, picture: NDArray[np.uint8], kind: str) -> str:
    data = base64.b64encode(cv2.imencode(suffix, picture)[1].tobytes()).decode()
    mime = "jpeg" if suffix == ".jpg" else "png"
    return f'<img class="{kind}" alt="" draggable="false" src="data:image/{mime};base64,{data}">'

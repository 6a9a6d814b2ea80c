"""A contact sheet: every digit that was missed, misread or invented, as frame, ink and 28x28, grouped by cause."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.drawing.primitives import BLUE, GREY, NIGHT, ORANGE, WHITE, Color, put_text, text_width

PANEL = 112  # pixels: side of each picture
COLUMNS = 5

_MOST = 600  # tiles; where there are more failures, no cause gets more than
_MOST_OF_ONE = 75  # so many, taken evenly
_GAP = 6  # pixels
_TEXT = 11  # height of its digits
_LINE = 18  # from one line of text to the next
_HEADING = 40
_TILE = (3 * PANEL + 4 * _GAP, PANEL + 3 * _LINE + 3 * _GAP)
_ROOM = 0.45  # around a digit, in its longer sides
_COLORS: dict[str, Color] = {"misread": (60, 60, 220), "missed": ORANGE, "invented": BLUE}


@dataclass
class Failure:
    """A digit that was not read as it was meant.

    Attributes:
        kind: "misread", "missed" or "invented".
        cause: what it is grouped by.
        file: where it is.
        read: the digit read or suspected, "" for none.
        confidence: how sure that was, 0 to 1.
        meant: the digit that stands there, "" for none.
        picture: `(PANEL, PANEL, 3) uint8` BGR, from the frame.
        ink: `(PANEL, PANEL) uint8`, the same of the ink.
        crop: `(28, 28) float32`, what the network saw; None where nothing was cut out.
        times: in how many frames it was so.
    """

    kind: str
    cause: str
    file: str
    read: str
    confidence: float
    meant: str
    picture: np.ndarray
    ink: np.ndarray
    crop: np.ndarray | None
    times: int = 1


def views(frame: np.ndarray, ink: np.ndarray, xyxy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A box and what is around it, from the frame `(PANEL, PANEL, 3)` and from its ink `(PANEL, PANEL)`.

    Args:
        frame: `(H, W, 3) uint8` BGR.
        ink: `(h, w) uint8`, may be smaller than the frame.
        xyxy: `(4,)` box in pixels of the frame.
    """
    box = np.asarray(xyxy, np.float64)
    half = (0.5 + _ROOM) * max(12.0, float((box[2:] - box[:2]).max()))
    middle = (box[:2] + box[2:]) / 2
    picture = _window(frame, middle, half, 1.0)
    corners = np.rint((box.reshape(2, 2) - middle + half) * PANEL / (2 * half)).astype(int)
    cv2.rectangle(picture, tuple(corners[0] - 2), tuple(corners[1] + 1), ORANGE, 1)
    return picture, _window(ink, middle, half, ink.shape[1] / frame.shape[1])


def contact_sheet(failures: list[Failure], title: str) -> np.ndarray:
    """All failures on one picture, or some of each cause where they are very many: `(h, w, 3) uint8` BGR."""
    counts = Counter(failure.cause for failure in failures)
    width = COLUMNS * _TILE[0] + (COLUMNS + 1) * _GAP
    parts = [_heading(title, width, NIGHT)]
    for cause, count in counts.most_common():
        group = sorted((f for f in failures if f.cause == cause), key=lambda f: (f.meant, f.read, f.file))
        heading = f"{cause}: {count}"
        if len(failures) > _MOST and count > _MOST_OF_ONE:
            group = [group[i * count // _MOST_OF_ONE] for i in range(_MOST_OF_ONE)]
            heading += f", {_MOST_OF_ONE} of them shown"
        parts.append(_heading(heading, width, _COLORS[group[0].kind]))
        for start in range(0, len(group), COLUMNS):
            strip = np.full((_TILE[1] + _GAP, width, 3), 255, np.uint8)
            for i, failure in enumerate(group[start : start + COLUMNS]):
                left = _GAP + i * (_TILE[0] + _GAP)
                strip[: _TILE[1], left : left + _TILE[0]] = _tile(failure)
            parts.append(strip)
    return np.vstack(parts)


def _tile(failure: Failure) -> np.ndarray:
    w, h = _TILE
    tile = np.full((h, w, 3), 246, np.uint8)
    cv2.rectangle(tile, (0, 0), (w - 1, 3), _COLORS[failure.kind], cv2.FILLED)
    crop = np.full((PANEL, PANEL), 225, np.uint8)
    if failure.crop is not None:
        crop = cv2.resize(np.rint(failure.crop * 255).astype(np.uint8), (PANEL, PANEL), interpolation=cv2.INTER_NEAREST)
    for i, panel in enumerate((failure.picture, failure.ink, crop)):
        left = _GAP + i * (PANEL + _GAP)
        tile[_GAP : _GAP + PANEL, left : left + PANEL] = panel if panel.ndim == 3 else panel[..., None]
    read = f"{failure.read} at {failure.confidence:.2f}" if failure.read else "nothing"
    times = f"   x {failure.times}" if failure.times > 1 else ""
    lines = (f"meant {failure.meant or 'nothing'}, read {read}{times}", failure.cause, failure.file)
    for i, text in enumerate(lines):
        y = _GAP + PANEL + (i + 1) * _LINE
        put_text(tile, _fitting(text, w - 2 * _GAP), _GAP, y, _TEXT, NIGHT if i == 0 else (110, 110, 110))
    return tile


def _heading(text: str, width: int, color: Color) -> np.ndarray:
    band = np.full((_HEADING, width, 3), 255, np.uint8)
    cv2.rectangle(band, (0, _GAP), (width, _HEADING - _GAP), color, cv2.FILLED)
    put_text(band, text, 2 * _GAP, _HEADING - 2 * _GAP, 14, WHITE)
    return band


def _fitting(text: str, width: int) -> str:
    """The text, or its end where it is too wide."""
    while text_width(text, _TEXT) > width:
        text = text[1:]
    return text


def _window(image: np.ndarray, middle: np.ndarray, half: float, scale: float) -> np.ndarray:
    """A square of an image, grey where it reaches beyond: `(PANEL, PANEL[, 3])`."""
    low, high = (middle - half) * scale, (middle + half) * scale
    x0, y0 = np.floor(low).astype(int)
    x1, y1 = np.maximum(np.ceil(high).astype(int), (x0 + 1, y0 + 1))
    h, w = image.shape[:2]
    border = [max(0, -y0), max(0, y1 - h), max(0, -x0), max(0, x1 - w)]
    part = image[max(0, y0) : max(0, min(y1, h)), max(0, x0) : max(0, min(x1, w))]
    if part.size == 0:
        return np.full((PANEL, PANEL, *image.shape[2:]), GREY[0], np.uint8)
    part = cv2.copyMakeBorder(part, *border, cv2.BORDER_CONSTANT, value=GREY)
    how = cv2.INTER_AREA if part.shape[0] > PANEL else cv2.INTER_CUBIC
    return cv2.resize(part, (PANEL, PANEL), interpolation=how)

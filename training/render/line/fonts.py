"""Handwriting fonts: found in a folder, and written with."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training.data.sources import DataError

_SIZE = 80  # a text is drawn at this size, and shrunk


def find_fonts(folder: Path | None) -> list[Path]:
    """The font files of a folder, none where no folder is given.

    Raises:
        DataError: no such folder, or no font in it.
    """
    if folder is None:
        return []
    fonts = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".ttf", ".otf"))
    if not fonts:
        raise DataError(f"no font (.ttf, .otf) in {folder}")
    return fonts


@cache
def _face(font: Path) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(str(font), _SIZE)
    except OSError as error:
        raise DataError(f"cannot read the font {font}: {error}") from error


def text_mask(text: str, font: Path, height: float) -> np.ndarray:
    """A text in a font: `(h, w) uint8` cover, cut close, where a capital H is `height` px high.

    Raises:
        DataError: the font cannot be read.
    """
    face = _face(font)
    _, top, _, bottom = face.getbbox("H05")
    x0, y0, x1, y1 = (round(side) for side in face.getbbox(text))
    picture = Image.new("L", (max(1, x1 - x0 + 40), max(1, y1 - y0 + 40)))
    ImageDraw.Draw(picture).text((20 - x0, 20 - y0), text, font=face, fill=255)
    cover = np.asarray(picture)
    scale = height / max(8, bottom - top)
    size = max(2, round(cover.shape[1] * scale)), max(2, round(cover.shape[0] * scale))
    cover = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
    x, y, w, h = cv2.boundingRect((cover > 20).astype(np.uint8))
    return cover[y : y + h, x : x + w] if w else cover

"""Words and digits in the hands that fonts have: drawn with Pillow from font files that the user names."""

from __future__ import annotations

import csv
import pydoc
import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from realtime.glyphs.normalize import normalize
from training.data.sources import DataError
from training.render.alphabet import WORDS
from training.render.ink.strokes import tight

KEPT_OUT = 9
"""Of so many fonts one is kept out of training, to measure with."""

_SIZE = 96  # pixels: a text is drawn this large, then brought to its size
_SIGNS = list("+-=x()[]{}/%#&@?!.,;:*<>$€")
_LOOK_LIKE_DIGITS = frozenset("OoIlSsZzBbgqJj|!")
_READABLE = 8  # of a font's ten digits, at least: else it writes them in a way of its own, or not at all
_MODULES = "argparse asyncio collections datetime email json logging os re socket sqlite3 statistics unittest zipfile"


@dataclass(frozen=True)
class Fonts:
    """Font files.

    Attributes:
        hands: handwriting, with which words are written.
        digits: those of them whose digits are digits to anybody.
        printed: what a machine writes; only words.
    """

    hands: tuple[Path, ...]
    digits: tuple[Path, ...]
    printed: tuple[Path, ...]

    @classmethod
    def read(cls, folder: Path, named: Callable[[np.ndarray], np.ndarray], *, kept_out: bool = False) -> Fonts:
        """The fonts of a folder; a `fonts.csv` there may say with `file,kind` which of them are `printed`.

        Args:
            folder: has `.ttf` or `.otf` files.
            named: the classifier, which tells whether a font's digits can be read.
            kept_out: the fonts that training leaves out, instead of those that it takes.

        Raises:
            DataError: there are no fonts there, or Pillow, which draws them, is not installed.
        """
        files = sorted(path for path in folder.glob("*") if path.suffix.lower() in (".ttf", ".otf"))
        if not files:
            raise DataError(f"{folder}: there is no font (.ttf or .otf) in it")
        kinds = folder / "fonts.csv"
        printed = set()
        if kinds.exists():
            with kinds.open(newline="", encoding="utf-8") as rows:
                printed = {row["file"] for row in csv.DictReader(rows) if row.get("kind") == "printed"}
        files = [path for i, path in enumerate(files) if (i % KEPT_OUT == KEPT_OUT // 2) == kept_out]
        hands = tuple(path for path in files if path.name not in printed)
        return cls(
            hands,
            tuple(path for path in hands if _writes_digits(path, named)),
            tuple(path for path in files if path.name in printed),
        )


def _writes_digits(path: Path, named: Callable[[np.ndarray], np.ndarray]) -> bool:
    covers = [written(str(digit), path, 40) for digit in range(10)]
    if any(cover is None for cover in covers):
        return False
    said = named(normalize([cover for cover in covers if cover is not None]))
    return int((said.argmax(axis=1) == np.arange(10)).sum()) >= _READABLE


def written(
    text: str, path: Path, height: float, slant: float = 0.0, weight: int = 0, apart: float = 0.0
) -> np.ndarray | None:
    """A text in a font.

    Args:
        text: one word, sign or digit.
        path: of the font.
        height: of its capitals and digits in pixels.
        slant: how far the top leans to the right, in heights.
        weight: its strokes are made so much wider, or narrower, in hundredths of the height.
        apart: its letters stand so much farther from each other than the font has it, in heights.

    Returns:
        `(h, w) uint8` cover; None where the font has nothing for it.
    """
    from PIL import Image, ImageDraw  # not needed to read digits, nor to train on other pages

    font = _font(path)
    top, bottom = font.getbbox("H05")[1], font.getbbox("H05")[3]
    x0, y0, x1, y1 = font.getbbox(text)
    if x1 <= x0 or y1 <= y0:
        return None
    between = apart * (bottom - top)
    picture = Image.new("L", (int(x1 - x0 + between * len(text)) + 40, int(y1 - y0) + 40))
    pen = ImageDraw.Draw(picture)
    for i, part in enumerate(text if apart else [text]):
        pen.text((20 - x0 + font.getlength(text[:i]) + i * between, 20 - y0), part, font=font, fill=255)
    large = np.asarray(picture)
    if weight > 0:
        large = cv2.dilate(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * weight + 1,) * 2))
    elif weight < 0:
        thin = cv2.erode(large, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1 - 2 * weight,) * 2))
        large = thin if cv2.countNonZero(thin) > 0.35 * cv2.countNonZero(large) else large
    scale = height / max(8.0, bottom - top)
    if scale < 0.5:
        large = cv2.GaussianBlur(large, (0, 0), 0.4 / scale)
    w, h = max(2, round(large.shape[1] * scale)), max(2, round(large.shape[0] * scale))
    room = int(abs(slant) * h) + 2
    matrix = np.array([[scale, -slant * scale, room / 2 + slant * h / 2], [0, scale, 0]])
    cover = tight(cv2.warpAffine(large, matrix, (w + room, h), flags=cv2.INTER_LINEAR))
    return cover if cover.max(initial=0) > 60 else None


@lru_cache(maxsize=128)
def _font(path: Path) -> Any:
    try:
        from PIL import ImageFont
    except ImportError as error:
        raise DataError("fonts are drawn with Pillow, which is not installed: pip install pillow") from error
    try:
        return ImageFont.truetype(str(path), _SIZE)
    except OSError as error:
        raise DataError(f"cannot read the font {path}: {error}") from error


def any_text(rng: np.random.Generator) -> str:
    """A word, in small letters or capitals, some letters, or a sign."""
    choice = rng.random()
    if choice < 0.08:
        return str(rng.choice(_SIGNS))
    if choice < 0.2:
        letters = "".join(rng.choice(list(string.ascii_letters), int(rng.integers(1, 4))))
        return letters if not _LOOK_LIKE_DIGITS & set(letters) or len(letters) > 2 else "be"
    word = str(rng.choice(_words()))
    return word.upper() if choice < 0.4 else word.capitalize() if choice < 0.6 else word


@cache
def _words() -> np.ndarray:
    """Words of the Python library's own documentation, and those of our alphabet."""
    text = " ".join(pydoc.getdoc(pydoc.locate(name)) for name in (*_MODULES.split(), "str", "dict", "list", "bytes"))
    members = (vars(pydoc.locate(name)).values() for name in _MODULES.split())
    text += " ".join(str(getattr(member, "__doc__", "")) for each in members for member in each)
    return np.array(sorted({*WORDS, *re.findall(r"\b[A-Za-z][a-z]{2,13}\b", text)}))

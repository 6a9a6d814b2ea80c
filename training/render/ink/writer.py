"""A writer of pages: digits of data sets, of fonts and of our own pen, words, and the signs of sums, with one pen."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.data.sources import TRAIN, Source
from training.render.alphabet import LETTERS
from training.render.handwriting import Hand, coverage, detail_for, scaled, scribble
from training.render.ink.lettering import Fonts, any_text, written
from training.render.ink.strokes import redrawn, shaken, solid, tight

SIGNS: dict[str, tuple[str, ...]] = {
    "plus": ("2,50 52,50; 27,24 27,78",),
    "minus": ("0,52 48,50",),
    "equals": ("0,40 48,38; 0,62 48,61",),
    "times": ("2,30 46,82; 44,28 4,84", "4,42 36,80; 36,42 2,82"),
    "divided": ("0,52 48,50; 24,28 25,31; 24,74 25,77",),
    "open": ("22,-12 4,18 2,70 22,110", "24,-8 4,-8! 4,108! 24,108"),
    "close": ("0,-12 18,18 20,70 0,110", "0,-8 20,-8! 20,108! 0,108"),
    "slash": ("40,-4 0,104",),
    "comma": ("6,88 8,96 0,118", "10,82 8,100 0,124", "3,92 0,106"),
    "point": ("0,97 3,99 1,101",),
    "colon": ("0,40 3,42; 0,88 3,90",),
    "currency": (
        "52,14 30,2 10,26 8,72 28,98 50,88; 0,40 40,38; 0,58 38,57",
        "44,14 20,4 6,26 40,62 34,92 4,88; 24,-8 22,112",
    ),
    "tick": ("0,62 16,92 52,6",),
    "bar": ("4,-14 4,116",),
    "brace": ("22,-8 10,4 12,40 2,50 12,60 10,96 22,108",),
    "root": ("0,60 8,54 18,100! 34,-6! 110,-8",),
    "arrow": ("0,50 70,50; 50,34 70,50! 50,66",),
}
"""Signs that stand beside digits and are none; written as `training.render.alphabet` has it."""

BETWEEN = ("plus", "minus", "times", "times", "divided", "equals", "slash", "colon")
"""The signs of sums."""


_ALIKE = 0.25  # share of the letters of a word that look like a digit
_LETTERS = 0, 0, 0, 1, 1, 2, 5, 5, 6, 9, 9  # o, i and l, z, s, b, g and q
_STROKES = 0.15  # share of the hands that write words in strokes of their own, letter by letter
_LOW_ZEROS = 0.2  # share of the hands that write a zero lower than other digits


@dataclass(frozen=True, eq=False)
class Hands:
    """Images of what people wrote: digits by where they come from, letters, and other things that are no digit.

    Attributes:
        digits: `(images (n, 28, 28) uint8, labels (n,))` of each source.
        letters: `(n, 28, 28) uint8`, of which words can be made; may be empty.
        others: `(n, 28, 28) uint8`: signs, characters of other scripts, doodles; may be empty.
    """

    digits: list[tuple[np.ndarray, np.ndarray]]
    letters: np.ndarray
    others: np.ndarray

    @classmethod
    def of(cls, sources: list[Source], part: int = TRAIN) -> Hands:
        """One part of all sources; letters are those whose name ends so as the Latin ones do."""
        none = np.zeros((0, 28, 28), np.uint8)
        rest = [source for source in sources if not source.digits]
        letters = [source.take(part)[0] for source in rest if source.name in ("not emnist", "not bhmsds")]
        others = [source.take(part)[0] for source in rest if source.name not in ("not emnist", "not bhmsds")]
        return cls(
            [source.take(part) for source in sources if source.digits],
            np.concatenate([none, *letters]),
            np.concatenate([none, *others]),
        )


class Writer:
    """Who writes a page, and with what.

    Args:
        rng: all chance comes from it.
        hands: what people wrote.
        fonts: hands to write with as well; may be None.
        height: of the digits in pixels.
        pen: width of the strokes in pixels.
    """

    def __init__(self, rng: np.random.Generator, hands: Hands, fonts: Fonts | None, height: float, pen: float) -> None:
        self._rng, self._hands, self._fonts = rng, hands, fonts
        self.height, self.pen = height, max(pen, 0.9)
        self._hand = Hand(rng)
        self._slant, self._turn = rng.normal(0, 0.12), rng.normal(0, 0.06)
        self._aspect = float(np.exp(rng.normal(0, 0.12)))
        self._low_zero = float(rng.uniform(0.5, 0.9)) if rng.random() < _LOW_ZEROS else 1.0
        self._cut, self._gain = rng.uniform(0.3, 0.7), rng.uniform(1.2, 6)
        self._weight = int(rng.integers(-2, 5))
        style = rng.random()
        self._style = "redrawn" if style < 0.5 or height > 110 else "solid" if style < 0.66 else "strokes"
        self._digit_font = self._text_font = None
        if fonts is not None:
            if style > 0.82 and fonts.digits:
                self._digit_font = fonts.digits[rng.integers(len(fonts.digits))]
            texts = fonts.printed if fonts.printed and rng.random() < 0.25 else fonts.hands
            self._text_font = texts[rng.integers(len(texts))] if texts else None
        self._apart = float(rng.uniform(0.1, 0.7)) if rng.random() < 0.3 else 0.0
        self._letter_by_letter = rng.random() < _STROKES
        self.real_words = rng.random() < (0.35 if self._text_font else 0.7)

    def digit(self, label: int | None = None, height: float | None = None) -> tuple[np.ndarray, int]:
        """A digit: its cover and label."""
        rng, height = self._rng, height or self.height
        if self._digit_font is not None:
            label = int(rng.integers(10)) if label is None else label
            cover = written(str(label), self._digit_font, height, self._slant + rng.normal(0, 0.04), self._weight)
            if cover is not None:
                return tight(shaken(cover, rng)), label
        if self._style == "strokes":
            label = int(rng.integers(10)) if label is None else label
            strokes = scaled(self._hand.write(str(label), rng, detail_for(height)), height)
            return tight(coverage(strokes, self.pen)[0]), label
        images, labels = self._hands.digits[rng.integers(len(self._hands.digits))]
        k = int(rng.integers(len(labels)))
        for _ in range(40):
            if label is None or labels[k] == label:
                break
            k = int(rng.integers(len(labels)))
        low = self._low_zero if labels[k] == 0 else 1.0
        return self._again(images[k], height * low, low**-0.5), int(labels[k])

    def _again(self, image: np.ndarray, height: float, wider: float = 1.0) -> np.ndarray:
        """An image of a data set in this writer's pen."""
        rng = self._rng
        if self._style != "solid":
            turn, slant = self._turn + rng.normal(0, 0.04), self._slant + rng.normal(0, 0.04)
            cover = redrawn(image, height, self.pen, slant, turn, self._aspect * wider)
            if cover is not None:
                return tight(cover)
        return tight(solid(image, height, self._cut, self._gain))

    def word(self) -> np.ndarray:
        """A word, in a font or of the letters that people wrote, or a scribble: its cover."""
        rng, height = self._rng, self.height * float(np.exp(self._rng.normal(0, 0.08)))
        if self._letter_by_letter:
            return self._in_strokes(height, int(rng.integers(1, 9)))
        if self.real_words and len(self._hands.letters):
            return self._of_letters(height, int(rng.integers(1, 8)))
        if self._text_font is not None:
            for _ in range(3):
                cover = written(any_text(rng), self._text_font, height, self._slant, self._weight, self._apart)
                if cover is not None:
                    return tight(shaken(cover, rng)) if rng.random() < 0.5 else cover
        return tight(coverage(scaled(scribble(self._hand, rng, detail_for(height)), height), self.pen)[0])

    def _of_letters(self, height: float, n: int) -> np.ndarray:
        """Letters side by side, as a word: low ones and high ones on one line, some of them linked.

        The letters of the data sets lack those that look like a digit: in longer words a digit stands for them.
        """
        rng = self._rng
        close = (self._apart or rng.uniform(-0.06, 0.2)) * height
        covers = []
        for _ in range(n):
            size = height * (rng.uniform(0.55, 0.75) if rng.random() < 0.6 else 1.0)
            if n > 2 and rng.random() < _ALIKE:
                covers.append(self.digit(int(rng.choice(_LETTERS)), size)[0])
            else:
                covers.append(self._again(self._hands.letters[rng.integers(len(self._hands.letters))], size))
        return _beside(covers, close)

    def _in_strokes(self, height: float, n: int) -> np.ndarray:
        """Letters in this writer's own strokes, near each other or as far apart as digits.

        The alphabet lacks letters that look like a digit: the strokes of that digit stand for them, lower.
        """
        rng = self._rng
        close = (self._apart or rng.uniform(0.1, 0.9)) * height
        covers, alike = [], True
        for _ in range(n):
            alike = n > 2 and not alike and rng.random() < 2 * _ALIKE
            sign = str(rng.choice(_LETTERS)) if alike else str(rng.choice(list(LETTERS)))
            size = height * (rng.uniform(0.55, 0.75) if alike and sign in "025" else 1.0)
            strokes = scaled(self._hand.write(sign, rng, detail_for(size)), size)
            covers.append(tight(coverage(strokes, self.pen)[0]))
        return _beside(covers, close)

    def other(self) -> np.ndarray:
        """A sign, a character of another script or a drawing, of any size: its cover."""
        rng, height = self._rng, self.height * float(np.exp(self._rng.uniform(-0.7, 0.6)))
        if len(self._hands.others) and rng.random() < 0.5:
            return self._again(self._hands.others[rng.integers(len(self._hands.others))], height)
        if rng.random() < 0.4:
            shape = str(rng.choice("tick cross triangle star heart smile house hash percent cloud flower".split()))
            strokes = scaled(self._hand.write(shape, rng, detail_for(height)), height, turn=rng.normal(0, 0.08))
            return tight(coverage(strokes, self.pen)[0])
        return self.sign(str(rng.choice(list(SIGNS))), height)[0]

    def sign(self, name: str, height: float | None = None) -> tuple[np.ndarray, int]:
        """One of `SIGNS`: its cover, and how far its top is below that of a digit, in pixels."""
        rng, height = self._rng, height or self.height
        size = height * float(np.exp(rng.normal(0, 0.12)))
        way = str(rng.choice(SIGNS[name]))
        strokes = []
        for text in way.split(";"):
            knots = np.array([word.rstrip("!").split(",") for word in text.split()], np.float32) / 100
            strokes.append(self._hand.trace(knots + rng.normal(0, 0.025, knots.shape), rng, detail_for(height)))
        points = scaled(strokes, size, turn=float(rng.normal(0, 0.06)))
        cover, _, top = coverage(points, self.pen * rng.uniform(0.8, 1.3))
        y = cv2.boundingRect(cv2.compare(cover, 20, cv2.CMP_GT))[1]
        return tight(cover), int(top + y + (height - size) * rng.uniform(0.2, 1))


def _beside(covers: list[np.ndarray], apart: float) -> np.ndarray:
    """Letters on one line, so many pixels apart: the cover of all."""
    top = max(cover.shape[0] for cover in covers)
    width = int(sum(cover.shape[1] + max(0.0, apart) for cover in covers)) + 2
    word, x = np.zeros((top, width), np.uint8), 0.0
    for cover in covers:
        h, w = cover.shape
        left = int(np.clip(x, 0, width - 1))
        place = word[top - h :, left : left + w]
        np.maximum(place, cover[:, : place.shape[1]], out=place)
        x += w + apart
    return tight(word)

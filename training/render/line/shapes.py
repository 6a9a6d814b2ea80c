"""The digits and other signs that rows are written with, each as a map of how far its strokes are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.data.sources import TRAIN, Source
from training.render.handwriting import Hand
from training.render.line.fonts import text_mask
from training.render.line.skeletons import SIDE, legible, middles, outlines
from training.render.line.ways import draw

_KEPT_THICKNESS = 0.25  # so many of a source's digits come a second time, with the thickness of their own strokes
_DRAWN = 900  # digits of each kind in the ways of quick hands
_SHARES = {"ways": 0.22, "fonts": 0.08, "thick": 0.1}  # of all digits; the other sources share what is left evenly


@dataclass(frozen=True, eq=False)
class Shapes:
    """Maps of digits, by source, and of signs that are none.

    Attributes:
        sets: for each source its maps `(n, SIDE, SIDE) uint8`, and for each digit the places of its maps in them.
        shares: how often each source is drawn from, summing to 1.
        signs: `(m, SIDE, SIDE) uint8`, maps of letters and signs; m may be 0.
        fonts: files of fonts that write words; there may be none.
        solid: numbers of the sources whose maps keep the thickness of their strokes: a pen is added to it.
    """

    sets: list[tuple[np.ndarray, list[np.ndarray]]]
    shares: np.ndarray
    signs: np.ndarray
    fonts: list[Path]
    solid: frozenset[int]

    def digit(self, rng: np.random.Generator, source: int, digit: int) -> np.ndarray:
        """One map of a digit, of a source by its number, or of another source where that one lacks it."""
        maps, places = self.sets[source]
        if not len(places[digit]):
            return self.digit(rng, int(rng.integers(len(self.sets))), digit)
        return maps[places[digit][int(rng.integers(len(places[digit])))]]

    def any_source(self, rng: np.random.Generator) -> int:
        """The number of a source, by its share."""
        return int(rng.choice(len(self.sets), p=self.shares))


def gather(
    sources: Sequence[Source], fonts: Sequence[Path], seed: int, part: int = TRAIN, most: int = 25_000
) -> Shapes:
    """Make the maps of all that may be learnt from.

    Args:
        sources: digits and things that are none.
        fonts: files of handwriting fonts; their digits are learnt as digits, their words as none.
        seed: the same seed gives the same maps.
        part: of the sources, `TRAIN` or another; fonts and our own ways have no parts.
        most: digits of one source, and of one kind in the ways of quick hands; of other signs a quarter of it.
    """
    rng = np.random.default_rng(seed)
    hand = Hand(rng)
    named: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    thick, signs = [], [np.zeros((0, SIDE, SIDE), np.uint8)]
    for source in sources:
        images, labels = source.take(part)
        kept = rng.permutation(len(labels))[:most]
        images, labels = images[kept], labels[kept]
        if not source.digits:
            signs.append(middles(images[: most // 4]))
            continue
        few = np.s_[: int(len(labels) * _KEPT_THICKNESS)]
        thick.append((outlines(images[few]), labels[few]))
        maps = middles(images)
        clear = legible(maps, labels)
        named[source.name] = maps[clear], labels[clear]
    named["thick"] = np.concatenate([maps for maps, _ in thick]), np.concatenate([labels for _, labels in thick])
    labels = np.repeat(np.arange(10), min(_DRAWN, most))
    named["ways"] = np.stack([draw(rng, hand, int(digit)) for digit in labels]), labels
    if fonts:
        named["fonts"] = _of_fonts(fonts)
    extra = {name: share for name, share in _SHARES.items() if name in named}
    even = (1 - sum(extra.values())) / (len(named) - len(extra))
    shares = np.array([extra.get(name, even) for name in named])
    sets = [(maps, [np.flatnonzero(labels == digit) for digit in range(10)]) for maps, labels in named.values()]
    solid = frozenset(k for k, name in enumerate(named) if name in ("thick", "fonts"))
    return Shapes(sets, shares / shares.sum(), np.concatenate(signs), list(fonts), solid)


def _of_fonts(fonts: Sequence[Path]) -> tuple[np.ndarray, np.ndarray]:
    images, labels = [], []
    for path in fonts:
        for digit in range(10):
            image = np.zeros((28, 28), np.uint8)
            mask = text_mask(str(digit), path, 20)
            h, w = (min(26, side) for side in mask.shape)
            image[(28 - h) // 2 :, (28 - w) // 2 :][:h, :w] = mask[:h, :w]
            images.append(image)
            labels.append(digit)
    stack, names = np.stack(images), np.array(labels)
    thin, whole = middles(stack), outlines(stack)
    clear = legible(thin, names)
    return np.concatenate([thin[clear], whole, whole]), np.concatenate([names[clear], names, names])

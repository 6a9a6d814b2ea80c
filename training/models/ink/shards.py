"""Files of crops to learn from: pieces of drawn pages as the network sees them, with what it shall say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from realtime.ink.illumination import contrast, without_light
from realtime.ink.network import ROOM
from realtime.system.processes import SPAWN
from training.models.ink.targets import Targets, targets
from training.render.ink.lettering import Fonts
from training.render.ink.pages import draw
from training.render.ink.writer import Hands
from training.render.scenes import draw_scene_without_digits, draw_sheet

SIDE = 256
"""Sides of a crop in pixels; its targets have half of that."""

CROPS = 512
"""Crops in a file."""

_OWN, _SHEETS = 0.76, 0.18  # shares of pages of `render.ink` and of sheets of `scenes`; the rest has no digits
_LIT = 0.12  # share whose light is left in
_SHEET = 1280, 720
_KINDS = {
    "plain": 1.0, "squared": 1.6, "ruled": 1.6, "shadow": 1.2, "coloured": 0.8, "dark": 0.8, "letters": 2.0,
    "single": 1.0, "touching": 1.5, "faint": 1.0, "crumpled": 1.0, "turned": 1.0, "board": 0.6, "tiny": 0.8,
    "hard": 1.8,
}  # fmt: skip
_HEIGHTS = 10.0, 200.0  # pixels: a sheet is seen so large that its digits are about so high


@dataclass(frozen=True, eq=False)
class Crops:
    """`(n, SIDE, SIDE) uint8` contrasts and their `(n, SIDE / 2, SIDE / 2) uint8` targets, as `Targets` has them."""

    seen: np.ndarray
    ink: np.ndarray
    body: np.ndarray
    core: np.ndarray
    weight: np.ndarray

    @classmethod
    def read(cls, path: Path) -> Crops:
        """A file that `write` has made."""
        with np.load(path) as file:
            return cls(*(file[name] for name in ("seen", "ink", "body", "core", "weight")))

    def write(self, path: Path) -> None:
        """Write them whole or not at all."""
        unfinished = path.with_name("unfinished-" + path.name)
        np.savez(unfinished, **vars(self))
        os.replace(unfinished, path)


def write(folder: Path, hands: Hands, fonts: Fonts | None, files: int, seed: int, processes: int = 1) -> Iterator[Path]:
    """Make crop files up to a number; those that are there are kept. Yields each path as soon as the file is there.

    Args:
        folder: made where it is missing.
        hands: what people wrote.
        fonts: hands to write with as well; may be None.
        files: the number of files; the same seed gives the same files, whatever the number of processes.
        seed: of all chance.
        processes: processor cores to use.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{seed}-{k:04d}.npz" for k in range(files)]
    jobs = [(path, seed, k) for k, path in enumerate(paths) if not path.exists()]
    yield from (path for path in paths if path.exists())
    if processes == 1:
        _start(hands, fonts)
        yield from map(_write_one, jobs)
        return
    pool = ProcessPoolExecutor(processes, SPAWN, initializer=_start, initargs=(hands, fonts))
    try:
        yield from pool.map(_write_one, jobs)
    finally:
        pool.shutdown(cancel_futures=True)


_hands: Hands
_fonts: Fonts | None


def _start(hands: Hands, fonts: Fonts | None) -> None:
    global _hands, _fonts
    _hands, _fonts = hands, fonts
    cv2.setNumThreads(1)


def _write_one(job: tuple[Path, int, int]) -> Path:
    path, *seed = job
    rng = np.random.default_rng(seed)
    got: list[tuple[np.ndarray, ...]] = []
    while len(got) < CROPS:
        got.extend(crops(rng, _hands, _fonts))
    order = rng.permutation(CROPS)
    Crops(*(np.stack([got[k][j] for k in order]) for j in range(5))).write(path)
    return path


def crops(rng: np.random.Generator, hands: Hands, fonts: Fonts | None) -> Iterator[tuple[np.ndarray, ...]]:
    """A few crops of one page: the contrast, and the targets ink, body, core and weight."""
    choice = rng.random()
    if choice < _OWN:
        page = draw(rng, hands, fonts)
        yield from _cut(rng, page.gray, targets(page.owner, page.labels, page.scale), 3, page.scale)
    elif choice < _OWN + _SHEETS:
        shares = np.array(list(_KINDS.values())) / sum(_KINDS.values())
        kind = str(rng.choice(list(_KINDS), p=shares))
        sheet = draw_sheet(rng, size=_SHEET, kind=kind, difficulty=float(rng.uniform(0.2, 1)))
        gray = cv2.cvtColor(sheet.image, cv2.COLOR_BGR2GRAY)
        high = np.median([digit.xyxy[3] - digit.xyxy[1] for digit in sheet.digits]) if sheet.digits else 60
        for _ in range(2):
            scale = float(np.clip(np.exp(rng.uniform(*np.log(_HEIGHTS))) / high, 0.36, 1.5))
            yield from _cut(rng, _resized(gray, scale), targets(sheet.owner, sheet.drawn, scale), 3)
    else:
        scene = draw_scene_without_digits(rng, size=_SHEET, difficulty=float(rng.uniform(0.2, 1)))
        gray = _resized(cv2.cvtColor(scene.image, cv2.COLOR_BGR2GRAY), float(rng.uniform(0.36, 1)))
        yield from _cut(rng, gray, Targets.none(gray.shape[1], gray.shape[0]), 4)


def _resized(gray: np.ndarray, scale: float) -> np.ndarray:
    size = round(gray.shape[1] * scale), round(gray.shape[0] * scale)
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)


def _cut(
    rng: np.random.Generator, gray: np.ndarray, wanted: Targets, n: int, scale: float = 1.0
) -> Iterator[tuple[np.ndarray, ...]]:
    """Crops anywhere on a copy of a picture, of that size against its own; what is beyond its edge is among them."""
    if rng.random() >= _LIT:
        gray = without_light(gray)[0]
    if scale < 1:
        gray = _resized(gray, scale)
    h, w = (side // 2 * 2 for side in gray.shape)
    gray = gray[:h, :w]
    below, right = (max(ROOM, SIDE - side - ROOM) for side in (h, w))
    seen = cv2.copyMakeBorder(contrast(gray), ROOM, below, ROOM, right, cv2.BORDER_REPLICATE)
    maps = wanted.padded(ROOM, below, right)
    for _ in range(n):
        top, left = (int(rng.integers(0, (side - SIDE) // 2 + 1)) * 2 for side in seen.shape)
        half = np.s_[top // 2 : (top + SIDE) // 2, left // 2 : (left + SIDE) // 2]
        yield seen[top : top + SIDE, left : left + SIDE], *(each[half] for each in vars(maps).values())

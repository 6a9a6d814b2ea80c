"""The grain of things: noise of several kinds, and a picture made of one plane of it.

All chance comes from the generator that is passed in; images are `(h, w, 3) uint8` in BGR order, sizes (width, height).
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

Colour = tuple[float, float, float]
Size = tuple[int, int]

_BANK = 1024


@lru_cache(maxsize=8)
def _bank(kind: str) -> np.ndarray:
    """Noise of mean 0 and deviation 1, `(2048, 2048) float32`: four times the same tile, which has no seam."""
    white = np.random.default_rng(1024).normal(size=(_BANK, _BANK)).astype(np.float32)
    frequency = np.hypot(np.fft.fftfreq(_BANK)[:, None], np.fft.rfftfreq(_BANK)[None, :])
    shape = {
        "white": np.ones_like(frequency),
        "fine": np.exp(-((frequency / 0.22) ** 2)),  # paper grain: a pixel or two
        "fibre": np.exp(-((frequency / 0.07) ** 2)) * (frequency > 0.004),
        "cloud": 1 / np.maximum(frequency, 2 / _BANK) ** 1.6 * (frequency > 0),
    }[kind]
    tile = np.fft.irfft2(np.fft.rfft2(white) * shape, s=(_BANK, _BANK)).astype(np.float32)
    return np.tile((tile - tile.mean()) / tile.std(), (2, 2))


def tooth(left: int, top: int, size: Size) -> np.ndarray:
    """Where a part of a page takes less ink: `(h, w) float32`, 0 to 1."""
    cut = _tooth()[top % _BANK :, left % _BANK :][: size[1], : size[0]]
    return cut if cut.shape == size[::-1] else cv2.resize(cut, size)


@lru_cache(maxsize=1)
def _tooth() -> np.ndarray:
    return np.clip(0.5 + 0.45 * _bank("fine") + 0.18 * _bank("fibre"), 0, 1)


def noise(rng: np.random.Generator, size: Size, kind: str = "fine", zoom: tuple[float, float] = (1, 1)) -> np.ndarray:
    """Noise `(h, w) float32`, mean 0 and deviation about 1.

    Args:
        rng: says which part of the bank is cut out.
        size: (width, height).
        kind: "white", "fine", "fibre" or "cloud".
        zoom: how much the grain is stretched along x and along y.
    """
    w, h = max(2, int(np.ceil(size[0] / zoom[0]))), max(2, int(np.ceil(size[1] / zoom[1])))
    bank = _bank(kind)
    if max(w, h) <= _BANK:
        left, top = int(rng.integers(_BANK)), int(rng.integers(_BANK))
        cut = bank[top : top + h, left : left + w]
    else:
        side = 2 * _BANK
        left, top = int(rng.integers(max(1, side - w))), int(rng.integers(max(1, side - h)))
        cut = bank[top : top + h, left : left + w]
        if cut.shape != (h, w):
            cut = bank[np.arange(top, top + h) % side][:, np.arange(left, left + w) % side]
    if (w, h) != tuple(size):
        cut = cv2.resize(cut, size, interpolation=cv2.INTER_LINEAR)
    return cut[:, ::-1] if rng.random() < 0.5 else cut


def tinted(shade: np.ndarray, colour: Colour, other: Colour | None = None) -> np.ndarray:
    """A BGR image from one plane `(h, w) float32`: `colour` scaled by it, or from `colour` at 0 to `other` at 1."""
    if other is None:
        steps = np.linspace(0, 1.5, 256)[:, None] * np.array(colour)
        plane = shade * (255 / 1.5)
    else:
        steps = np.array(colour) + np.linspace(0, 1, 256)[:, None] * (np.array(other) - np.array(colour))
        plane = shade * 255
    table = np.clip(steps + 0.5, 0, 255).astype(np.uint8).reshape(1, 256, 3)
    plane = np.clip(plane, 0, 255).astype(np.uint8)
    return cv2.LUT(cv2.merge([plane, plane, plane]), table)

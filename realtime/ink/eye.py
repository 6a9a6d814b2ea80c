"""Frame -> all that might be a digit: the ink network on the frame and on smaller copies of it, its bodies cut out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from realtime.ink.bodies import find
from realtime.ink.illumination import without_light
from realtime.ink.network import Maps, see
from realtime.ink.surroundings import unclaimed

LONGEST = 1600
"""Pixels: longer side of the largest picture that is looked at."""

LEVELS = (1.0, 0.5, 0.25, 0.125)

_SMALLEST_LEVEL = 40  # pixels: shorter side of a copy, at least
_SMALLEST_BODY = 6  # pixels of the maps: what is smaller on a copy has been seen on the larger one
_LOWEST = 7.0  # pixels of the picture: smaller ink is none
_KNOWN = 9.0, 18.0, 110.0, 170.0  # pixels: sizes of which the network knows much, between the inner two, or nothing


@dataclass(frozen=True, eq=False)
class Seen:
    """All bodies of a frame, from all copies of it; row `i` of every array speaks of the same one.

    Attributes:
        gray: `(h, w) uint8`, the frame as it was looked at: its light taken out, perhaps smaller.
        maps: what the network said of each copy, the largest first.
        xyxy: `(n, 4) int32`, boxes around the ink, in pixels of the frame.
        crops: their ink, bright.
        trust: `(n,) float32`, 0 to 1: how sure the network is of the body.
        fit: `(n,) float32`, 0 to 1: how well the network knows digits of the size that it has in its copy.
        size: `(n,) float32`, longer side in pixels of its copy.
        whole: `(n,) int64`: of a part the row of the body that it is a part of; -1 for what is no part.
        around: `(n, w) float32`, what is dark around it and no digit's, as `unclaimed` has it.
    """

    gray: np.ndarray
    maps: list[Maps]
    xyxy: np.ndarray
    crops: list[np.ndarray]
    trust: np.ndarray
    fit: np.ndarray
    size: np.ndarray
    whole: np.ndarray
    around: np.ndarray


def look(network: Callable[[np.ndarray], np.ndarray], frame: np.ndarray) -> Seen:
    """Look at a `(H, W, 3) uint8` BGR frame."""
    gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    scale = min(1.0, LONGEST / max(gray.shape))
    if scale < 1:
        gray = _resized(gray, scale)
    gray = without_light(gray)
    maps, bodies, around, ratios = [], [], [], []
    for level in LEVELS:
        if level < 1 and level * min(gray.shape) < _SMALLEST_LEVEL:
            break
        copy = gray if level == 1 else _resized(gray, level)
        maps.append(see(network, copy))
        bodies.append(find(maps[-1], copy, 0 if level == 1 else _SMALLEST_BODY))
        around.append(unclaimed(maps[-1], copy, bodies[-1].xyxy, bodies[-1].crops))
        ratios.append((frame.shape[1] / copy.shape[1], frame.shape[0] / copy.shape[0]) * 2)
    start = np.cumsum([0, *(len(each) for each in bodies[:-1])])
    whole = [np.where(each.whole >= 0, each.whole + at, -1) for each, at in zip(bodies, start, strict=True)]
    size = [(each.xyxy[:, 2:] - each.xyxy[:, :2]).max(axis=1, initial=0) for each in bodies]
    last = len(bodies) - 1
    xyxy = np.concatenate([each.xyxy * np.array(ratio) for each, ratio in zip(bodies, ratios, strict=True)])
    xyxy[:, :2], xyxy[:, 2:] = np.floor(xyxy[:, :2]), np.ceil(xyxy[:, 2:])
    return Seen(
        gray,
        maps,
        xyxy.astype(np.int32),
        [crop for each in bodies for crop in each.crops],
        np.concatenate([each.trust for each in bodies]),
        np.concatenate([_fit(its, i == 0, i == last) for i, its in enumerate(size)]),
        np.concatenate(size).astype(np.float32),
        np.concatenate(whole),
        np.concatenate(around),
    )


def _resized(gray: np.ndarray, scale: float) -> np.ndarray:
    size = max(8, round(gray.shape[1] * scale)), max(8, round(gray.shape[0] * scale))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA)


def _fit(size: np.ndarray, largest: bool, smallest: bool) -> np.ndarray:
    """How well the network knows digits of these sizes; no other copy has the small ones, nor the large ones."""
    fit = np.interp(size, _KNOWN, (0, 1, 1, 0))
    if largest:
        fit = np.where(size < _KNOWN[1], np.maximum(fit, 0.6 * (size >= _LOWEST)), fit)
    if smallest:
        fit = np.where(size > _KNOWN[2], np.maximum(fit, 0.6), fit)
    return fit.astype(np.float32)

"""Proposals: the ink network on copies of a frame, its bodies cut out as candidates for digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import CLASSES
from realtime.ink import strokes as connected
from realtime.ink.bodies import BY_CORES, STROKE, WHOLE, find
from realtime.ink.candidates import Candidates
from realtime.ink.illumination import without_light
from realtime.ink.network import TILE, Maps, see, see_tiles
from realtime.ink.strokes import mean_within, strokes
from realtime.ink.surroundings import unclaimed


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        fine: Pixels of the longer side of the largest copy.
        main: Pixels of the longer side of the largest copy that is looked at as a whole.
        copies: Copies of the whole picture. Each is half as large as the one before.
        paper: Brightness, of 255, below which a pixel may be ink.
        small: Pixels of the main copy: smallest and largest ink that is looked at on the fine copy.
        least_stroke: Pixels of the main copy. Smaller strokes are looked for on the fine copy.
        some: Fit, 0 to 1, of a stroke to its copy, at least: it was cut out by its ink, whatever its size.
        smallest_copy: Pixels of the shorter side of a copy, at least.
        smallest_body: Pixels of the maps. A smaller body of a copy has been seen on a larger copy.
        lowest: Pixels of the picture. Smaller ink is no digit.
        known: Pixels: sizes between which the network knows digits at all, the outer two, and well, the inner
            two.
        known_fine: Pixels: the upper two of `known` in the fine copy, in whose tiles larger digits are cut.
    """

    fine: int = 1600
    main: int = 800
    copies: int = 4
    paper: int = 200
    small: tuple[int, int] = (4, 18)
    least_stroke: float = 14.0
    some: float = 0.5
    smallest_copy: int = 40
    smallest_body: int = 6
    lowest: float = 7.0
    known: tuple[float, float, float, float] = (9.0, 18.0, 110.0, 170.0)
    known_fine: tuple[float, float] = (40.0, 60.0)


LIMITS = Limits()


def grays(frame: NDArray[np.uint8]) -> list[np.ndarray]:
    """A `(H, W, 3) uint8` BGR frame as it is looked at: `(h, w) uint8`, its light taken out, perhaps smaller.

    Returns:
        The likelier answer to whether the pen was dark or light first; the other one only where it may be that.
    """
    return without_light(_resized(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), LIMITS.fine))


def propose(
    network: Callable[[np.ndarray], np.ndarray], frame: NDArray[np.uint8], gray: NDArray[np.uint8] | None = None
) -> Candidates:
    """Look at a frame.

    Args:
        network: see `InkNetwork`.
        frame: `(H, W, 3) uint8` BGR.
        gray: one of its `grays`; the likeliest one where it is left out.
    """
    gray = grays(frame)[0] if gray is None else gray
    copies = [_resized(gray, LIMITS.main)]
    while min(copies[-1].shape) >= 2 * LIMITS.smallest_copy and len(copies) < LIMITS.copies:
        copies.append(_resized(copies[-1], max(copies[-1].shape) / 2))
    maps = [see(network, copy) for copy in copies]
    fine = copies[0].shape != gray.shape
    if fine and (wanted := small_ink(copies[0], maps[0], gray.shape)).any():
        copies.insert(0, gray)
        maps.insert(0, see_tiles(network, gray, wanted))
    else:
        fine = False
    least = [0 if i == 0 else LIMITS.smallest_body for i in range(len(copies))]
    bodies = [find(*each) for each in zip(maps, copies, least, strict=True)]
    around = [unclaimed(m, copy, b.xyxy, b.crops) for m, copy, b in zip(maps, copies, bodies, strict=True)]
    ratios = [np.array((frame.shape[1] / copy.shape[1], frame.shape[0] / copy.shape[0]) * 2) for copy in copies]
    start = np.cumsum([0, *(len(each) for each in bodies[:-1])])
    whole = [np.where(each.whole >= 0, each.whole + at, -1) for each, at in zip(bodies, start, strict=True)]
    size = [_side(each.xyxy) for each in bodies]
    last = len(bodies) - 1
    candidates = Candidates(
        gray,
        maps,
        np.concatenate([_scaled(each.xyxy, ratio) for each, ratio in zip(bodies, ratios, strict=True)]),
        [crop for each in bodies for crop in each.crops],
        np.concatenate([each.trust for each in bodies]),
        np.concatenate([_fit(its, i == 0, i == last, fine) for i, its in enumerate(size)]),
        np.concatenate(size).astype(np.float32),
        np.concatenate(whole),
        np.where(np.concatenate(whole) >= 0, BY_CORES, WHOLE),
        np.zeros((sum(map(len, bodies)), CLASSES), np.float32),
        np.concatenate(around),
    )
    main = int(fine)
    candidates = with_strokes(candidates, copies[main], main, ratios, (LIMITS.least_stroke, max(copies[main].shape)))
    return with_strokes(candidates, gray, 0, ratios, (LIMITS.lowest, 2 * LIMITS.least_stroke)) if fine else candidates


def with_strokes(
    candidates: Candidates, copy: NDArray[np.uint8], number: int, ratios: list[np.ndarray], sides: tuple[float, float]
) -> Candidates:
    """Candidates and the connected strokes of a copy, of which the network need have no more than an inkling.

    Args:
        candidates: what the network has found.
        copy: `(h, w) uint8`, its light taken out.
        number: of that copy.
        ratios: pixels of the frame to one of each copy.
        sides: longer side of a stroke in pixels of the copy, at least and at most.
    """
    known = candidates.xyxy[candidates.fit > 0] / ratios[number]
    boxes, crops = strokes(copy, candidates.maps[number].body, known, sides)
    xyxy = _scaled(boxes, ratios[number])
    trust, size = np.zeros(len(boxes), np.float32), np.zeros(len(boxes), np.float32)
    fit = np.full(len(boxes), -1, np.float32)
    for k in range(number, len(ratios)):
        its = _side(xyxy / ratios[k])
        its_fit = np.interp(its, LIMITS.known, (0, 1, 1, 0)).astype(np.float32)
        better = its_fit > fit
        fit[better], size[better] = its_fit[better], its[better]
        trust[better] = mean_within(candidates.maps[k].body, (xyxy / ratios[k])[better])
    return candidates.and_more(
        xyxy=xyxy,
        crops=crops,
        trust=trust,
        fit=np.maximum(fit, LIMITS.some),
        size=size,
        whole=np.full(len(boxes), -1),
        way=STROKE,
        read=np.zeros((len(boxes), CLASSES), np.float32),
        around=unclaimed(candidates.maps[number], copy, boxes, crops),
    )


def _scaled(boxes: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Boxes in pixels of the frame, rounded outwards."""
    xyxy = boxes * ratio
    return np.concatenate([np.floor(xyxy[:, :2]), np.ceil(xyxy[:, 2:])], axis=1).astype(np.int32)


def _side(xyxy: np.ndarray) -> np.ndarray:
    return (xyxy[:, 2:] - xyxy[:, :2]).max(axis=1, initial=0)


def small_ink(copy: NDArray[np.uint8], maps: Maps, shape: tuple[int, ...]) -> np.ndarray:
    """Where a copy shows ink that is too small to be known on it, and that may be a digit.

    Args:
        copy: `(h, w) uint8`, its light taken out.
        maps: what the network says of it.
        shape: (height, width, ...) of the picture that it is a copy of.

    Returns:
        `(rows, columns) bool`, one for each tile of that picture.
    """
    dark = cv2.threshold(copy, LIMITS.paper, 255, cv2.THRESH_BINARY_INV)[1]
    stats = cv2.connectedComponentsWithStats(dark, connectivity=8)[2][1:]
    x, y, w, h = stats[:, :4].T
    side = np.maximum(w, h)
    small = np.flatnonzero((side >= LIMITS.small[0]) & (side < LIMITS.small[1]))
    box = np.stack([x, y, x + w, y + h], axis=1)[small]
    small = small[mean_within(cv2.max(maps.body, maps.ink), box) >= connected.LIMITS.inkling]
    tile = TILE * copy.shape[0] / shape[0]
    wanted = np.zeros((-(-shape[0] // TILE), -(-shape[1] // TILE)), bool)
    for at_x in (x, x + w - 1):
        for at_y in (y, y + h - 1):
            wanted[(at_y[small] / tile).astype(int), (at_x[small] / tile).astype(int)] = True
    return wanted


def _resized(gray: NDArray[np.uint8], longest: float) -> np.ndarray:
    """The picture, no longer than that."""
    scale = longest / max(gray.shape)
    if scale >= 1:
        return gray
    size = max(8, round(gray.shape[1] * scale)), max(8, round(gray.shape[0] * scale))
    return cv2.resize(gray, size, interpolation=cv2.INTER_AREA)


def _fit(size: np.ndarray, largest: bool, smallest: bool, fine: bool) -> np.ndarray:
    """How well the network knows digits of these sizes; no other copy has the small ones, nor the large ones."""
    known = (*LIMITS.known[:2], *LIMITS.known_fine) if largest and fine else LIMITS.known
    fit = np.interp(size, known, (0, 1, 1, 0))
    if largest:
        fit = np.where(size < LIMITS.known[1], np.maximum(fit, 0.6 * (size >= LIMITS.lowest)), fit)
    if smallest:
        fit = np.where(size > LIMITS.known[2], np.maximum(fit, 0.6), fit)
    return fit.astype(np.float32)

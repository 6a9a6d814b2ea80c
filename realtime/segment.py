"""Frame -> ink -> glyphs: light removed, thresholded, contours found and sifted."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from realtime.glyph import Glyph
from realtime.hypotheses import propose
from realtime.light import Light, remove_light
from realtime.parts import Cut
from realtime.pieces import find_pieces
from realtime.ruling import remove_ruling

_LONGEST = 1920  # a larger frame is shrunk to this first
_STRENGTH = 0.35  # ink counts from this share of the strongest ink around it
_FAINTEST = 14  # of 255: below it nothing counts
_DARKEST = 6  # of 255: on darker paper nothing can be seen
_NOISE = 6.0  # nor does what is fainter than so many standard deviations of the camera's noise
_STEP = 6  # pixels between those that are compared: farther than a grain of paper, nearer than a shadow
_AROUND = 1 / 8  # "around it", as a share of the frame's shorter side
_CLOSE_BY = 1 / 30  # the same for ink that stands apart from all stronger ink
_STROKE = 1 / 30  # and broader than this it is no stroke
_HALO = 5  # pixels at half size: what is fainter and this near to ink is its soft edge
_ANY = 8  # and so many pixels of faint ink are worth a look
_SPOTS = 0.5  # faint ink of which at most this share is strong stands apart from what is strong


@dataclass(frozen=True, eq=False)
class Segmentation:
    """One way to see a frame.

    Attributes:
        ink: `(h, w) uint8`, 255 where the pen was and 0 on paper.
        mask: `(h, w) uint8`, 255 where ink counts, ruled lines taken out.
        scale: size of `ink` and `mask` over that of the frame, 1 or less.
        glyphs: candidate shapes; some are different readings of the same ink (see `realtime.hypotheses`).
        broad: connected pieces that may be several digits, and may be among the glyphs as one.
        cuts: pieces of which only the parts along their best seams are among the glyphs yet.
    """

    ink: np.ndarray
    mask: np.ndarray
    scale: float
    glyphs: list[Glyph]
    broad: list[Glyph]
    cuts: list[Cut] = field(default_factory=list)


def segment(frame: np.ndarray) -> list[Segmentation]:
    """Find all that may be a digit.

    Args:
        frame: `(H, W, 3) uint8` BGR, H and W from 1 up.

    Returns:
        One way to see the frame; two where it cannot be told whether the pen is darker than the ground or lighter, the
        likelier first.
    """
    work, scale = _fit(frame)
    gray = cv2.GaussianBlur(cv2.cvtColor(work, cv2.COLOR_BGR2GRAY), (3, 3), 0)
    noise = _noise(gray)
    return [_find(light, noise, scale) for light in remove_light(gray)]


def _find(light: Light, noise: float, scale: float) -> Segmentation:
    level = _threshold(light.ink, light.paper, noise, _AROUND)
    mask = cv2.compare(light.ink, level, cv2.CMP_GT)
    mask = _with_faint(mask, light, noise)
    pieces = find_pieces(mask)
    ruled = pieces.may_be_ruled
    if ruled:
        mask = remove_ruling(mask)
        pieces = find_pieces(mask)
    return Segmentation(light.ink, mask, scale, *propose(light.ink, level, mask, pieces, scale, ruled))


def _fit(frame: np.ndarray) -> tuple[np.ndarray, float]:
    h, w = frame.shape[:2]
    scale = _LONGEST / max(h, w)
    if scale >= 1:
        return frame, 1.0
    size = max(1, round(w * scale)), max(1, round(h * scale))
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA), scale


def _with_faint(mask: np.ndarray, light: Light, noise: float) -> np.ndarray:
    """The mask, and all fainter pieces that show at most in spots there: a pencil beside a marker.

    They are looked for at half the size, which takes a quarter of the time.
    """
    h, w = mask.shape
    size = max(1, w // 2), max(1, h // 2)
    half = cv2.resize(light.ink, size, interpolation=cv2.INTER_AREA)
    level = cv2.add(_threshold(half, light.paper, noise, _CLOSE_BY), _residue(half, light.paper))
    faint = cv2.compare(half, level, cv2.CMP_GT)
    strong = cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST)
    apart = cv2.bitwise_and(faint, cv2.bitwise_not(cv2.dilate(strong, np.ones((_HALO, _HALO), np.uint8))))
    if cv2.countNonZero(apart) < _ANY:
        return mask
    count, label = cv2.connectedComponents(faint, connectivity=8)
    area = np.bincount(label[faint > 0], minlength=count)
    spots = np.bincount(label[cv2.bitwise_and(faint, strong) > 0], minlength=count)
    kept = np.where(spots <= _SPOTS * area, 255, 0).astype(np.uint8)
    kept[0] = 0
    more = cv2.resize(cv2.dilate(kept[label], np.ones((3, 3), np.uint8)), (w, h), interpolation=cv2.INTER_NEAREST)
    level = cv2.resize(level, (w, h), interpolation=cv2.INTER_LINEAR)
    return cv2.bitwise_or(mask, cv2.bitwise_and(more, cv2.compare(light.ink, level, cv2.CMP_GT)))


def _residue(ink: np.ndarray, paper: np.ndarray) -> np.ndarray:
    """What is left of the light in the ink: whatever is broader than a stroke, `(h, w) uint8`."""
    h, w = ink.shape
    reach = round(h / paper.shape[0]) | 1
    trough = cv2.resize(
        cv2.erode(ink, np.ones((reach, reach), np.uint8)), paper.shape[::-1], interpolation=cv2.INTER_NEAREST
    )
    k = max(3, int(_STROKE * min(paper.shape)) | 1)
    broad = cv2.blur(cv2.morphologyEx(trough, cv2.MORPH_OPEN, np.ones((k, k), np.uint8)), (3, 3))
    return cv2.resize(broad, (w, h), interpolation=cv2.INTER_LINEAR)


def _threshold(ink: np.ndarray, paper: np.ndarray, noise: float, around: float) -> np.ndarray:
    """The ink from which a pixel counts, everywhere: `(h, w) uint8`.

    A faint pencil counts beside nothing, but not beside a marker; and in the dark, where dividing by the light has
    blown the noise up, more is asked for.
    """
    h, w = ink.shape
    reach = round(h / paper.shape[0]) | 1
    peak = cv2.dilate(ink, np.ones((reach, reach), np.uint8))
    peak = cv2.resize(peak, paper.shape[::-1], interpolation=cv2.INTER_NEAREST)
    k = max(3, int(around * min(paper.shape)) | 1)
    peak = cv2.blur(cv2.dilate(peak, np.ones((k, k), np.uint8)), (k, k))
    faintest = np.maximum(_FAINTEST, _NOISE * noise * 255 / np.maximum(paper, 1))
    level = np.clip(np.maximum(_STRENGTH * peak, faintest), 0, 254)
    level = np.where(paper < _DARKEST, 255, level).astype(np.uint8)
    return cv2.resize(level, (w, h), interpolation=cv2.INTER_LINEAR)


def _noise(gray: np.ndarray) -> float:
    """Standard deviation of noise and grain, in grey levels, from the median step between near pixels."""
    rows = np.ascontiguousarray(gray[::16])
    if rows.shape[1] <= _STEP:
        return 0.0
    step = cv2.absdiff(rows[:, _STEP:], rows[:, :-_STEP])
    steps = np.cumsum(cv2.calcHist([step], [0], None, [256], [0, 256]))
    half = steps[-1] / 2
    median = int(np.searchsorted(steps, half))
    # Within its bin, so that a quiet camera is told from a silent one.
    below = steps[median - 1] if median else 0.0
    fine = median - 0.5 + (half - below) / max(1.0, steps[median] - below)
    return float(max(0.0, fine) / 0.95)

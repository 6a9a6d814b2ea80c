"""Frame -> ink: the light taken out, so that paper is 0 and the pen is bright, whatever lamp, shadow or polarity."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Limits:
    """Thresholds of this module.

    Attributes:
        small: Pixels of the shorter side of the picture on which the light is estimated, about.
        windows: Windows that tell dark pens from light ones, as shares of the frame's shorter side.
        clear: Difference between the two from which it is clear whether the pen is dark or light.
        wide: Side of the window that sees paper somewhere, as a share of the frame's shorter side.
        narrow: Side of the window for strokes of usual width, as such a share. It follows the light more
            closely.
        smooth: Pixels of the small picture over which steps of the estimate are blurred.
        deep: Share of the brightness around it below which something is a thing, not a shadow.
        blob: Share of its longer side from which a shape is too wide to be a stroke.
    """

    small: int = 120
    windows: tuple[float, float, float] = (0.1, 0.2, 0.3)
    clear: float = 0.3
    wide: float = 0.3
    narrow: float = 0.12
    smooth: float = 2.0
    deep: float = 0.6
    blob: float = 0.3


LIMITS = Limits()


@dataclass(frozen=True, eq=False)
class Light:
    """A picture freed of its light, for one answer to the question whether the pen was darker than the ground.

    Attributes:
        ink: `(h, w) uint8`, 0 on paper and 255 where no light comes back.
        paper: `uint8`, a small picture of the brightness of the paper.
        gray: `(h, w) uint8`, what both were made from: a negative where the pen is the lighter one.
    """

    ink: np.ndarray
    paper: np.ndarray
    gray: np.ndarray


def remove_light(gray: NDArray[np.uint8]) -> list[Light]:
    """Divide by the paper's brightness.

    Args:
        gray: `(h, w) uint8`.

    Returns:
        The picture with its light removed; where it cannot be told whether the pen is dark or light, the likelier
        answer first and the other one behind it.
    """
    small = _shrunk(gray)
    lighter = _pen_is_lighter(small)
    answers = [lighter > 0] if abs(lighter) >= LIMITS.clear else [lighter > 0, lighter <= 0]
    return [
        _divided(cv2.bitwise_not(gray), cv2.bitwise_not(small)) if negative else _divided(gray, small)
        for negative in answers
    ]


def _shrunk(gray: NDArray[np.uint8]) -> np.ndarray:
    h, w = gray.shape
    cell = max(1, round(min(h, w) / LIMITS.small))
    columns, rows = max(1, w // cell), max(1, h // cell)
    # Cells of whole pixels: shrinking by a broken factor takes four times as long.
    return cv2.resize(gray[: rows * cell, : columns * cell], (columns, rows), interpolation=cv2.INTER_AREA)


def _divided(gray: NDArray[np.uint8], small: np.ndarray) -> Light:
    paper = cv2.GaussianBlur(_paper(small), (0, 0), LIMITS.smooth)
    background = cv2.resize(paper, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return Light(cv2.bitwise_not(cv2.divide(gray, background, scale=255)), paper, gray)


def _pen_is_lighter(small: np.ndarray) -> float:
    """Whether strokes are lighter than what is around them: -1 surely not, 1 surely.

    Strokes are the smaller part of any window that is wider than they are: they pull the third moment about its mean
    to their side. The two sides of a sheet's edge are equal parts of it, and do not.
    """
    skews = []
    for share in LIMITS.windows:
        k = _odd(share * min(small.shape))
        off = np.clip(cv2.subtract(small, cv2.blur(small, (k, k)), dtype=cv2.CV_32F), -64, 64)
        cube = off * off * off
        skews.append(float(cube.sum()) / max(1.0, float(np.abs(cube).sum())))
    return float(np.mean(skews))


def _paper(small: np.ndarray) -> np.ndarray:
    """The brightness of the paper everywhere: what is dark and narrow is filled with what is around it."""
    wide, narrow = _odd(LIMITS.wide * min(small.shape)), _odd(LIMITS.narrow * min(small.shape))
    # Light that falls off towards the frame's edge goes on falling outside.
    pad = min(wide, min(small.shape) - 1)
    padded = np.pad(small.astype(np.int16), pad, "reflect", reflect_type="odd")
    padded = np.clip(padded, 0, 255).astype(np.uint8)
    inner = slice(pad, padded.shape[0] - pad), slice(pad, padded.shape[1] - pad)
    close = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((narrow, narrow), np.uint8))[inner]
    far = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))[inner]
    lost = cv2.compare(close, cv2.convertScaleAbs(far, alpha=LIMITS.deep), cv2.CMP_LT)
    if not lost.any():
        return close
    return np.where(_broad_strokes(small, far, lost), far, close)


def _broad_strokes(small: np.ndarray, far: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Where the narrow window sees nothing but pen: shapes drawn with a brush, not tables and dark corners."""
    dark = cv2.compare(small, cv2.convertScaleAbs(far, alpha=LIMITS.deep), cv2.CMP_LT)
    contours, hierarchy = cv2.findContours(dark, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    strokes = np.zeros(small.shape, np.uint8)
    h, w = small.shape
    for i, contour in enumerate(contours):
        if hierarchy[0, i, 3] >= 0:
            continue
        x, y, bw, bh = cv2.boundingRect(contour)
        at_edges = (x <= 0) + (y <= 0) + (x + bw >= w) + (y + bh >= h)
        own = np.zeros((bh, bw), np.uint8)
        cv2.drawContours(own, [contour], 0, 255, cv2.FILLED, offset=(-x, -y))
        own &= dark[y : y + bh, x : x + bw]
        if not (own & lost[y : y + bh, x : x + bw]).any():
            continue
        area = cv2.countNonZero(own)
        outline = area - cv2.countNonZero(cv2.erode(own, np.ones((3, 3), np.uint8), borderValue=0))
        if at_edges <= 1 and 2 * area < LIMITS.blob * max(bw, bh) * outline:
            strokes[y : y + bh, x : x + bw] |= own
    return cv2.dilate(strokes, np.ones((9, 9), np.uint8)) > 0


def _odd(size: float) -> int:
    return max(3, int(size) | 1)

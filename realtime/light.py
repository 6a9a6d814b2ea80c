"""Frame -> ink: the light taken out, so that paper is 0 and the pen is bright, whatever lamp, shadow or polarity."""

from __future__ import annotations

import cv2
import numpy as np

_SMALL = 120  # the light is estimated on a picture whose shorter side is about this many pixels
_WIDE = 0.3  # side of the window that must see paper somewhere, as a share of the frame's shorter side
_NARROW = 0.12  # the same for strokes of usual width: follows the light more closely
_SMOOTH = 2.0  # pixels of the small picture: what is left of its steps is blurred away
_DEEP = 0.6  # what is darker than this share of the paper around it is a thing, not a shadow
_BLOB = 0.3  # a stroke is narrower than this share of its shape's longer side; what is wider is no stroke


def remove_light(gray: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Divide by the paper's brightness.

    Args:
        gray: `(h, w) uint8`.

    Returns:
        `ink (h, w) uint8`, 0 on paper and 255 where no light comes back; `paper uint8`, a small picture of the
        brightness of the paper; and the picture that they were made from, `(h, w) uint8`, which is `gray` turned into
        its negative where the pen is lighter than the ground.
    """
    h, w = gray.shape
    cell = max(1, round(min(h, w) / _SMALL))
    columns, rows = max(1, w // cell), max(1, h // cell)
    # Cells of whole pixels: shrinking by a broken factor takes four times as long.
    small = cv2.resize(gray[: rows * cell, : columns * cell], (columns, rows), interpolation=cv2.INTER_AREA)
    if _light_on_dark(small):
        gray, small = cv2.bitwise_not(gray), cv2.bitwise_not(small)
    paper = cv2.GaussianBlur(_paper(small), (0, 0), _SMOOTH)
    background = cv2.resize(paper, (w, h), interpolation=cv2.INTER_LINEAR)
    return cv2.bitwise_not(cv2.divide(gray, background, scale=255)), paper, gray


def _light_on_dark(small: np.ndarray) -> bool:
    """Strokes are the smaller part of any window: they pull the third moment about its mean to their side."""
    k = _odd(_WIDE * min(small.shape))
    off = np.clip(cv2.subtract(small, cv2.blur(small, (k, k)), dtype=cv2.CV_32F), -64, 64)
    return float((off * off * off).sum()) > 0


def _paper(small: np.ndarray) -> np.ndarray:
    """The brightness of the paper everywhere: what is dark and narrow is filled with what is around it."""
    wide, narrow = _odd(_WIDE * min(small.shape)), _odd(_NARROW * min(small.shape))
    # Light that falls off towards the frame's edge goes on falling outside.
    pad = min(wide, min(small.shape) - 1)
    padded = np.pad(small.astype(np.int16), pad, "reflect", reflect_type="odd")
    padded = np.clip(padded, 0, 255).astype(np.uint8)
    inner = slice(pad, padded.shape[0] - pad), slice(pad, padded.shape[1] - pad)
    close = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((narrow, narrow), np.uint8))[inner]
    far = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((wide, wide), np.uint8))[inner]
    lost = cv2.compare(close, cv2.convertScaleAbs(far, alpha=_DEEP), cv2.CMP_LT)
    if not lost.any():
        return close
    return np.where(_broad_strokes(small, far, lost), far, close)


def _broad_strokes(small: np.ndarray, far: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Where the narrow window sees nothing but pen: shapes drawn with a brush, not tables and dark corners."""
    dark = cv2.compare(small, cv2.convertScaleAbs(far, alpha=_DEEP), cv2.CMP_LT)
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
        if at_edges <= 1 and 2 * area < _BLOB * max(bw, bh) * outline:
            strokes[y : y + bh, x : x + bw] |= own
    return cv2.dilate(strokes, np.ones((9, 9), np.uint8)) > 0


def _odd(size: float) -> int:
    return max(3, int(size) | 1)

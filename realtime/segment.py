"""Frame -> ink -> glyphs: light removed, thresholded, contours found and sifted."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from realtime.light import remove_light
from realtime.ruling import remove_ruling


@dataclass(frozen=True)
class Glyph:
    xyxy: np.ndarray
    crop: np.ndarray


@dataclass(frozen=True)
class Segmentation:
    ink: np.ndarray
    mask: np.ndarray
    scale: float
    glyphs: list[Glyph]


_LONGEST = 1920
_CELL = 4
_STRENGTH = 0.35
_FLOOR = 14.0
_NOISE = 6.0


def segment(frame: np.ndarray) -> Segmentation:
    work, scale = _fit(frame)
    gray = cv2.cvtColor(work, cv2.COLOR_BGR2GRAY)
    gray = cv2.GaussianBlur(gray, (3, 3), 0)
    ink, background, gray = remove_light(gray)
    mask = cv2.compare(ink, threshold(gray, ink, background), cv2.CMP_GT)
    if _may_be_ruled(mask):
        mask = remove_ruling(mask)
    return Segmentation(ink, mask, scale, find_glyphs(ink, mask, scale))


def _may_be_ruled(mask):
    h, w = mask.shape
    contours, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(c) for c in contours if len(c) > 3]
    return any(bw > 0.25 * w or bh > 0.25 * h for _, _, bw, bh in boxes)


def _fit(frame):
    scale = _LONGEST / max(frame.shape[:2])
    if scale >= 1:
        return frame, 1.0
    size = round(frame.shape[1] * scale), round(frame.shape[0] * scale)
    return cv2.resize(frame, size, interpolation=cv2.INTER_AREA), scale


def threshold(gray, ink, background):
    h, w = gray.shape
    rows = gray[:: 8].astype(np.int16)
    noise = float(np.median(np.abs(rows[:, 2:] - rows[:, :-2]))) / 0.95 / 1.0
    peak = cv2.dilate(ink, np.ones((5, 5), np.uint8))
    peak = cv2.resize(peak, (background.shape[1], background.shape[0]), interpolation=cv2.INTER_NEAREST)
    k = max(3, min(peak.shape) // 8 | 1)
    peak = cv2.dilate(peak, np.ones((k, k), np.uint8))
    peak = cv2.blur(peak, (k, k))
    low = np.maximum(_FLOOR, _NOISE * noise * 255 / np.maximum(background, 1))
    level = np.minimum(np.maximum(_STRENGTH * peak, low), 254).astype(np.uint8)
    return cv2.resize(level, (w, h), interpolation=cv2.INTER_LINEAR)


def find_glyphs(ink, mask, scale):
    contours, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    glyphs = []
    if not contours:
        return glyphs
    H, W = mask.shape
    near = cv2.dilate(mask, np.ones((3, 3), np.uint8))
    clean = cv2.bitwise_and(ink, near)
    boxes = np.array([cv2.boundingRect(c) for c in contours])
    outer = hierarchy[0, :, 3] < 0
    size = np.maximum(boxes[:, 2], boxes[:, 3])
    for i in np.flatnonzero(outer & (size >= 10)):
        x, y, w, h = boxes[i]
        if h < 8 or w > 4 * h or h > 0.98 * H or w > 0.98 * W:
            continue
        x0, y0, x1, y1 = max(0, x - 1), max(0, y - 1), min(W, x + w + 1), min(H, y + h + 1)
        own = np.zeros((y1 - y0, x1 - x0), np.uint8)
        cv2.drawContours(own, contours, int(i), 255, cv2.FILLED, hierarchy=None, offset=(-x0, -y0))
        own = cv2.dilate(own, np.ones((3, 3), np.uint8))
        crop = cv2.bitwise_and(clean[y0:y1, x0:x1], own)
        glyphs.append(Glyph(np.rint(np.array([x, y, x + w, y + h]) / scale).astype(np.int32), crop))
    return glyphs

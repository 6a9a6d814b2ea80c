"""Digits and letters of data sets, drawn again with any pen: their strokes thinned to the middle, then widened."""

from __future__ import annotations

import cv2
import numpy as np

_FINE = 4  # a 28x28 image is enlarged so many times before it is thinned
_FIELD = 168  # pixels: side of the field in which that happens, with room to turn and slant
_SMOOTH = 2.0  # pixels of the field: blurs the steps of the small image away
_INKED = 0.42  # of the strongest: from here on a pixel of the enlarged image is ink
_SHOWN = 20  # of 255: what is covered less is no ink when a cover is cut out

# Bits of a pixel's neighbours, clockwise from the one above it.
_BITS = np.array([[128, 1, 2], [64, 0, 4], [32, 16, 8]], np.float32)


def _deletable() -> list[np.ndarray]:
    """For each of the two half-steps of Zhang and Suen: whether a pixel with such neighbours is taken away."""
    tables = np.zeros((2, 256), np.uint8)
    for code in range(256):
        near = [(code >> bit) & 1 for bit in range(8)]
        ends = sum(near[bit] == 0 and near[(bit + 1) % 8] == 1 for bit in range(8))
        if 2 <= sum(near) <= 6 and ends == 1:
            up, right, down, left = near[::2]
            tables[0, code] = up * right * down == 0 and right * down * left == 0
            tables[1, code] = up * right * left == 0 and up * down * left == 0
    return list(tables)


_DELETABLE = _deletable()


def thinned(mask: np.ndarray) -> np.ndarray:
    """The middle lines of the strokes of a `(h, w) bool` mask, one pixel wide: `(h, w) bool`."""
    left = cv2.copyMakeBorder(mask.astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    while True:
        before = cv2.countNonZero(left)
        for table in _DELETABLE:
            near = cv2.filter2D(left, cv2.CV_8U, _BITS, borderType=cv2.BORDER_CONSTANT)
            left = cv2.bitwise_and(left, 1 - cv2.LUT(near, table))
        if cv2.countNonZero(left) == before:
            return left[1:-1, 1:-1] > 0


def redrawn(
    image: np.ndarray, height: float, pen: float, slant: float = 0.0, turn: float = 0.0, aspect: float = 1.0
) -> np.ndarray | None:
    """A digit or letter of a data set, written again with another pen.

    Args:
        image: `(28, 28) uint8`, ink bright.
        height: longer side of its middle lines in pixels.
        pen: width of the strokes in pixels; below 1 they are fainter instead.
        slant: how far its top leans to the right, in heights.
        turn: radians, clockwise.
        aspect: its width against the one that it has.

    Returns:
        `(h, w) uint8` cover, 255 where the pen was; None where there is too little ink.
    """
    large = _enlarged(image, slant, turn, aspect)
    peak = int(large.max())
    if peak < 30:
        return None
    middle = thinned(large > _INKED * peak)
    ys, xs = np.nonzero(middle)
    if len(ys) < 12:
        return None
    far = cv2.distanceTransform((~middle).astype(np.uint8), cv2.DIST_L2, 5)
    left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
    scale = height / max(bottom - top, right - left)
    room = int(np.ceil((pen / 2 + 2) / scale)) + 1
    far = np.pad(far, room, mode="edge")[top : bottom + 2 * room, left : right + 2 * room]
    far = cv2.GaussianBlur(far, (0, 0), 1.0)
    size = max(2, round(far.shape[1] * scale)), max(2, round(far.shape[0] * scale))
    far = cv2.resize(far, size, interpolation=cv2.INTER_LINEAR) * scale
    far = np.maximum(far - 0.5 * scale, 0)  # the blur lifts the bottom of the valley
    return (np.clip(pen / 2 - far + 0.5, 0, 1) * min(1.0, pen) * 255).astype(np.uint8)


def _enlarged(image: np.ndarray, slant: float, turn: float, aspect: float) -> np.ndarray:
    """The image in the middle of the field, slanted and turned, its steps blurred away."""
    cos, sin = np.cos(turn), np.sin(turn)
    matrix = np.zeros((2, 3))
    matrix[:, :2] = _FINE * np.array([[cos, -sin], [sin, cos]]) @ np.array([[aspect, -slant], [0, 1]])
    matrix[:, 2] = _FIELD / 2 - matrix[:, :2] @ np.full(2, image.shape[0] / 2)
    large = cv2.warpAffine(image, matrix, (_FIELD, _FIELD), flags=cv2.INTER_CUBIC)
    return cv2.GaussianBlur(large, (0, 0), _SMOOTH)


def solid(image: np.ndarray, height: float, cut: float, gain: float) -> np.ndarray:
    """The same image as it is, enlarged, its edge as sharp as a pen's: `(h, w) uint8` cover.

    Args:
        image: `(28, 28) uint8`, ink bright.
        height: longer side in pixels.
        cut: brightness, 0 to 1, at which the edge lies.
        gain: how sharp the edge is; 1 leaves it as it is.
    """
    x, y, w, h = cv2.boundingRect(cv2.compare(image, 40, cv2.CMP_GE))
    scale = height / max(w, h, 1)
    room = image[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
    size = max(2, round(room.shape[1] * scale)), max(2, round(room.shape[0] * scale))
    large = cv2.resize(room, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    if scale > 1.5:
        large = cv2.GaussianBlur(large, (0, 0), 0.35 * scale)
    return np.clip(((large / 255.0 - cut) * gain + 0.5) * 255, 0, 255).astype(np.uint8) * (large > _SHOWN)


def shaken(cover: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same cover written unevenly: a smooth field moves its ink by a few hundredths of its height."""
    h, w = cover.shape
    reach = rng.uniform(0, 0.05) * h
    knots = 3, 3 + w // max(8, h)
    fields = [
        cv2.resize(rng.normal(0, reach, knots).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]
    room = int(2 * reach) + 2
    fields = [cv2.copyMakeBorder(field, room, room, room, room, cv2.BORDER_REPLICATE) for field in fields]
    large = cv2.copyMakeBorder(cover, room, room, room, room, cv2.BORDER_CONSTANT)
    y, x = np.mgrid[: large.shape[0], : large.shape[1]].astype(np.float32)
    return cv2.remap(large, x + fields[0], y + fields[1], cv2.INTER_LINEAR)


def tight(cover: np.ndarray) -> np.ndarray:
    """The part of a cover that has ink."""
    x, y, w, h = cv2.boundingRect(cv2.compare(cover, _SHOWN, cv2.CMP_GT))
    return cover[y : y + h, x : x + w] if w else cover

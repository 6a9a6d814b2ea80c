"""The paper under a row, and how a camera or a scanner sees both."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.line.sheet import Row


def photograph(rng: np.random.Generator, row: Row) -> tuple[np.ndarray, np.ndarray]:
    """A picture of a row on paper, cut out with some margin.

    Returns:
        `(h, w) uint8` grey picture, and the boxes of its digits in it, `(n, 4) float32`.
    """
    ink, left, top = _with_margins(rng, row)
    h, w = ink.shape
    boxes = row.boxes + np.array([left, top, left, top], np.float32)
    base = row.base + top
    dark = float(rng.uniform(0.35, 0.95)) if rng.random() < 0.75 else float(rng.uniform(0.15, 0.35))
    ink = ink * dark
    if rng.random() < 0.45:  # the grain of the paper shows in the ink
        grain = cv2.GaussianBlur(rng.random((h, w), dtype=np.float32), (0, 0), rng.uniform(0.5, 1.2))
        grain = np.abs((grain - grain.mean()) / (grain.std() + 1e-6))
        ink = ink * np.clip(1 - rng.uniform(0.1, 0.5) * grain, 0.15, 1)
    printed = np.zeros((h, w), np.float32)
    kind = rng.random()
    if kind < 0.4:
        printed = np.maximum(printed, _waves(rng, w, h) * (dark * rng.uniform(0.08, 0.55)))
    elif kind < 0.5:
        printed = np.maximum(printed, _squares(rng, w, h, row.height) * (dark * rng.uniform(0.1, 0.7)))
    if rng.random() < 0.45:
        printed = np.maximum(printed, _rules(rng, w, h, base, row.height) * (dark * rng.uniform(0.3, 1.2)))
    level = rng.uniform(90, 250)
    paper = level * _shade(rng, w, h, 0.12 * dark)
    picture = paper * (1 - np.clip(printed, 0, 1)) * (1 - ink)
    picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.35, 1.0 + 0.02 * row.height)))
    if rng.random() < 0.03:
        picture = 255 - picture
    picture += rng.standard_normal((h, w), dtype=np.float32) * rng.uniform(0.5, min(6, 0.12 * dark * level))
    image = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 92))])[1], 0)
    if rng.random() < 0.3:  # cut at the ink, and the edge drawn out
        m = int(rng.uniform(0.05, 0.3) * row.height)
        image = cv2.copyMakeBorder(image, m, m, m, m, cv2.BORDER_REPLICATE)
        boxes = boxes + m
    return image, boxes


def _with_margins(rng: np.random.Generator, row: Row) -> tuple[np.ndarray, int, int]:
    """The row's cover with paper around it or cut a little, and how far the row moved."""
    tight = rng.random() < 0.35
    room = rng.uniform(-0.06, 0.12, 4) if tight else rng.uniform(0.02, 0.5, 4) * np.array([1.5, 0.7, 1.5, 0.7])
    if len(row.text) == 1 and rng.random() < 0.5:
        room = room + rng.uniform(0, 1.2) * np.array([1, 0, 1, 0])
    left, top, right, bottom = (int(side * row.height) for side in room)
    h, w = row.cover.shape
    out = np.zeros((max(8, h + top + bottom), max(8, w + left + right)), np.float32)
    x, y = max(0, -left), max(0, -top)
    part = row.cover[y:, x:]
    there = out[max(0, top) :, max(0, left) :][: part.shape[0], : part.shape[1]]
    there[:] = part[: there.shape[0], : there.shape[1]]
    if rng.random() < 0.15 and not tight:  # the feet and heads of other rows
        for at in (0, out.shape[0]):
            turned = row.cover[::-1, ::-1]
            shift = int(rng.integers(0, max(1, out.shape[1] // 2)))
            deep = int(rng.uniform(0.03, 0.18) * row.height)
            if not deep or rng.random() < 0.4:
                continue
            piece = turned[:deep] if at else turned[-deep:]
            there = (out[-deep:] if at else out[:deep])[:, shift:]
            wide = min(there.shape[1], piece.shape[1])
            np.maximum(there[:, :wide], piece[: there.shape[0], :wide], out=there[:, :wide])
    return out, left, top


def _waves(rng: np.random.Generator, w: int, h: int) -> np.ndarray:
    """The fine waves of bank paper."""
    out = np.zeros((h, w), np.uint8)
    pitch, length, amplitude = rng.uniform(3.5, 13), rng.uniform(15, 120), rng.uniform(1, 14)
    x = np.arange(-8, w + 8, 4.0)
    for fan in range(int(rng.integers(1, 3))):
        slope, drift = rng.uniform(-0.5, 0.5), rng.uniform(0, 0.02)
        for y in np.arange(-0.5 * w - amplitude, h + 0.5 * w + amplitude, pitch):
            curve = y + slope * x + amplitude * np.sin(x / length * 6.28 + 2 * fan + y * drift)
            if curve.max() < -2 or curve.min() > h + 2:
                continue
            points = np.rint(np.stack([x, curve], axis=1) * 16).astype(np.int32)
            cv2.polylines(out, [points], False, 255, 1, cv2.LINE_AA, 4)
    return out.astype(np.float32) / 255


def _squares(rng: np.random.Generator, w: int, h: int, height: float) -> np.ndarray:
    """Squared paper."""
    out = np.zeros((h, w), np.uint8)
    pitch, thick = max(6.0, height * rng.uniform(0.35, 1.3)), int(rng.integers(1, 3))
    for x in np.arange(rng.uniform(0, pitch), w, pitch):
        cv2.line(out, (int(x), 0), (int(x), h), 255, thick, cv2.LINE_AA)
    for y in np.arange(rng.uniform(0, pitch), h, pitch):
        cv2.line(out, (0, int(y)), (w, int(y)), 255, thick, cv2.LINE_AA)
    return out.astype(np.float32) / 255


def _rules(rng: np.random.Generator, w: int, h: int, base: float, height: float) -> np.ndarray:
    """Lines to write on, and the frames of a field."""
    out = np.zeros((h, w), np.uint8)
    for _ in range(int(rng.integers(1, 3))):
        y = base + height * rng.choice([0.0, 0.05, 0.15, -1.0, -1.1, 0.3]) + rng.normal(0, 0.06) * height
        tilt = rng.normal(0, 0.02) * w
        thick = int(rng.integers(1, max(2, int(0.08 * height)) + 1))
        cv2.line(out, (0, int(y)), (w, int(y + tilt)), 255, thick, cv2.LINE_AA)
    if rng.random() < 0.25:
        x = int(rng.choice([rng.uniform(0, 0.3) * height, w - rng.uniform(0, 0.3) * height]))
        cv2.line(out, (x, 0), (x + int(rng.normal(0, 0.05) * h), h), 255, int(rng.integers(1, 5)), cv2.LINE_AA)
    if rng.random() < 0.1:  # the edge of a print, aslant
        cv2.line(out, (0, int(rng.uniform(0, h))), (w, int(rng.uniform(0, h))), 255, 1, cv2.LINE_AA)
    return out.astype(np.float32) / 255


def _shade(rng: np.random.Generator, w: int, h: int, rough: float) -> np.ndarray:
    """Light and grain of the paper, about 1; the grain up to `rough`."""
    low = cv2.resize(rng.normal(0, 1, (2, 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    shade = np.clip(1 + rng.uniform(0, 0.2) * low, 0.3, 1.3)
    if rng.random() < 0.5:
        grain = cv2.GaussianBlur(rng.standard_normal((h, w), dtype=np.float32), (0, 0), rng.uniform(0.5, 3))
        shade = shade * (1 + grain / (grain.std() + 1e-6) * rng.uniform(0, rough))
    if rng.random() < 0.12:  # the sharp edge of a shadow
        x = np.linspace(0, 1, w, dtype=np.float32)[None, :] + rng.normal(0, 0.3) * np.linspace(0, 1, h)[:, None]
        shade = shade * np.where(x > rng.uniform(0, 1), 1 - rng.uniform(0.1, 0.5), 1).astype(np.float32)
    return shade.astype(np.float32)

"""A page -> a grey picture of it: paper, pencil's grain, specks, edges, fingers, shadows, a camera."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.ink.page import Page

_HIDDEN = 0.4  # what covers a page by more than this hides its ink


def photograph(
    page: Page, rng: np.random.Generator, height: float, pen: float, dark: float, calm: bool = False
) -> np.ndarray:
    """The page as a camera sees it: `(h, w) uint8`.

    Args:
        page: ink that is hidden by a thing or beyond the paper's edge is taken out of its `owner`.
        rng: all chance comes from it.
        height: of its digits in pixels, by which the blur and the specks are measured.
        pen: width of its strokes in pixels.
        dark: how much light the ink takes, 0 to 1.
        calm: whether there is nothing but paper and ink: no specks, edges, things or shadows.
    """
    ink = np.minimum(page.cover, 1)
    if rng.random() < 0.35:
        ink = ink * _grain(rng, ink.shape)
    through = np.clip(1 - page.rule * dark, 0, 1)
    if not calm:
        through *= np.clip(1 - _specks(rng, ink.shape, height, pen) * dark, 0, 1)
    through *= 1 - ink
    h, w = ink.shape
    bright = rng.uniform(110, 252) if rng.random() < 0.8 else rng.uniform(50, 150)
    paper = np.full((h, w), bright, np.float32)
    if rng.random() < 0.06:
        _paste(paper, page, rng, height)
    if not calm and rng.random() < 0.22:
        beyond = _beyond(rng, h, w)
        texture = rng.uniform(0, 25) * _noise(rng, h, w, rng.uniform(1, 8))
        paper = np.where(beyond, rng.uniform(0.1, 0.9) * paper + texture, paper).astype(np.float32)
        through = np.where(beyond, 1, through)
        page.owner[beyond] = -1
    picture = paper * through
    if not calm and rng.random() < 0.12:
        hidden = _thing(rng, h, w)
        picture = picture * (1 - hidden) + hidden * rng.uniform(20, 200)
        page.owner[hidden > _HIDDEN] = -1
    picture = _lit(picture, rng, calm)
    if rng.random() < 0.4:
        picture *= 1 + rng.uniform(0, 0.02) * _noise(rng, h, w, rng.uniform(0.8, 4))
    # No blur takes a thin stroke away.
    sigma = float(np.exp(rng.uniform(np.log(0.35), np.log(1 + min(0.012 * height, 0.5 * pen)))))
    picture = cv2.GaussianBlur(picture, (0, 0), sigma)
    picture += rng.standard_normal((h, w), dtype=np.float32) * rng.uniform(0.3, 5)
    return _taken(np.clip(picture, 0, 255).astype(np.uint8), rng)


def _taken(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the camera's own work does to it: light pens on dark paper among it, for want of a better place."""
    if rng.random() < 0.13:
        picture = cv2.bitwise_not(picture)
        if rng.random() < 0.5:
            picture = cv2.convertScaleAbs(picture, alpha=rng.uniform(0.4, 1))
    if rng.random() < 0.15:  # sharpened, as telephones do
        picture = cv2.addWeighted(picture, 1.6, cv2.GaussianBlur(picture, (0, 0), 1.4), -0.6, 0)
    if rng.random() < 0.4:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 92))]
        picture = cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_GRAYSCALE)
    return picture


def _lit(picture: np.ndarray, rng: np.random.Generator, calm: bool) -> np.ndarray:
    """Uneven light, a vignette, and shadows from soft to sharp."""
    h, w = picture.shape
    coarse = rng.normal(0, 1, (int(rng.integers(2, 5)), int(rng.integers(2, 5)))).astype(np.float32)
    uneven = cv2.resize(coarse, (w, h), interpolation=cv2.INTER_CUBIC)
    picture = picture * np.clip(1 + rng.uniform(0, 0.25) * uneven, 0.25, 1.5)
    if rng.random() < 0.15:
        y, x = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j].astype(np.float32)
        picture = picture * (1 - rng.uniform(0.1, 0.5) * np.minimum((x * x + y * y) / 2, 1) ** 2)
    for _ in range(0 if calm else int(rng.choice([0, 1, 2], p=[0.58, 0.34, 0.08]))):
        shadow = np.zeros((h, w), np.float32)
        if rng.random() < 0.4:  # a bar across the page
            at, angle = rng.uniform(0, 1, 2) * (w, h), rng.uniform(0, np.pi)
            along = 2 * max(h, w) * np.array([np.cos(angle), np.sin(angle)])
            cv2.line(shadow, np.int32(at - along).tolist(), np.int32(at + along).tolist(), 1, int(rng.uniform(20, 160)))
        else:
            corners = (rng.uniform(-0.3, 1.3, (int(rng.integers(3, 6)), 2)) * (w, h)).astype(np.int32)
            cv2.fillPoly(shadow, [corners], 1)
        soft = float(np.exp(rng.uniform(np.log(0.8), np.log(40))))
        picture = picture * (1 - rng.uniform(0.1, 0.72) * cv2.GaussianBlur(shadow, (0, 0), soft))
    return picture.astype(np.float32)


def _paste(paper: np.ndarray, page: Page, rng: np.random.Generator, height: float) -> None:
    """Make the paper under most things another one, as where they were cut out and stuck on a sheet."""
    tone = rng.uniform(0.55, 1.1)
    for left, top, right, bottom in page.boxes:
        if rng.random() < 0.8:
            x0, y0, x1, y1 = np.rint([left, top, right, bottom] + height * rng.uniform(0.04, 0.5, 4) * (-1, -1, 1, 1))
            piece = np.s_[max(0, int(y0)) : int(y1), max(0, int(x0)) : int(x1)]
            paper[piece] = paper[0, 0] * min(tone * rng.uniform(0.93, 1.07), 255 / paper[0, 0])


def _grain(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """How much a pencil leaves on the bumps of the paper, 0 to 1."""
    bumps = _noise(rng, shape[0], shape[1], rng.uniform(0.5, 1.2))
    return np.clip(1 - rng.uniform(0.08, 0.4) * np.abs(bumps), 0.15, 1)


def _noise(rng: np.random.Generator, h: int, w: int, sigma: float) -> np.ndarray:
    noise = cv2.GaussianBlur(rng.standard_normal((h, w), dtype=np.float32), (0, 0), sigma)
    return noise / (noise.std() + 1e-6)


def _specks(rng: np.random.Generator, shape: tuple[int, ...], height: float, pen: float) -> np.ndarray:
    """Dirt, dots and short strokes: `(h, w) float32`, 0 to 1."""
    specks = np.zeros(shape, np.uint8)
    if rng.random() < 0.6:
        return specks.astype(np.float32)
    for _ in range(int(rng.integers(1, 30))):
        x, y = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        strength = int(rng.integers(60, 255))
        if rng.random() < 0.6:
            r = max(1, int(pen * rng.uniform(0.3, 1.2)))
            axes = r, max(1, int(r * rng.uniform(0.4, 1)))
            cv2.ellipse(specks, (x, y), axes, rng.uniform(0, 180), 0, 360, strength, -1, cv2.LINE_AA)
        else:
            dx, dy = np.rint(rng.normal(0, 0.25, 2) * height).astype(int).tolist()
            cv2.line(specks, (x, y), (x + dx, y + dy), strength, max(1, int(0.8 * pen)), cv2.LINE_AA)
    return specks.astype(np.float32) * np.float32(0.8 / 255)


def _beyond(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    """What is beyond a straight edge of the paper: `(h, w) bool`."""
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.mgrid[:h, :w].astype(np.float32)
    return (x - w / 2) * np.cos(angle) + (y - h / 2) * np.sin(angle) > rng.uniform(0.25, 0.5) * min(h, w)


def _thing(rng: np.random.Generator, h: int, w: int) -> np.ndarray:
    """A thing or a finger that reaches into the picture: `(h, w) float32`, 0 to 1."""
    mask = np.zeros((h, w), np.float32)
    along = int(rng.integers(w)), int(rng.integers(h))
    centre = [(0, along[1]), (w, along[1]), (along[0], 0), (along[0], h)][rng.integers(4)]
    axes = int(rng.uniform(20, 120)), int(rng.uniform(20, 90))
    cv2.ellipse(mask, centre, axes, rng.uniform(0, 180), 0, 360, 1, -1, cv2.LINE_AA)
    return cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.8, 6))

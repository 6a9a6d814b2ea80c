"""Light and shadow on a sheet: uneven light, shadows of hands and things, and the facets of creased paper."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.camera import Camera
from training.render.grain import Size, noise


def light(rng: np.random.Generator, size: Size, uneven: float = 0.5, shadow: float = 0.0) -> np.ndarray:
    """Light that falls on the scene.

    Args:
        rng: chance.
        size: (width, height) of the picture.
        uneven: 0 even, 0.5 a room, 1 a lamp at night: fall-off to one side and vignette.
        shadow: depth of the shadow of a hand, a head or a telephone, 0 to 0.8; its edge may be soft or hard.

    Returns:
        `(h / 4, w / 4, 3) float32` factors, BGR.
    """
    w, h = -(-size[0] // 4), -(-size[1] // 4)
    x = np.linspace(-1, 1, w, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, h, dtype=np.float32)[:, None] * (h / w)
    angle = rng.uniform(0, 2 * np.pi)
    side = x * np.cos(angle) + y * np.sin(angle)
    centre = rng.uniform(-0.4, 0.4, 2)
    radius = (x - centre[0]) ** 2 + (y - centre[1]) ** 2
    level = rng.uniform(0.74, 1.06) - 0.12 * uneven
    field_ = (
        level * (1 + 0.28 * uneven * rng.uniform(0.2, 1) * side) * (1 - 0.42 * uneven * rng.uniform(0.2, 1) * radius)
    )
    field_ = field_ + 0.02 * uneven * noise(rng, (w, h), "cloud", (3, 3))
    warm = rng.normal(0, 0.05)
    tint = 1 + np.array([-warm, rng.normal(0, 0.012), warm]) * (0.3 + uneven)
    drift = rng.normal(0, 0.03 * uneven, 3)  # a window on one side, a lamp on the other
    lit = field_[:, :, None] * (tint + side[:, :, None] * drift)
    if shadow > 0:
        lit *= 1 - shadow * _shade(rng, (w, h))[:, :, None]
    return np.clip(lit, 0.05, 1.3).astype(np.float32)


def _shade(rng: np.random.Generator, size: Size) -> np.ndarray:
    """Shape of a shadow, 0 to 1: a band, a corner or the round outline of a head or hand that leans in."""
    w, h = size
    mask = np.zeros((h, w), np.float32)
    kind = rng.integers(3)
    if kind == 0:  # half of the picture, or a band
        angle, at = rng.uniform(0, 2 * np.pi), rng.uniform(-0.3, 0.4) * w
        normal = np.array([np.cos(angle), np.sin(angle)])
        along = np.array([-normal[1], normal[0]])
        middle = np.array([w, h]) / 2 + normal * at
        depth = rng.choice([3 * w, rng.uniform(0.15, 0.4) * w])
        corners = [middle + along * 3 * w, middle - along * 3 * w]
        corners += [corners[1] + normal * depth, corners[0] + normal * depth]
        cv2.fillPoly(mask, [np.rint(np.array(corners)).astype(np.int32)], 1.0)
    else:
        edge = np.array(
            [[rng.choice([0, w]), rng.uniform(0, h)], [rng.uniform(0, w), rng.choice([0, h])]][int(rng.integers(2))]
        )
        inward = np.array([w, h]) / 2 - edge + rng.normal(0, 0.15 * w, 2)
        for k in range(1 if kind == 1 else 5):  # a head, or fingers
            spread = 0 if kind == 1 else (k - 2) * 0.16
            reach = rng.uniform(0.4, 0.9) * inward
            tip = edge + np.array([reach[0] - spread * reach[1], reach[1] + spread * reach[0]])
            thick = w * (rng.uniform(0.12, 0.3) if kind == 1 else rng.uniform(0.025, 0.05))
            cv2.line(
                mask, np.rint(edge).astype(int).tolist(), np.rint(tip).astype(int).tolist(), 1.0, max(1, int(thick * 2))
            )
    mask = cv2.GaussianBlur(mask, (0, 0), 0.03 * w) + 0.1 * noise(rng, size, "cloud", (2, 2))  # no straight edges
    soft = w * float(np.exp(rng.uniform(np.log(0.006), np.log(0.06))))
    return cv2.GaussianBlur(np.clip(8 * mask - 3.5, 0, 1), (0, 0), soft)


def cast_shadow(
    image: np.ndarray, outline: np.ndarray, offset: tuple[float, float], depth: float, soft: float
) -> np.ndarray:
    """`image` with the shadow that a sheet with that outline throws on it."""
    h, w = image.shape[:2]
    mask = np.zeros((-(-h // 4), -(-w // 4)), np.float32)
    cv2.fillPoly(mask, [np.rint((outline + offset) * 4).astype(np.int32)], depth, cv2.LINE_AA, 4)
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.5, soft / 4))
    mask = cv2.resize(mask, (w, h), interpolation=cv2.INTER_LINEAR)
    return (image * (1 - mask)[:, :, None]).astype(np.uint8)


def creased(rng: np.random.Generator, camera: Camera, folds: int, depth: float = 0.12) -> np.ndarray:
    """Shading of a sheet that was folded or crumpled, `(h / 4, w / 4) float32` about 1, for the picture of a camera.

    Args:
        rng: chance.
        camera: says where the page lies.
        folds: number of creases; 1 or 2 is a folded letter, 20 a ball of paper smoothed out.
        depth: contrast of the facets.
    """
    x, y = camera.maps(4)
    w, h = camera.extent
    shade = np.zeros(x.shape, np.float32)
    for _ in range(folds):
        angle = rng.uniform(0, np.pi) if folds > 2 else rng.choice([0, np.pi / 2]) + rng.normal(0, 0.03)
        middle = rng.uniform(0.15, 0.85, 2) * (w, h)
        nx, ny = np.cos(angle), np.sin(angle)
        away = (x - middle[0]) * nx + (y - middle[1]) * ny
        along = (y - middle[1]) * nx - (x - middle[0]) * ny
        reach = w * (4 if folds <= 2 else rng.uniform(0.08, 0.4))
        fade = np.exp(-((along / reach) ** 2))
        wide = w * rng.uniform(0.04, 0.2)
        facet = np.tanh(away / (0.003 * w + 2)) * np.exp(
            -np.abs(away) / wide
        )  # one side turns to the light, the other away
        ridge = np.exp(-((away / (0.0016 * w + 1)) ** 2))
        shade += (rng.normal(0, depth) * facet + rng.normal(0, depth) * ridge) * fade
    limit = 3.5 * depth
    return 1 + limit * np.tanh(shade / limit)

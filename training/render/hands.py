"""Somebody's hand: what holds a sheet, or lies over it for a moment. A shape with shading, not a model of a hand.

`holding` and `reaching` give layers `(h, w, 4) uint8`, BGR and how far each pixel is covered (255: wholly).
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from training.render.grain import Colour, Size, noise, tinted

_LIGHT = np.array([-0.42, -0.55, 0.72])

_SKINS: tuple[tuple[Colour, Colour], ...] = (
    ((58, 78, 142), (176, 200, 238)),
    ((52, 74, 128), (150, 180, 224)),
    ((38, 56, 100), (112, 148, 196)),
    ((26, 38, 70), (72, 100, 148)),
)
"""Colours in shade and in light."""

_SLEEVES: tuple[Colour, ...] = (
    (92, 62, 44),
    (60, 60, 62),
    (70, 88, 58),
    (150, 148, 146),
    (54, 44, 108),
    (132, 104, 66),
)


def holding(
    rng: np.random.Generator, size: Size, grip: tuple[float, float], unit: float
) -> tuple[np.ndarray, np.ndarray]:
    """The right hand of somebody who holds a sheet at a point of its lower edge.

    Args:
        rng: chance: skin, sleeve, pose.
        size: (width, height) of the layers.
        grip: where the tip of the thumb lies.
        unit: width of the thumb in pixels.

    Returns:
        The layer that lies under the sheet (fist and arm), and the one over it (thumb).
    """
    skin, sleeve = _SKINS[int(rng.integers(len(_SKINS)))], _SLEEVES[int(rng.integers(len(_SLEEVES)))]
    lean = rng.normal(0.3, 0.1)  # the arm comes from the right

    def at(along: float, aside: float, radius: float) -> tuple[float, float, float]:
        """A joint, `along` the arm down from the tip of the thumb, in widths of the thumb."""
        x = grip[0] + unit * (aside * np.cos(lean) + along * np.sin(lean))
        y = grip[1] + unit * (along * np.cos(lean) - aside * np.sin(lean))
        return x, y, radius * unit

    thumb = [at(0, 0, 0.44), at(0.9, 0.05, 0.5), at(1.5, 0.16, 0.47), at(2.6, 0.35, 0.6), at(4.2, 0.5, 0.95)]
    fist = [
        [at(1.3, 1.3, 0.5), at(2.6, 1.5, 0.8), at(4.4, 1.1, 1.5), at(6.2, 0.9, 1.3), at(9.0, 0.9, 1.25)],
        [at(1.0, 2.2, 0.46), at(2.8, 2.3, 0.7), at(4.6, 1.7, 1.2)],
        [at(1.5, 3.0, 0.42), at(3.0, 2.9, 0.6), at(4.6, 2.0, 1.1)],
    ]
    arm = [[at(7.6, 0.9, 1.72), at(11, 0.9, 1.95), at(30, 1.2, 2.9)]]
    under = _limb(rng, size, fist, skin)
    _over(under, _limb(rng, size, arm, (tuple(0.35 * c for c in sleeve), tuple(1.25 * c for c in sleeve)), cloth=True))  # type: ignore[arg-type]
    over = _limb(rng, size, [thumb], skin)
    _nail(over, thumb[0], thumb[1], skin)
    _creases(over, thumb[2], thumb[1])
    # The ball of the thumb goes over into the palm without an edge.
    ball, palm = np.array(thumb[3][:2]), np.array(thumb[4][:2])
    x, y = np.arange(size[0])[None, :] - ball[0], np.arange(size[1])[:, None] - ball[1]
    along = (x * (palm - ball)[0] + y * (palm - ball)[1]) / ((palm - ball) ** 2).sum()
    over[..., 3] = (over[..., 3] * np.clip(1.15 - along, 0, 1)).astype(np.uint8)
    return under, over


def reaching(rng: np.random.Generator, size: Size, unit: float) -> np.ndarray:
    """A hand laid flat, fingers up, in the middle of the layer; its arm runs out of the lower edge."""
    skin, sleeve = _SKINS[int(rng.integers(len(_SKINS)))], _SLEEVES[int(rng.integers(len(_SLEEVES)))]
    x, y = size[0] / 2, size[1] * 0.45

    def at(aside: float, along: float, radius: float) -> tuple[float, float, float]:
        return x + unit * aside, y + unit * along, radius * unit

    fingers = [
        [at(-1.75, -2.6, 0.38), at(-1.5, -1.2, 0.45), at(-1.1, 0.6, 0.55), at(-0.7, 2.2, 1.0)],
        [at(-0.6, -3.3, 0.4), at(-0.5, -1.6, 0.47), at(-0.35, 0.4, 0.57), at(-0.2, 2.2, 1.2)],
        [at(0.55, -3.1, 0.4), at(0.5, -1.5, 0.46), at(0.4, 0.4, 0.56), at(0.3, 2.2, 1.2)],
        [at(1.7, -2.3, 0.34), at(1.5, -1.0, 0.4), at(1.15, 0.6, 0.52), at(0.8, 2.2, 1.0)],
        [at(-3.2, 1.0, 0.44), at(-2.5, 1.9, 0.52), at(-1.5, 2.8, 0.75), at(0, 3.6, 1.3), at(0.1, 6.5, 1.25)],
    ]
    layer = _limb(rng, size, fingers, skin)
    for finger in fingers:
        _nail(layer, finger[0], finger[1], skin)
        _creases(layer, finger[1], finger[0])
    dark, pale = (tuple(k * c for c in sleeve) for k in (0.35, 1.25))
    _over(layer, _limb(rng, size, [[at(0.1, 5.6, 1.8), at(0.1, 30, 2.8)]], (dark, pale), cloth=True))  # type: ignore[arg-type]
    return layer


def _limb(
    rng: np.random.Generator,
    size: Size,
    chains: list[list[tuple[float, float, float]]],
    colours: tuple[Colour, Colour],
    cloth: bool = False,
) -> np.ndarray:
    """Round limbs through joints (x, y, radius) that melt into each other, lit from the upper left."""
    w, h = size
    shrink = 2  # worked out at half size: the shading is smooth
    x = np.arange(0, w, shrink, dtype=np.float32)[None, :]
    y = np.arange(0, h, shrink, dtype=np.float32)[:, None]
    away, radius = None, None
    for chain in chains:
        for (ax, ay, ar), (bx, by, br) in pairwise(chain):
            ux, uy = bx - ax, by - ay
            t = np.clip(((x - ax) * ux + (y - ay) * uy) / (ux * ux + uy * uy), 0, 1)
            r = ar + t * (br - ar)
            d = np.hypot(x - ax - t * ux, y - ay - t * uy) - r
            if away is None or radius is None:
                away, radius = d, r
                continue
            blend = 0.45 * min(ar, br)
            mix = np.clip(0.5 + 0.5 * (away - d) / blend, 0, 1)
            away = away * (1 - mix) + d * mix - blend * mix * (1 - mix)
            radius = radius * (1 - mix) + r * mix
    assert away is not None and radius is not None
    half = away.shape[::-1]
    gy, gx = np.gradient(away, shrink)
    depth = np.clip(-away / radius, 0, 1)
    flat = (1 - depth) ** 1.3
    up = np.sqrt(np.clip(1 - flat**2, 0, 1))
    shade = gx * flat * _LIGHT[0] + gy * flat * _LIGHT[1] + up * _LIGHT[2]
    shade = 0.12 + 0.88 * np.clip(shade, 0, 1)
    if cloth:
        shade += 0.05 * noise(rng, half, "fine", (1, 1.6)) + 0.05 * noise(rng, half, "fibre", (3, 1.2))
        shade += 0.05 * noise(rng, half, "cloud", (1, 2))
    else:
        shade += 0.018 * noise(rng, half, "fine", (1.5, 1.5)) + 0.015 * noise(rng, half, "fibre", (4, 4))
    layer = np.empty((*away.shape, 4), np.uint8)
    layer[..., :3] = tinted(shade, *colours)
    if not cloth:  # blood under the skin
        red = 1 + 0.02 * noise(rng, half, "fibre", (4, 4))
        layer[..., 2] = np.clip(layer[..., 2] * red, 0, 255)
    layer[..., 3] = np.clip((0.5 - away / shrink) * 255, 0, 255)
    return cv2.resize(layer, size, interpolation=cv2.INTER_LINEAR)


def _over(below: np.ndarray, above: np.ndarray) -> None:
    """Lay one layer over the other, in place."""
    alpha = above[..., 3:].astype(np.float32) / 255
    below[..., :3] = below[..., :3] * (1 - alpha) + above[..., :3] * alpha
    below[..., 3] = np.maximum(below[..., 3], above[..., 3])


def _nail(layer: np.ndarray, tip: tuple[float, ...], joint: tuple[float, ...], skin: tuple[Colour, Colour]) -> None:
    """A nail at the tip of a finger."""
    way = np.array(tip[:2]) - joint[:2]
    way /= np.hypot(*way)
    middle = np.array(tip[:2]) + way * tip[2] * 0.2
    angle = float(np.rad2deg(np.arctan2(way[1], way[0])))
    axes = (tip[2] * 0.66, tip[2] * 0.55)
    pale = np.array(skin[1])
    for grow, colour, strength in (
        (1.12, pale * 0.66, 0.55),
        (1.0, pale * 0.9 + (18, 16, 22), 0.8),
        (0.45, pale * 0.5 + 128, 0.4),
    ):
        mask = np.zeros(layer.shape[:2], np.uint8)
        spot = middle - (way[1] * 0.15 * tip[2], -way[0] * 0.15 * tip[2]) if grow < 0.5 else middle
        size = (axes[0] * grow, axes[1] * grow * (0.5 if grow < 0.5 else 1))
        cv2.ellipse(mask, (tuple(spot), (2 * size[0], 2 * size[1]), angle), 255, -1, cv2.LINE_AA)
        mask = cv2.GaussianBlur(mask, (0, 0), max(0.8, tip[2] * (0.12 if grow < 0.5 else 0.05)))
        alpha = mask[..., None] * np.float32(strength / 255)
        layer[..., :3] = layer[..., :3] * (1 - alpha) + np.clip(colour, 0, 255) * alpha


def _creases(layer: np.ndarray, joint: tuple[float, ...], towards: tuple[float, ...]) -> None:
    """Folds of the skin over a joint."""
    way = np.array(towards[:2]) - joint[:2]
    way /= np.hypot(*way)
    aside = np.array([-way[1], way[0]])
    mask = np.zeros(layer.shape[:2], np.uint8)
    for shift, wide in ((-0.16, 0.45), (0.0, 0.6), (0.17, 0.4)):
        middle = np.array(joint[:2]) + way * joint[2] * shift
        t = np.linspace(-1, 1, 9)[:, None]
        curve = middle + aside * t * wide * joint[2] + way * 0.12 * joint[2] * t**2
        cv2.polylines(
            mask, [np.rint(curve * 16).astype(np.int32)], False, 255, max(1, int(joint[2] * 0.06)), cv2.LINE_AA, 4
        )
    mask = cv2.GaussianBlur(mask, (0, 0), max(0.7, joint[2] * 0.04))
    layer[..., :3] = layer[..., :3] * (1 - 0.22 * (mask[..., None] / 255.0))

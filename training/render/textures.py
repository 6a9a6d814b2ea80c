"""What a sheet lies on."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.grain import Size, noise, tinted


def desk(rng: np.random.Generator, size: Size, kind: str | None = None) -> np.ndarray:
    """Something that a sheet lies on: "wood", "dark wood", "cloth", "black", "white" or "stone"."""
    kind = kind or str(rng.choice(["wood", "dark wood", "cloth", "black", "white", "stone"]))
    half = (-(-size[0] // 2), -(-size[1] // 2))
    if kind in ("wood", "dark wood"):
        # Year rings: stripes along x that a slow noise bends, with pores as short dark streaks.
        bend = noise(rng, half, "cloud", (5, 1.6))
        y = np.arange(half[1], dtype=np.float32)[:, None]
        board = rng.uniform(90, 150)
        plank = ((y + rng.uniform(0, board)) // board).astype(int)
        shift = rng.uniform(0, 40, 16)[plank % 16]
        rings = np.sin(bend * 5 + y / rng.uniform(7, 12) + shift) * 0.5 + 0.5
        streaks = noise(rng, half, "white", (24, 1.2))
        fine = noise(rng, half, "fine", (7, 1))
        tone = 0.45 + 0.22 * rings + 0.05 * streaks + 0.04 * fine + 0.1 * rng.uniform(-1, 1, 16)[plank % 16]
        edge = np.diff(plank, axis=0, append=plank[-1:]) != 0
        tone = np.where(edge, tone * 0.45, tone).astype(np.float32)
        dark, pale = ((62, 105, 150), (128, 178, 214)) if kind == "wood" else ((22, 34, 56), (58, 84, 122))
        image = tinted(tone, dark, pale)
    elif kind == "cloth":
        hue = np.array([rng.uniform(40, 130), rng.uniform(40, 110), rng.uniform(40, 110)])
        weave = 0.12 * noise(rng, half, "fine", (1, 2)) + 0.12 * noise(rng, half, "fine", (2, 1))
        image = tinted(1 + 0.5 * weave + 0.06 * noise(rng, half, "cloud"), tuple(hue))
    elif kind == "stone":
        spots = noise(rng, half, "fibre", (1.4, 1.4))
        image = tinted(0.45 + 0.16 * spots + 0.1 * noise(rng, half, "fine"), (92, 96, 100), (176, 180, 184))
    else:
        level = rng.uniform(22, 45) if kind == "black" else rng.uniform(175, 225)
        tint = rng.normal(0, 4, 3)
        grain = 0.03 * noise(rng, half, "fine") + 0.03 * noise(rng, half, "cloud")
        image = tinted(1 + grain, tuple(level + tint))
    image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    if "wood" in kind:  # pores, as fine as the picture
        pores = 1 + 0.035 * noise(rng, size, "white", (16, 1)) + 0.02 * noise(rng, size, "fine", (3, 1))
        image = cv2.multiply(image, cv2.merge([pores, pores, pores]), dtype=cv2.CV_8U)
    return image

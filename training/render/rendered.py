"""Glyphs as the recogniser really cuts them: pages are rendered, cut up, and the cuts named after the truth.

The network then knows the flaws of its own eyes: broken and touching digits, bits of ruling, creases, letters, grain.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from realtime.detections import CLASSES
from realtime.glyphs.normalize import normalize
from realtime.ink.network import InkNetwork
from realtime.ink.proposals import propose
from realtime.recognition.line_reader import LineReader
from realtime.recognition.rows import read_rows
from realtime.system.processes import SPAWN
from training.render.labelling import Cut, chosen, named
from training.render.scenes import KINDS, draw_scene_without_digits, draw_sheet

SIZES = ((1280, 720), (1280, 720), (640, 480), (960, 720), (480, 640), (720, 960))


def render(sheets: int, scenes: int, seed: int, processes: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut up pages of our own pen.

    Args:
        sheets: pages with digits.
        scenes: pictures without any.
        seed: the same seed gives the same glyphs, whatever the number of processes.
        processes: processor cores to use.

    Returns:
        `images (n, 28, 28) uint8`, normalised, and `labels (n,) int64`, 0 to 10.
    """
    jobs = [(seed, i, i >= sheets) for i in range(sheets + scenes)]
    images, labels = [], []
    with ProcessPoolExecutor(processes, SPAWN, initializer=partial(cv2.setNumThreads, 1)) as pool:
        done: Iterable[tuple[np.ndarray, np.ndarray]] = pool.map(_page, jobs, chunksize=8)
        for page_images, page_labels in tqdm(done, total=len(jobs), desc="pages", disable=None):
            images.append(page_images)
            labels.append(page_labels)
    return np.concatenate(images), np.concatenate(labels)


def save(path: str | Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Write what `render` gave in the form that `training.data.sources.read_rendered` reads."""
    with open(path, "wb") as file:
        np.savez_compressed(file, images=images, labels=labels)


@cache
def _eye() -> tuple[InkNetwork, LineReader]:
    return InkNetwork(), LineReader()


def cuts(image: np.ndarray) -> list[Cut]:
    """Everything that the recogniser cuts out of a `(h, w, 3) uint8` page."""
    network, reader = _eye()
    seen = propose(network, image)
    nothing_known = np.zeros((len(seen.crops), CLASSES), np.float32)  # by the naming network, which is yet to be made
    seen = read_rows(seen, nothing_known, partial(reader.read, thorough=False))
    known = np.flatnonzero(seen.fit > 0)
    return [(seen.xyxy[k], seen.crops[k]) for k in known.tolist() if seen.crops[k].any()]


def _page(job: tuple[int, int, bool]) -> tuple[np.ndarray, np.ndarray]:
    seed, index, empty = job
    rng = np.random.default_rng([seed, index])
    size = SIZES[rng.integers(len(SIZES))]
    if empty:
        scene = draw_scene_without_digits(rng, size=size)
    else:
        scene = draw_sheet(rng, size=size, kind=str(rng.choice(list(KINDS))), difficulty=float(rng.uniform(0.2, 1)))
    glyphs = cuts(scene.image)
    owner = scene.owner if scene.owner.size else np.full(scene.image.shape[:2], -1, np.int16)
    crops, names = chosen(named(glyphs, owner, np.array(scene.drawn, np.int64), rng), rng)
    return np.rint(normalize(crops) * 255).astype(np.uint8), np.array(names, np.int64)

"""Glyphs as the segmentation really cuts them: pages are rendered, cut up, and the cuts named after the truth.

The network then knows the flaws of its own eyes: broken and touching digits, bits of ruling, creases, letters, grain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph
from realtime.normalize import normalize
from realtime.segment import segment
from training.scenes import KINDS, Scene, draw_scene_without_digits, draw_sheet

SIZES = ((1280, 720), (1280, 720), (640, 480), (960, 720), (480, 640), (720, 960))

_WHOLE = 0.7  # a cut is a digit when it shares this much of their joint area with its box
_MISSED = 0.15  # and is clutter when it shares less than this of its own
_TWO = 0.7  # it is two digits when it holds this much of both
_PIECE = 0.5  # and a piece when it holds less than this of one
_HELD = 0.85  # ... and holds this much of it
_VISIBLE = 0.95
_SLENDER = 0.4  # width over height: a lone stroke is a 1 as much as it is none, so few of these are shown as none
_SLENDER_KEPT = 0.15


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
    with ProcessPoolExecutor(processes, initializer=partial(cv2.setNumThreads, 1)) as pool:
        done: Iterable[tuple[np.ndarray, np.ndarray]] = pool.map(_page, jobs, chunksize=8)
        for page_images, page_labels in tqdm(done, total=len(jobs), desc="pages", disable=None):
            images.append(page_images)
            labels.append(page_labels)
    return np.concatenate(images), np.concatenate(labels)


def save(path: str | Path, images: np.ndarray, labels: np.ndarray) -> None:
    """Write what `render` gave in the form that `training.data.read_rendered` reads."""
    with open(path, "wb") as file:
        np.savez_compressed(file, images=images, labels=labels)


def _page(job: tuple[int, int, bool]) -> tuple[np.ndarray, np.ndarray]:
    seed, index, empty = job
    rng = np.random.default_rng([seed, index])
    size = SIZES[rng.integers(len(SIZES))]
    if empty:
        scene = draw_scene_without_digits(rng, size=size)
    else:
        scene = draw_sheet(rng, size=size, kind=str(rng.choice(list(KINDS))), difficulty=float(rng.uniform(0.2, 1)))
    glyphs, labels = _named(scene, rng)
    images = np.rint(normalize([glyph.crop for glyph in glyphs]) * 255).astype(np.uint8)
    return images, np.array(labels, np.int64)


def _named(scene: Scene, rng: np.random.Generator) -> tuple[list[Glyph], list[int]]:
    digits: list[tuple[Glyph, int]] = []
    others: list[Glyph] = []
    for glyph, name in _names(scene):
        if name != NOT_A_DIGIT:
            digits.append((glyph, name))
        elif glyph.crop.shape[1] > _SLENDER * glyph.crop.shape[0] or rng.random() < _SLENDER_KEPT:
            others.append(glyph)
    most = 12 + len(digits) // 2
    if len(others) > most:
        others = [others[i] for i in rng.choice(len(others), most, replace=False)]
    pairs = digits + [(glyph, NOT_A_DIGIT) for glyph in others]
    return [glyph for glyph, _ in pairs], [name for _, name in pairs]


def _names(scene: Scene) -> Iterator[tuple[Glyph, int]]:
    """What each glyph is; those that a person would not be sure of are left out."""
    truth = scene.xyxy.astype(np.float64)
    visible = np.array([digit.visible for digit in scene.digits])
    area = (truth[:, 2:] - truth[:, :2]).prod(axis=1)
    for glyph in segment(scene.image)[0].glyphs:
        box = glyph.xyxy.astype(np.float64)
        common = np.minimum(box[2:], truth[:, 2:]) - np.maximum(box[:2], truth[:, :2])
        shared = np.maximum(common, 0).prod(axis=1)
        own = max(1.0, float((box[2:] - box[:2]).prod()))
        held = shared / np.maximum(area, 1)
        if (shared < _MISSED * own).all() and (held < _MISSED).all():
            yield glyph, NOT_A_DIGIT
            continue
        best = int(shared.argmax())
        others = np.delete(held, best).max(initial=0.0)
        if shared[best] / (own + area[best] - shared[best]) >= _WHOLE and held[best] >= _HELD and others < 0.35:
            if visible[best] >= _VISIBLE:
                yield glyph, int(scene.digits[best].label)
        elif (held >= _TWO).sum() >= 2 or (held[best] < _PIECE and shared[best] > 0.8 * own and others < 0.1):
            yield glyph, NOT_A_DIGIT

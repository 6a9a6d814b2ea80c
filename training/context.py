"""The trees that tell by its surroundings whether a digit is one: grown on drawn pages, see `realtime.context`.

Pages with digits, details of such pages as a camera held close shows them, and pictures without any are read as they
are; what is taken for a digit there is one example each, right where a digit was drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict
from tqdm import tqdm

from realtime.classifier import Classifier
from realtime.context import SIGNS, Context
from realtime.detections import Detections
from realtime.processes import SPAWN
from realtime.recognizer import Recognizer
from training.heap import heap
from training.rendered import SIZES
from training.scenes import EMPTY_KINDS, KINDS, draw_scene_without_digits, draw_sheet

LOST = 0.0015
"""Share of the drawn digits that may be taken for none; those of a picture with few count more."""

# Pages, pages of which details are taken, pictures without a digit, and such on which a part of a page lies.
_SHEETS, _DETAILED, _SCENES, _MIXED = 240, 240, 720, 240
_DETAILS = 6  # of a page
_HIGH = 0.08, 0.85  # height of the digit that a detail shows, as a share of the detail's height
_LONG = 0.5, 1.8  # width of a detail, in its heights
_PIXELS = 200, 720  # and its height
_PART = 0.3, 0.7  # width and height of the part of a page that lies on another picture, as shares of it
_RIGHT, _WRONG = 0.4, 0.1  # overlap with a drawn digit from which it is one, and below which it is none

_TREES, _DEPTH = 120, 3
_FOLDS = 8


class Gatherer:
    """Reads pictures as if all stood where digits stand, and keeps what was told of each."""

    def __init__(self) -> None:
        self._heard: list[np.ndarray] = []
        self._recognizer = Recognizer(Classifier(), in_context=self._listen)

    def __call__(self, image: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What was told of the digits read in a picture on which these boxes, `(m, 4)`, are all that were drawn.

        Returns:
            `told (n, s)`, and `right (n,) bool`, whether each is a digit; those of which that is not clear left out.
        """
        self._heard.clear()
        found = self._recognizer(image)
        # A frame may be seen in several ways: what was heard of the one that read best.
        told = next((told for told in self._heard if len(told) == len(found) and _same(told, found)), None)
        if told is None:  # read as one row: its digits were not judged one by one
            return np.zeros((0, len(SIGNS))), np.zeros(0, bool)
        overlap = _overlaps(found.xyxy.astype(np.float64), drawn).max(axis=1, initial=0)
        clear = (overlap > _RIGHT) | (overlap < _WRONG)
        return told[clear], overlap[clear] > _RIGHT

    def _listen(self, told: np.ndarray) -> np.ndarray:
        self._heard.append(told)
        return np.ones(len(told), bool)


@dataclass(frozen=True)
class Examples:
    """What was taken for digits on drawn pages.

    Attributes:
        told: `(n, s)`, the signs.
        right: `(n,) bool`, whether a digit was drawn there.
        page: `(n,) int64`, the page that each is from.
        picture: `(n,) int64`, the same, but that each detail of a page counts by itself.
    """

    told: np.ndarray
    right: np.ndarray
    page: np.ndarray
    picture: np.ndarray


def gather(seed: int, processes: int) -> Examples:
    """Draw and read all pages.

    Args:
        seed: the same seed gives the same examples, whatever the number of processes.
        processes: processor cores to use.
    """
    counts = {"sheet": _SHEETS, "details": _DETAILED, "scene": _SCENES, "mixed": _MIXED}
    jobs = [(seed, what, i) for what, count in counts.items() for i in range(count)]
    with ProcessPoolExecutor(processes, SPAWN, initializer=_begin) as pool:
        done = list(tqdm(pool.map(_page, jobs, chunksize=4), total=len(jobs), desc="pages", disable=None))
    told, right = zip(*(picture for pictures in done for picture in pictures), strict=True)
    counts_of = [len(each) for each in told]
    pages = np.repeat(np.arange(len(jobs)), [len(pictures) for pictures in done])
    return Examples(
        np.concatenate(told),
        np.concatenate(right),
        np.repeat(pages, counts_of),
        np.repeat(np.arange(len(told)), counts_of),
    )


def grow(examples: Examples, seed: int) -> tuple[Context, np.ndarray]:
    """Grow the trees.

    Returns:
        The trees, and what trees that were grown on other pages say of each example, `(n,)`.
    """
    told, right = examples.told, examples.right
    weight = 1 / np.sqrt(np.bincount(examples.picture))[examples.picture]
    forest = GradientBoostingClassifier(
        n_estimators=_TREES, max_depth=_DEPTH, min_samples_leaf=20, subsample=0.7, random_state=seed
    )
    said = cross_val_predict(
        forest,
        told,
        right,
        groups=examples.page,
        cv=GroupKFold(_FOLDS, shuffle=True, random_state=seed),
        params={"sample_weight": weight},
        method="predict_proba",
    )[:, 1]
    order = np.argsort(said[right])
    lost = np.cumsum(weight[right][order]) / weight[right].sum()
    least = float(said[right][order][np.searchsorted(lost, LOST)])
    forest.fit(told, right, sample_weight=weight)
    heaps = [heap(each[0].tree_, _DEPTH) for each in forest.estimators_]
    sign, bound, value = (np.stack(part) for part in zip(*heaps, strict=True))
    rate, prior = forest.learning_rate, forest.init_.class_prior_
    bias = float(np.log(prior[1] / prior[0]))
    return Context(sign, bound, (rate * value).astype(np.float32), bias, least), said


def save(path: Path, context: Context) -> None:
    """Write the trees as `realtime.context` reads them, and their card beside them."""
    np.savez_compressed(
        path,
        signs=np.array(SIGNS),
        sign=context.sign.astype(np.int8),
        bound=context.bound,
        value=context.value,
        bias=context.bias,
        least=context.least,
    )
    card = {
        "model": path.name,
        "what": "boosted decision trees over the signs that realtime/context.py names",
        "input": f"(n, {len(SIGNS)}) float64, one column a sign",
        "output": "log-odds that each is a digit",
        "command": "python -m training context",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _same(told: np.ndarray, found: Detections) -> bool:
    """Whether this was told of these digits."""
    shape = np.stack([found.width / found.height, found.digit == 1], axis=1)
    return np.allclose(told[:, [SIGNS.index("broad"), SIGNS.index("one")]], shape)


_gatherer: Gatherer


def _begin() -> None:
    global _gatherer
    cv2.setNumThreads(1)
    _gatherer = Gatherer()


def _page(job: tuple[int, str, int]) -> list[tuple[np.ndarray, np.ndarray]]:
    return [_gatherer(image, drawn) for image, drawn in _pictures(*job)]


def _pictures(seed: int, what: str, i: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The pictures of one page, and the boxes of the digits on each."""
    rng = np.random.default_rng([seed, *what.encode(), i])
    size = SIZES[rng.integers(len(SIZES))]
    if what == "scene":
        kind, difficulty = EMPTY_KINDS[i % len(EMPTY_KINDS)], float(rng.uniform(0.2, 0.9))
        scene = draw_scene_without_digits(rng, size=size, kind=kind, difficulty=difficulty)
        yield scene.image, scene.xyxy
        return
    kind, difficulty = list(KINDS)[i % len(KINDS)], float(rng.uniform(0.2, 1))
    if what == "mixed":
        page = draw_sheet(rng, size=size, kind=kind, difficulty=difficulty)
        ground = draw_scene_without_digits(rng, size=size, kind=EMPTY_KINDS[i % len(EMPTY_KINDS)], difficulty=0.5)
        yield _laid_on(rng, page.image, page.xyxy, ground.image)
    elif what == "sheet":
        rows = [None, None, None, [str(rng.integers(10))], [str(rng.integers(1000))]][i // len(KINDS) % 5]
        scene = draw_sheet(rng, size=size, kind=kind, difficulty=difficulty, rows=rows)
        yield scene.image, scene.xyxy
    else:
        scene = draw_sheet(rng, size=(1920, 1080), kind=kind, difficulty=difficulty)
        for _ in range(_DETAILS * bool(scene.digits)):
            yield _detail(rng, scene.image, scene.xyxy)


def _detail(rng: np.random.Generator, image: np.ndarray, drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A part of a picture that shows a digit large, and the boxes of all digits in it."""
    x0, y0, x1, y1 = drawn[rng.integers(len(drawn))].tolist()
    height = max(y1 - y0, x1 - x0) / np.exp(rng.uniform(*np.log(_HIGH)))
    width = max(1.15 * (x1 - x0), height * np.exp(rng.uniform(*np.log(_LONG))))
    left, top = max(0, int(rng.uniform(x1 - width, x0))), max(0, int(rng.uniform(y1 - height, y0)))
    part = image[top : top + int(height), left : left + int(width)]
    scale = rng.uniform(*_PIXELS) / part.shape[0]
    size = max(1, round(scale * part.shape[1])), max(1, round(scale * part.shape[0]))
    boxes = np.clip((drawn - [left, top, left, top]) * scale, 0, [*size, *size])
    seen = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    return cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC), boxes[seen]


def _laid_on(
    rng: np.random.Generator, image: np.ndarray, drawn: np.ndarray, ground: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """A picture with a part of another one of its size on it, and the boxes of the digits in that part."""
    h, w = image.shape[:2]
    height, width = (int(side * rng.uniform(*_PART)) for side in (h, w))
    top, left = rng.integers(h - height), rng.integers(w - width)
    laid = ground.copy()
    laid[top : top + height, left : left + width] = image[top : top + height, left : left + width]
    boxes = np.clip(drawn, [left, top, left, top], [left + width, top + height, left + width, top + height])
    return laid, boxes[(boxes[:, 2:] > boxes[:, :2]).all(axis=1)]


def _overlaps(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Shared area over the area of both together, `(n, m)`."""
    low = np.maximum(boxes[:, None, :2], others[:, :2])
    high = np.minimum(boxes[:, None, 2:], others[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    area, other = ((each[:, 2:] - each[:, :2]).prod(axis=1) for each in (boxes, others))
    return shared / np.maximum(area[:, None] + other - shared, 1)

"""Grows the trees that tell whether a body is a digit, on pages of which it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from realtime.boxes import overlaps
from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from realtime.ink.proposals import propose
from realtime.recognition.decide import Trees
from realtime.recognition.features import ALONE, TOGETHER, features_alone, features_together
from realtime.recognition.line_reader import LineReading
from realtime.recognition.rows import named, read_rows
from training.models.heap import heap
from training.render.ink.lettering import Fonts
from training.render.ink.pages import draw
from training.render.ink.writer import Hands
from training.render.scenes import draw_scene_without_digits, draw_sheet
from training.render.styles import KINDS

_TREES, _DEPTH, _RATE = 150, 4, 0.06
_FOLDS = 3  # what each body is told of the others by trees that have not seen its page
_FEW = 12  # bodies of a page from which on each counts the less the more there are
MISS_COST = 3.0  # a digit that is missed is as bad as so many that are none
_OVERLAP = 0.75  # shared area over the area of both from which a body has found a digit
_ROOM = 0.05  # of a digit's longer side, added all around before
_LEAST = 8  # pixels of ink: a digit with less is not asked for
_CYCLE = ("own near own own near own own near own own near own sheet sheet near sheet sheet scene near scene").split()
_SCALES = 0.6, 2.5  # half of the pages of this package are seen smaller or larger than drawn


@dataclass(frozen=True, eq=False)
class Examples:
    """Bodies of many pages.

    Attributes:
        features: `(n, len(ALONE))`.
        xyxy: `(n, 4)`, boxes in pixels of their page.
        right: `(n,) bool`, whether each is a digit, the one that it is named.
        page: `(n,)`, the page of each.
        digits: how many digits there are on all pages, and how many of them some body is right about.
    """

    features: np.ndarray
    xyxy: np.ndarray
    right: np.ndarray
    page: np.ndarray
    digits: tuple[int, int]


def gather(
    network: Callable[[np.ndarray], np.ndarray],
    classifier: Callable[[np.ndarray], np.ndarray],
    reader: Callable[[np.ndarray], LineReading],
    pages: Iterator[tuple[np.ndarray, np.ndarray, list[int]]],
) -> Examples:
    """Look at pages: the frame, whose ink each of its pixels is, and what each of those is."""
    features, boxes, rights, numbers = [], [], [], []
    all_digits = found = 0
    for number, (frame, owner, labels) in enumerate(pages):
        seen = propose(network, frame)
        said = classifier(normalize(seen.crops))
        seen = read_rows(seen, said, reader)
        said = named(np.concatenate([said, classifier(normalize(seen.crops[len(said) :]))]), seen.read)
        drawn, names = _drawn(owner, labels)
        right, its = label_bodies(seen.xyxy, said[:, :NOT_A_DIGIT].argmax(axis=1), drawn, names)
        all_digits, found = all_digits + len(names), found + len(np.unique(its[right]))
        features.append(features_alone(seen, said, frame.shape))
        boxes.append(seen.xyxy)
        rights.append(right)
        numbers.append(np.full(len(right), number))
    return Examples(
        np.concatenate(features),
        np.concatenate(boxes),
        np.concatenate(rights),
        np.concatenate(numbers),
        (all_digits, found),
    )


def pages(n: int, seed: int, hands: Hands, fonts: Fonts | None) -> Iterator[tuple[np.ndarray, np.ndarray, list[int]]]:
    """Pages of `ink`, sheets and scenes of `scenes`; many of one digit that fills them."""
    kinds = list(KINDS)
    for k in range(n):
        rng = np.random.default_rng([seed, k])
        what = _CYCLE[k % len(_CYCLE)]
        if what in ("own", "near"):
            page = draw(rng, hands, fonts, "near" if what == "near" else None)
            scale = float(rng.uniform(*_SCALES)) if what == "own" and rng.random() < 0.5 else 1.0
            size = round(scale * page.gray.shape[1]), round(scale * page.gray.shape[0])
            way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            gray = cv2.resize(page.gray, size, interpolation=way)
            owner = cv2.resize(page.owner, size, interpolation=cv2.INTER_NEAREST)
            yield cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR), owner, page.labels
        elif what == "sheet":
            sheet = draw_sheet(rng, kind=kinds[k % len(kinds)], difficulty=float(rng.uniform(0.2, 1)))
            yield sheet.image, sheet.owner, sheet.drawn
        else:
            scene = draw_scene_without_digits(rng, difficulty=float(rng.uniform(0.2, 1)))
            yield scene.image, np.full(scene.image.shape[:2], -1, np.int16), []


def _drawn(owner: np.ndarray, labels: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Boxes `(m, 4)` around the digits of a page, and what they are `(m,)`."""
    digit = np.append(np.asarray(labels, np.int64) < NOT_A_DIGIT, False)
    ys, xs = np.nonzero(digit[owner])
    its = owner[ys, xs]
    boxes, names = [], []
    for k in np.unique(its):
        own = its == k
        if own.sum() > _LEAST:
            boxes.append((xs[own].min(), ys[own].min(), xs[own].max() + 1, ys[own].max() + 1))
            names.append(labels[k])
    return np.array(boxes, np.float64).reshape(-1, 4), np.array(names, np.int64)


def _larger(boxes: np.ndarray, room: np.ndarray) -> np.ndarray:
    return boxes + room * np.array([-1, -1, 1, 1])


def label_bodies(
    boxes: np.ndarray, said: np.ndarray, drawn: np.ndarray, names: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Which boxes are a digit, named rightly: `(n,) bool`; and the digit that each is nearest to."""
    if len(boxes) == 0 or len(drawn) == 0:
        return np.zeros(len(boxes), bool), np.zeros(len(boxes), np.int64)
    # A 1 is so narrow that a pixel more or less would make its box another one.
    room = _ROOM * (drawn[:, 2:] - drawn[:, :2]).max(axis=1, keepdims=True)
    overlap = np.stack(
        [overlaps(_larger(boxes, each), _larger(box[None], each))[:, 0] for box, each in zip(drawn, room, strict=True)],
        axis=1,
    )
    its = overlap.argmax(axis=1)
    return (overlap.max(axis=1) > _OVERLAP) & (said == names[its]), its


def grow(examples: Examples, seed: int = 0) -> tuple[Trees, Trees, np.ndarray]:
    """The trees for a body alone and for all together, and the log-odds `(n,)` by trees that have not seen its page."""
    features, right, fold = examples.features, examples.right, examples.page * 7919 % _FOLDS
    weight = _weight(examples.page)
    odds = _out_of_fold(features, right, weight, fold, seed)
    company = np.empty((len(features), len(TOGETHER)))
    for page in np.unique(examples.page):
        own = examples.page == page
        company[own] = features_together(examples.xyxy[own], features[own], odds[own])
    both = np.concatenate([features, odds[:, None], company], axis=1)
    odds = _out_of_fold(both, right, weight, fold, seed) + np.log(MISS_COST)
    together = _grown(both, right, weight, seed)
    return _grown(features, right, weight, seed), replace(together, bias=together.bias + np.log(MISS_COST)), odds


def save(path: Path, alone: Trees, together: Trees, more: dict[str, Any]) -> None:
    """Write the trees as `realtime.recognition.decide` reads them, and their card, which says `more`, beside them."""
    stages = {"first": alone, "second": together}
    arrays = {f"{stage} {name}": value for stage, trees in stages.items() for name, value in vars(trees).items()}
    np.savez_compressed(path, alone=ALONE, together=TOGETHER, **arrays)
    card = {
        "name": path.stem,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "what": "boosted decision trees: how likely a body is a digit, by itself and among the others of its frame",
        "input": f"(n, {len(ALONE)}) and (n, {len(ALONE) + 1 + len(TOGETHER)}) float64, "
        "as realtime.recognition.decide tells",
        "output": "log-odds that each is the digit that it looks like",
        **more,
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _weight(page: np.ndarray) -> np.ndarray:
    """What each body counts, 1 in the mean: the less the more of them its page has."""
    weight = 1 / np.maximum(np.bincount(page)[page], _FEW)
    return weight / weight.mean()


def _out_of_fold(
    features: np.ndarray, right: np.ndarray, weight: np.ndarray, fold: np.ndarray, seed: int
) -> np.ndarray:
    odds = np.empty(len(features))
    for k in range(_FOLDS):
        own = fold != k
        odds[~own] = _grown(features[own], right[own], weight[own], seed)(features[~own])
    return odds


def _grown(features: np.ndarray, right: np.ndarray, weight: np.ndarray, seed: int) -> Trees:
    model = GradientBoostingClassifier(
        n_estimators=_TREES, learning_rate=_RATE, max_depth=_DEPTH, subsample=0.5, min_samples_leaf=20,
        max_features=0.5, random_state=seed,
    ).fit(features, right, weight)  # fmt: skip
    sign, bound, value = zip(*(heap(tree.tree_, _DEPTH) for tree in model.estimators_[:, 0]), strict=True)
    prior = np.average(right, weights=weight)
    return Trees(
        np.array(sign, np.uint8),
        np.array(bound),
        _RATE * np.array(value, np.float32),
        float(np.log(prior / (1 - prior))),
    )

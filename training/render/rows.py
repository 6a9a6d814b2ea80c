"""Rows of other people's digits, written close together on a page: what MNIST's hands look like to the recogniser.

The images of the data sets are single digits. Here they stand in rows, touching or apart, on plain, ruled or squared
paper, with letters among them; it is known of every bit of ink whose it is, so that what the recogniser cuts out can
be named to the pixel.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from tqdm import tqdm

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from realtime.system.processes import SPAWN
from training.data.sources import TRAIN, Source, split
from training.render.labelling import chosen, named
from training.render.rendered import cuts


@dataclass(frozen=True, eq=False)
class Written:
    """A shape on a page: its label, 10 for a letter, and the corner and mask `(h, w) bool` of its ink."""

    label: int
    x: int
    y: int
    mask: np.ndarray


@dataclass(frozen=True, eq=False)
class Hands:
    """Where the shapes come from.

    Attributes:
        digits: `(n, 28, 28) uint8`, ink bright, those of like thickness beside each other.
        labels: `(n,)` what they are.
        letters: `(m, 28, 28) uint8`, things that are none.
    """

    digits: np.ndarray
    labels: np.ndarray
    letters: np.ndarray

    @classmethod
    def of(cls, sources: list[Source]) -> Hands:
        """All that may be learnt from; small sources up to three times, so that no hand is rare."""
        parts = [source.take(TRAIN) for source in sources if source.digits]
        most = max(len(part[1]) for part in parts)
        parts = [part for part in parts for _ in range(min(3, max(1, most // max(1, len(part[1])))))]
        digits, labels = np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])
        others = [source.take(TRAIN)[0] for source in sources if not source.digits]
        order = np.argsort(digits.mean(axis=(1, 2)), kind="stable")
        return cls(digits[order], labels[order], np.concatenate(others) if others else np.zeros((0, 28, 28), np.uint8))


def source(pages: int, sources: list[Source], seed: int, processes: int) -> Source:
    """Cuts of `pages` pages, written with the training parts of all sources of digits.

    Args:
        pages: how many; a page gives about sixty images, two in three of them digits.
        sources: digits, and letters to write among them.
        seed: the same seed gives the same images, whatever the number of processes.
        processes: processor cores to use.
    """
    hands = Hands.of(sources)
    images, labels = [], []
    with ProcessPoolExecutor(processes, SPAWN, initializer=_start, initargs=(hands,)) as pool:
        done: Iterable[tuple[np.ndarray, np.ndarray]] = pool.map(
            _cut_page, ((seed, i) for i in range(pages)), chunksize=16
        )
        for page_images, page_labels in tqdm(done, total=pages, desc="pages of rows", disable=None):
            images.append(page_images)
            labels.append(page_labels)
    everything = np.concatenate(images)
    return Source("rows", everything, np.concatenate(labels), split(everything))


_hands: Hands


def _start(hands: Hands) -> None:
    global _hands
    _hands = hands
    cv2.setNumThreads(1)


def _cut_page(job: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(job)
    image, written = draw_page(rng, _hands)
    labels = np.array([shape.label for shape in written], np.int64)
    pairs = named(cuts(image), owners(image.shape[:2], written), labels, rng)
    crops, names = chosen(pairs, rng)
    return np.rint(normalize(crops) * 255).astype(np.uint8), np.array(names, np.int64)


def draw_page(rng: np.random.Generator, hands: Hands) -> tuple[np.ndarray, list[Written]]:
    """A page `(h, w, 3) uint8` of rows, and all that stands on it."""
    height = float(np.exp(rng.uniform(np.log(16), np.log(80))))
    w, h = 720, int(np.clip(height * rng.uniform(4, 9), 160, 480))
    ink = np.zeros((h, w), np.uint8)
    written: list[Written] = []
    cut, gain = rng.uniform(0.3, 0.7), rng.uniform(1.2, 6)
    pen = int(rng.integers(len(hands.labels))), max(1, len(hands.labels) // 5)
    touching = rng.choice([0.0, 0.3, 0.6, 0.9])
    ragged = rng.uniform(0, 0.06)
    slope = rng.normal(0, 0.02)
    y = rng.uniform(0.2, 0.8) * height
    base_lines = []
    while y + 1.3 * height < h:
        x = rng.uniform(0.2, 1.5) * height
        base_lines.append(y + height)
        while x < w - 1.2 * height:
            words = rng.random() < 0.12 and len(hands.letters) > 0
            edge = None
            for _ in range(int(rng.integers(1, 7))):
                if words:
                    label, image = NOT_A_DIGIT, hands.letters[rng.integers(len(hands.letters))]
                else:
                    k = (pen[0] + int(rng.integers(pen[1]))) % len(hands.labels)
                    label, image = int(hands.labels[k]), hands.digits[k]
                shape = _inked(image, height * float(np.exp(rng.normal(0, 0.07))), cut, gain)
                sh, sw = shape.shape
                top = int(np.clip(y + height - sh + rng.normal(0, ragged) * height + slope * x, 0, h - sh - 1))
                if edge is None:
                    left = x
                else:
                    gap = -rng.uniform(-0.03, 0.08) if rng.random() < touching else rng.uniform(0.03, 0.4)
                    left = _beside(edge, shape, top) + gap * height
                left = int(left)
                if left < 0 or left + sw >= w:
                    break
                place = ink[top : top + sh, left : left + sw]
                np.maximum(place, shape, out=place)
                written.append(Written(label, left, top, shape > 96))
                edge = _edge(shape, left, top, h)
                x = left + sw
            x += rng.uniform(0.5, 1.8) * height
        y += rng.uniform(1.35, 2.0) * height
    return _photographed(rng, ink, base_lines, height), written


def owners(shape: tuple[int, int], written: list[Written]) -> np.ndarray:
    """Whose ink each pixel is: index into `written`, -1 for nobody's."""
    owner = np.full(shape, -1, np.int32)
    for k, each in enumerate(written):
        h, w = each.mask.shape
        owner[each.y : each.y + h, each.x : each.x + w][each.mask] = k
    return owner


def _inked(image: np.ndarray, height: float, cut: float, gain: float) -> np.ndarray:
    """A shape in the size of a page, its edge as sharp as a pen's, its longer side `height` pixels."""
    x, y, w, h = cv2.boundingRect(cv2.compare(image, 40, cv2.CMP_GE))
    scale = height / max(w, h)
    room = image[max(0, y - 1) : y + h + 1, max(0, x - 1) : x + w + 1]
    size = max(2, round(room.shape[1] * scale)), max(2, round(room.shape[0] * scale))
    large = cv2.resize(room, size, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    if scale > 1.5:
        large = cv2.GaussianBlur(large, (0, 0), 0.35 * scale)
    return np.clip(((large / 255.0 - cut) * gain + 0.5) * 255, 0, 255).astype(np.uint8) * (large > 20)


def _edge(shape: np.ndarray, left: int, top: int, page: int) -> np.ndarray:
    """How far a shape reaches to the right in each row of the page; far left where it has no ink."""
    edge = np.full(page, -1e6)
    pen = shape > 96
    inked = pen.any(axis=1)
    edge[top : top + len(shape)][inked] = left + shape.shape[1] - pen[inked, ::-1].argmax(axis=1)
    return edge


def _beside(edge: np.ndarray, shape: np.ndarray, top: int) -> float:
    """Where a shape must stand to touch what ends at `edge`."""
    pen = shape > 96
    inked = pen.any(axis=1)
    reach = cv2.dilate(edge.reshape(-1, 1), np.ones((5, 1)))[:, 0][top : top + len(shape)]
    return float((reach[inked] - pen[inked].argmax(axis=1)).max(initial=edge.max() - shape.shape[1]))


def _photographed(rng: np.random.Generator, ink: np.ndarray, base_lines: list[float], height: float) -> np.ndarray:
    """The page as a camera sees it, with its ruling."""
    h, w = ink.shape
    paper = np.full((h, w), rng.uniform(140, 250), np.float32)
    paper *= (
        1
        + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, w)[None]
        + rng.uniform(-0.2, 0.2) * np.linspace(-1, 1, h)[:, None]
    )
    dark = rng.uniform(0.3, 0.95)
    covered = dark * ink.astype(np.float32) / 255
    kind = rng.choice(["plain", "ruled", "squared"], p=[0.55, 0.25, 0.2])
    if kind != "plain":
        lines = np.zeros((h, w), np.uint8)
        thick = max(1, round(height * rng.uniform(0.015, 0.05)))
        fall = rng.normal(0, 0.01) * w
        if kind == "ruled":
            levels = [y + rng.normal(0, 0.03) * height for y in base_lines]
        else:
            levels = list(np.arange(rng.uniform(0, height), h, height * rng.choice([0.62, 0.8, 1.05])))
            for x in np.arange(rng.uniform(0, height), w, height * rng.choice([0.62, 0.8, 1.05])):
                cv2.line(lines, (round(x), 0), (round(x - fall * h / w), h), 255, thick, cv2.LINE_AA)
        for y in levels:
            cv2.line(lines, (0, round(y)), (w, round(y + fall)), 255, thick, cv2.LINE_AA)
        covered = np.maximum(covered, rng.uniform(0.25, 0.8) * dark * lines.astype(np.float32) / 255)
    image = paper * (1 - covered)
    image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.3, 0.9) * max(1.0, height / 40))
    image += rng.normal(0, rng.uniform(0.5, 5), (h, w))
    image = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.06:
        image = 255 - image
    if rng.random() < 0.3:
        image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 90))])[1], 0)
    return cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)

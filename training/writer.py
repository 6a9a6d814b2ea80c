"""A made-up person to try `personalize` with: a hand of our own pen that the network does not read well.

python -m training.writer FOLDER          # FOLDER/learn: 10 of each digit; FOLDER/test: 50 of each
python -m training personalize FOLDER/learn --test FOLDER/test
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from realtime.glyphs.normalize import normalize
from realtime.recognition.classifier import DEFAULT_MODEL, Classifier, ModelError
from realtime.sinks.own_digits import OwnDigitsError, add_digits
from training.render.handwriting import Hand, digit_image, pen_width

BELOW = 0.9
"""The share of a writer's digits that the network may read rightly."""

OF_EACH, TEST_OF_EACH = 10, 50

_TRIED = 20  # of each digit, to see how a hand is read
_MOST = 1000  # writers tried

_SLANT = 0.45, 0.8
_ASPECTS = 0.5, 0.6, 1.5, 1.8
_ROUNDNESS = 0.15, 0.35


def write(seed: int, of_each: int, sheet: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Digits of one hand.

    Args:
        seed: the writer, with one pen.
        of_each: how many of each digit.
        sheet: another one has the same digits written anew.

    Returns:
        `(n, 28, 28) float32`, normalised, and labels `(n,) int64`, 0 to 9 again and again.
    """
    rng = np.random.default_rng(seed)
    hand, width = Hand(rng), pen_width(rng)
    # Odder than any hand that the network has learnt from.
    hand.slant = float(rng.choice([-1, 1]) * rng.uniform(*_SLANT))
    hand.aspect = float(rng.choice(_ASPECTS))
    hand.roundness = float(rng.uniform(*_ROUNDNESS))
    rng = np.random.default_rng([seed, sheet])
    labels = np.arange(10 * of_each) % 10
    return normalize([digit_image(rng, int(digit), 40, width, hand) for digit in labels]), labels


def hard_writers(classifier: Callable[[np.ndarray], np.ndarray], below: float = BELOW) -> Iterator[tuple[int, float]]:
    """Seeds of writers of whom the network reads less than `below`, and the share it reads."""
    for seed in range(_MOST):
        images, labels = write(seed, _TRIED, sheet=2)
        share = float((classifier(images).argmax(axis=1) == labels).mean())
        if share < below:
            yield seed, share


def save(folder: Path, images: np.ndarray, labels: np.ndarray, probabilities: np.ndarray) -> None:
    """Write digits as `realtime.sinks.own_digits` does, with a sheet of all of them for the frame."""
    across, side = 10, images.shape[1]
    rows = [np.hstack(list(images[i : i + across])) for i in range(0, len(images), across)]
    sheet = cv2.cvtColor(255 - np.rint(255 * np.vstack(rows)).astype(np.uint8), cv2.COLOR_GRAY2BGR)
    corner = np.stack([np.arange(len(labels)) % across, np.arange(len(labels)) // across], axis=1) * side
    read = probabilities.argmax(axis=1).tolist()
    confidence = probabilities.max(axis=1).tolist()
    boxes = np.hstack([corner, corner + side])
    add_digits(folder, images, labels.tolist(), read=read, confidence=confidence, frame=sheet, xyxy=boxes)


def main(argv: list[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser("python -m training.writer", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", type=Path, default=DEFAULT_MODEL, help="a .tflite (the shipped one)")
    parser.add_argument("--skip", type=int, default=0, metavar="N", help="leave out the first N such writers")
    options = parser.parse_args(argv)
    try:
        classifier = Classifier(options.model)
        found = next((each for i, each in enumerate(hard_writers(classifier)) if i == options.skip), None)
        if found is None:
            print(f"error: no such writer among {_MOST}", file=sys.stderr)
            return 1
        for part, of_each, sheet in (("learn", OF_EACH, 0), ("test", TEST_OF_EACH, 1)):
            images, labels = write(found[0], of_each, sheet)
            save(options.folder / part, images, labels, classifier(images))
    except (ModelError, OwnDigitsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"writer {found[0]}, {100 * found[1]:.1f} % read: {options.folder / 'learn'} and {options.folder / 'test'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

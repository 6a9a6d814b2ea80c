"""Boxes of digits as people space them, without pictures: what is one number, and what one line?

Each style is one that a reader would not doubt. All lengths are in heights of a digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from realtime.detections import CLASSES, Detections

SEED = 7102
PAGES = 8
"""Pages of each style."""


@dataclass(frozen=True)
class Spacing:
    """How digits are set on a page; ranges are (least, most).

    Attributes:
        gap: between two digits of a number.
        space: between two numbers.
        length: digits of a number.
        pitch: from one line to the next.
        wobble: standard deviation of a digit's height above its line.
        slope: steepest slope of the lines.
        skew: the larger, the rarer are gaps near the most.
    """

    gap: tuple[float, float]
    space: tuple[float, float]
    length: tuple[int, int] = (2, 6)
    pitch: tuple[float, float] = (1.6, 2.2)
    wobble: float = 0.04
    slope: float = 0.03
    skew: int = 1


STYLES = {
    "narrow": Spacing(gap=(0.08, 0.34), space=(0.5, 0.65), length=(3, 6), skew=4),
    "usual": Spacing(gap=(0.2, 0.32), space=(0.85, 1.7)),
    "wide": Spacing(gap=(0.52, 0.6), space=(1.0, 1.1), length=(3, 5)),
    "uneven": Spacing(gap=(0.3, 0.62), space=(1.3, 1.8), length=(3, 6), skew=4),
    "loose": Spacing(gap=(0.95, 1.3), space=(2.4, 3.0), length=(3, 5)),
    "columns": Spacing(gap=(0.2, 0.3), space=(2.2, 3.2), length=(1, 1)),
    "dense": Spacing(gap=(0.2, 0.32), space=(0.85, 1.4), pitch=(1.12, 1.2), wobble=0.03, slope=0.0),
    "wavy": Spacing(gap=(0.2, 0.32), space=(0.85, 1.4), pitch=(2.0, 2.4), wobble=0.13),
    "sloping": Spacing(gap=(0.2, 0.32), space=(0.85, 1.4), pitch=(1.8, 2.2), slope=0.3),
}
"""Ways to space digits by name."""


def pages(style: str) -> list[tuple[Detections, list[str]]]:
    """Digits and the lines they stand in, a space between two numbers."""
    rng = np.random.default_rng([SEED, list(STYLES).index(style)])
    return [_page(rng, STYLES[style]) for _ in range(PAGES)]


def _page(rng: np.random.Generator, spacing: Spacing) -> tuple[Detections, list[str]]:
    height = rng.uniform(24, 60)
    slope = rng.uniform(-spacing.slope, spacing.slope)
    low, high = spacing.gap
    boxes, digits, lines = [], [], []
    y = 0.0
    for _ in range(6):
        x, numbers = rng.uniform(0, 1), []
        for _ in range(int(rng.integers(3, 6))):
            number = "".join(map(str, rng.integers(0, 10, rng.integers(spacing.length[0], spacing.length[1] + 1))))
            for digit in number:
                wide = 0.2 if digit == "1" else rng.uniform(0.5, 0.65)
                tall = rng.uniform(0.94, 1.06)
                middle = y + slope * x + rng.normal(0, spacing.wobble)
                boxes.append([x, middle - tall / 2, x + wide, middle + tall / 2])
                digits.append(int(digit))
                x += wide + low + (high - low) * rng.random() ** spacing.skew
            x += rng.uniform(*spacing.space) - low
            numbers.append(number)
        lines.append(" ".join(numbers))
        y += rng.uniform(*spacing.pitch)
    order = rng.permutation(len(digits))  # nothing may hang on the order in which digits are found
    xyxy = np.rint((np.array(boxes) + 4) * height).astype(np.int32)[order]
    return Detections.from_probabilities(xyxy, np.eye(CLASSES, dtype=np.float32)[np.array(digits)[order]]), lines

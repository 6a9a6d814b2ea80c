"""Digits that touch: where a reader of rows, if there is one, parts the bodies that hold several of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np

from realtime.ink.eye import Seen

RowReader = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]
"""Reads a row of ink, `(h, w) uint8` and bright: the middle of each digit in pixels from the left, `(m,)` and
ascending, and the probabilities of what each is, `(m, 11)`."""

BROAD = 1.1
"""Width over height from which a body may hold several digits although it has one core."""


def read_row(seen: Seen, reader: RowReader) -> Seen:
    """The same bodies with the parts that a reader of rows finds in those that may hold several digits.

    Parts by cores of a body stay beside those by the reader's peaks: the naming network and the decision choose.
    """
    box = seen.xyxy
    broad = (box[:, 2] - box[:, 0]) > BROAD * (box[:, 3] - box[:, 1])
    several = np.flatnonzero((seen.whole < 0) & (broad | np.isin(np.arange(len(box)), seen.whole)))
    rows, boxes, crops = [], [], []
    for k in several.tolist():
        crop = seen.crops[k]
        peaks, _ = reader(crop)
        if len(peaks) < 2:
            continue
        scale = (box[k, 2] - box[k, 0]) / crop.shape[1]
        for left, part in _parts(crop, peaks):
            x, y, w, h = cv2.boundingRect(part)
            if w == 0:
                continue
            rows.append(k)
            crops.append(part[y : y + h, x : x + w])
            corner = np.array([left + x, y, left + x + w, y + h]) * scale
            boxes.append(np.rint(corner).astype(np.int32) + np.tile(box[k, :2], 2))
    if not rows:
        return seen
    of = np.array(rows)
    return replace(
        seen,
        xyxy=np.concatenate([box, np.array(boxes, np.int32)]),
        crops=seen.crops + crops,
        trust=np.concatenate([seen.trust, seen.trust[of]]),
        fit=np.concatenate([seen.fit, seen.fit[of]]),
        size=np.concatenate([seen.size, np.array([max(crop.shape) for crop in crops], np.float32)]),
        whole=np.concatenate([seen.whole, of]),
        around=np.concatenate([seen.around, seen.around[of]]),
    )


def _parts(crop: np.ndarray, peaks: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """A crop cut halfway between its digits: the left of each part, and the part."""
    cuts = [0, *np.rint((peaks[1:] + peaks[:-1]) / 2).astype(int).tolist(), crop.shape[1]]
    return [(left, crop[:, left:right]) for left, right in pairwise(cuts) if right > left]

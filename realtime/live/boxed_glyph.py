"""Glyphs in boxes that the user drew: cut out and normalised as the recogniser does it, and kept for training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import normalize
from realtime.ink import strokes
from realtime.ink.strokes import NEAR
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import Added, add_digits

_DUST = 4  # pixels: a piece that is smaller both ways is no part of a digit
_FAINTEST = 14  # of 255: weaker ink is noise, even where somebody says that there is some
_ROUGH = 0.2  # of its longer side: so far from the edge of a digit a box may end
_STRENGTH = 0.35  # in a box without any ink that counted, ink counts from this share of its strongest


@dataclass(frozen=True, eq=False)
class BoxedGlyph:
    """The ink that a user drew a box around.

    Attributes:
        xyxy: `(4,) int32`, the ink's own box in pixels of the frame.
        crop: `(28, 28) float32`, ink 1, paper 0, as `realtime.glyphs.normalize` makes it.
    """

    xyxy: np.ndarray
    crop: np.ndarray


def cut_out(frame: NDArray[np.uint8], ink: NDArray[np.uint8], boxes: np.ndarray) -> list[BoxedGlyph | None]:
    """The glyph in each of some boxes.

    Pieces of ink that lie in the box for the most part are taken: whole where they reach but a little beyond it, so
    that it may be drawn roughly; one that reaches farther hangs on something else, and is cut where the box ends. Other
    pieces are a neighbour's. Where there are only others, digits touch, and the box cuts them. Ink too faint for the
    recogniser is looked for as well.

    Args:
        frame: `(H, W, 3) uint8` BGR.
        ink: `(h, w) uint8`, the ink that the recogniser saw in this frame: `Trace.ink`.
        boxes: `(n, 4)`, xyxy in pixels of the frame; they may reach beyond it.

    Returns:
        None for a box without ink.
    """
    scale = ink.shape[1] / frame.shape[1]
    mask = cv2.compare(ink, strokes.LIMITS.dark[0], cv2.CMP_GE)
    return [_cut(ink, mask, np.asarray(box, np.float64) * scale, scale) for box in boxes]


def add_glyphs(
    folder: str | Path,
    trace: Trace,
    frame: NDArray[np.uint8],
    labels: dict[int, int],
    boxed: Sequence[tuple[BoxedGlyph, int]] = (),
) -> Added:
    """Add glyphs of one frame to a folder of one's own digits.

    Args:
        folder: made where it is missing.
        trace: of the frame.
        frame: `(H, W, 3) uint8` BGR.
        labels: rows of the trace's arrays, and what each is, 0 to 10; 10 is no digit.
        boxed: glyphs that the recogniser missed, and what each is; they count as read as no digit, with confidence 0.

    Returns:
        What was written.

    Raises:
        OwnDigitsError: the folder cannot be written to.
    """
    glyphs = list(labels)
    answers = trace.probabilities[glyphs]
    return add_digits(
        folder,
        np.concatenate([trace.crops[glyphs], *(glyph.crop[None] for glyph, _ in boxed)]),
        [*labels.values(), *(label for _, label in boxed)],
        read=[*answers.argmax(axis=1).tolist(), *(NOT_A_DIGIT for _ in boxed)],
        confidence=[*answers.max(axis=1, initial=0).tolist(), *(0.0 for _ in boxed)],
        frame=frame,
        xyxy=np.concatenate([trace.boxes[glyphs], *(glyph.xyxy[None] for glyph, _ in boxed)]),
    )


def _cut(ink: NDArray[np.uint8], mask: np.ndarray, xyxy: np.ndarray, scale: float) -> BoxedGlyph | None:
    """The glyph in a box, in pixels of the ink, which has `scale` of them to one of the frame."""
    h, w = ink.shape
    left, top = np.maximum(np.floor(xyxy[:2]), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(xyxy[2:]), (w, h)).astype(int).tolist()
    if left >= right or top >= bottom:
        return None
    box = left, top, right, bottom
    meant = _meant(mask, box)
    if meant is None:
        around = np.zeros_like(ink)
        around[top:bottom, left:right] = ink[top:bottom, left:right]
        meant = _meant(cv2.compare(around, max(_FAINTEST, _STRENGTH * int(around.max())), cv2.CMP_GT), box)
    if meant is None:
        return None
    x, y, across, down = cv2.boundingRect(meant)
    tight = np.array([x, y, x + across, y + down])
    x0, y0, x1, y1 = max(0, x - 1), max(0, y - 1), x + across + 1, y + down + 1
    crop = cv2.bitwise_and(ink, cv2.dilate(meant, NEAR))[y0:y1, x0:x1]
    return BoxedGlyph(np.rint(tight / scale).astype(np.int32), normalize([crop])[0])


def _meant(mask: np.ndarray, box: tuple[int, int, int, int]) -> np.ndarray | None:
    """The ink of a mask that is meant by a box in its pixels, `(h, w) uint8` 0 or 255; None where there is none."""
    left, top, right, bottom = box
    count, label, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    inside = np.zeros(mask.shape, bool)
    inside[top:bottom, left:right] = True
    shares = np.bincount(label[inside], minlength=count)
    x, y, across, down, size = stats.T
    there = (shares > 0) & (np.maximum(across, down) >= _DUST)
    there[0] = False
    mostly = there & (2 * shares >= size)
    rough = _ROUGH * max(right - left, bottom - top)
    whole = (x >= left - rough) & (y >= top - rough) & (x + across <= right + rough) & (y + down <= bottom + rough)
    taken = mostly if mostly.any() else there
    meant = (mostly & whole)[label] | (taken[label] & inside)
    return np.where(meant, 255, 0).astype(np.uint8) if meant.any() else None

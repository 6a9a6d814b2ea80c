"""Whether what looks like a digit stands where digits stand: told by its surroundings, weighed together.

A stroke of a letter, a rest of ruling and a grain of wood can look like a perfect 1. But one has letters around it,
one is fainter than any pen, and one lies on rough ground. Each such sign is weak, and means another thing beside other
signs; boosted decision trees weigh them, grown on the digits and the mistakes of many drawn pages
(`python -m training context`).
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from zipfile import BadZipFile

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT, Detections
from realtime.model_file import FOLDER, ModelError, read_model
from realtime.pen import Pen, direction, pen_of
from realtime.segment import Segmentation
from realtime.trees import add_up

FILE = FOLDER / "context.npz"

SIGNS = (
    "sure",  # log-odds of the digit
    "one",  # it is a 1
    "leaning",  # a 1 by how much it leans, in radians
    "many",  # how many digits there are, as a logarithm
    "row",  # digits beside it
    "column",  # and above or below it
    "near",  # and anywhere near, as a logarithm
    "strangers",  # shapes of about its size near it that are no digits, as a logarithm
    "crowd",  # and on the whole page,
    "share",  # as a share of all shapes of its size,
    "litter",  # and of any size
    "cut",  # it was cut from a piece of ink
    "joined",  # or joined from several
    "tall",  # its height beside the usual one, as a logarithm
    "broad",  # width over height
    "high",  # height as a share of the frame
    "dark",  # how dark its pen is,
    "paler",  # beside that of the other digits, as a logarithm,
    "palest",  # beside the darkest shapes of the page,
    "clear",  # and beside the roughness of the ground, as a logarithm
    "thick",  # thickness of its pen in heights
    "thicker",  # beside the usual one, as a logarithm
    "sharp",  # how steep the edges of its strokes are, in shares of its ink a pixel
    "beset",  # share of ink close around it
    "busy",  # and in a wider neighbourhood
)
"""What is told of each digit."""

_SURELY_NONE = 0.8  # probability of "not a digit" from which a shape is none
_LIKE = 0.4, 2.0  # heights of its own at which another shape is of about its size
_NEAR = 4.0  # heights
_ROW = 3.0, 0.6  # heights aside and up or down at which a digit stands beside another
_COLUMN = 0.8, 3.0
_FEW = 3  # neighbours; more tell no more
_CROWD = 12.0  # nor do more digits
# Nor is more told where it would not make a digit likelier: who holds one up close writes it as thick, dark and sharp
# as he likes, and drawn pages do not show all ways.
_SURE = 4.0  # log-odds
_HIGH = 0.15  # share of the frame
_THIN = 0.05  # heights
_DARK, _CLEAR, _SHARP = 0.2, 3.0, 1.4
_CLOSE, _WIDE = 0.5, 1.5  # heights around it that are looked at


@dataclass(frozen=True, eq=False)
class Context:
    """Decision trees of one depth, as `realtime.trees` stores them.

    Attributes:
        sign: `(t, nodes) int64`, the column of `SIGNS` that a node asks about,
        bound: `(t, nodes) float32`, and whether that is more than this.
        value: `(t, nodes + 1) float32`, the leaves: what each tree adds to the log-odds.
        bias: log-odds before any tree.
        least: probability below which a digit is none.
        digest: SHA-256 of the file that the trees came from; empty where they came from none.
    """

    sign: np.ndarray
    bound: np.ndarray
    value: np.ndarray
    bias: float
    least: float
    digest: str = ""

    def __call__(self, told: np.ndarray) -> np.ndarray:
        """Probability that each is a digit, `(n,)`, by what is told of them, `(n, s)`."""
        score = add_up(self.sign, self.bound, self.value, told) + self.bias
        return 1 / (1 + np.exp(-score))

    def accepts(self, told: np.ndarray) -> np.ndarray:
        """Which of them are digits, `(n,) bool`."""
        return self(told) >= self.least


@cache
def shipped() -> Context:
    """The trees in `models/context.npz`.

    Raises:
        ModelError: the file is missing, damaged, not the one of its card, or grown for other signs.
    """
    content, _ = read_model(FILE)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            if tuple(stored["signs"]) != SIGNS:
                raise ModelError(f"{FILE} was grown for other signs: python -m training context")
            return Context(
                stored["sign"].astype(np.int64),
                stored["bound"],
                stored["value"],
                float(stored["bias"]),
                float(stored["least"]),
                hashlib.sha256(content).hexdigest(),
            )
    except (ValueError, KeyError, TypeError, EOFError, OSError, BadZipFile) as error:
        raise ModelError(f"{FILE} does not hold decision trees: {error}") from error


def tell(detections: Detections, glyphs: np.ndarray, seen: Segmentation, probabilities: np.ndarray) -> np.ndarray:
    """What the surroundings of digits tell.

    Args:
        detections: what is taken for digits.
        glyphs: `(n,)`, of each the index of its glyph.
        seen: the way to see the frame that they were found in.
        probabilities: `(m, 11)`, what the network says of each glyph.

    Returns:
        `(n, s)`, a column for each of `SIGNS`.
    """
    n = len(detections)
    if n == 0:
        return np.zeros((0, len(SIGNS)))
    boxes = np.array([glyph.xyxy for glyph in seen.glyphs], np.float64)
    whole = np.array([glyph.whole for glyph in seen.glyphs], bool)
    own = [seen.glyphs[k] for k in glyphs.tolist()]
    box = boxes[glyphs]
    height = np.maximum(box[:, 3] - box[:, 1], 1)
    one = detections.digit == 1
    pens = [pen_of(glyph.crop) for glyph in own]
    dark = np.array([pen.dark for pen in pens])
    thick = np.array([pen.thick for pen in pens]) / (height * seen.scale)
    sharp = np.array([_sharp(glyph.crop, pen) for glyph, pen in zip(own, pens, strict=True)])
    lean = [abs(np.pi / 2 - abs(direction(pen.mask))) if is_one else 0 for pen, is_one in zip(pens, one, strict=True)]
    sure = np.clip(detections.confidence.astype(np.float64), 1e-4, 1 - 1e-4)

    strangers = boxes[whole & (probabilities[:, NOT_A_DIGIT] > _SURELY_NONE)]
    size = (strangers[:, 3] - strangers[:, 1]) / height[:, None]
    like = (size > _LIKE[0]) & (size < _LIKE[1])
    near = like & (_away(box, strangers, height) < _NEAR)
    crowd = like.sum(axis=1)

    aside, along = np.abs(_centers(box)[:, None] - _centers(box)).transpose(2, 0, 1) / height[:, None]
    other = ~np.eye(n, dtype=bool)
    row = (other & (aside < _ROW[0]) & (along < _ROW[1])).sum(axis=1)
    column = (other & (aside < _COLUMN[0]) & (along < _COLUMN[1])).sum(axis=1)
    around = (other & (np.hypot(aside, along) < _NEAR)).sum(axis=1)

    peaks = [int(glyph.crop.max(initial=0)) for glyph, single in zip(seen.glyphs, whole, strict=True) if single]
    darkest = float(np.sort(peaks)[int(0.9 * (len(peaks) - 1))]) if peaks else 255.0
    peak = np.array([float(glyph.crop.max(initial=0)) for glyph in own])
    grounds = np.array([_ground(seen, b) for b in box])
    columns = {
        "sure": np.minimum(np.log(sure / (1 - sure)), _SURE),
        "one": one,
        "leaning": lean,
        "many": np.full(n, np.log1p(min(n, _CROWD))),
        "row": np.minimum(row, _FEW),
        "column": np.minimum(column, _FEW),
        "near": np.log1p(around),
        "strangers": np.log1p(near.sum(axis=1)),
        "crowd": np.log1p(crowd),
        "share": crowd / (crowd + n),
        "litter": np.full(n, np.log1p(len(strangers))),
        "cut": [glyph.cut_from >= 0 for glyph in own],
        "joined": [glyph.joined for glyph in own],
        "tall": np.log(height / np.median(height)),
        "broad": (box[:, 2] - box[:, 0]) / height,
        "high": np.minimum(height * seen.scale / min(seen.mask.shape), _HIGH),
        "dark": np.minimum(dark / 255, _DARK),
        "paler": np.log(np.maximum(dark, 1) / max(1.0, float(np.median(dark)))),
        "palest": np.minimum(peak / max(1.0, darkest), 1),
        "clear": np.minimum(np.log(np.maximum(dark, 1) / grounds[:, 0]), _CLEAR),
        "thick": np.maximum(thick, _THIN),
        "thicker": np.log(thick / np.median(thick)),
        "sharp": np.minimum(sharp, _SHARP),
        "beset": grounds[:, 1],
        "busy": grounds[:, 2],
    }
    return np.stack([np.asarray(columns[name], np.float64) for name in SIGNS], axis=1)


def _centers(boxes: np.ndarray) -> np.ndarray:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _away(boxes: np.ndarray, others: np.ndarray, height: np.ndarray) -> np.ndarray:
    """Distances of boxes `(n, 4)` from others `(m, 4)`, in heights of the first: `(n, m)`."""
    off = _centers(boxes)[:, None] - _centers(others)
    return np.hypot(off[..., 0], off[..., 1]) / height[:, None]


def _sharp(crop: np.ndarray, pen: Pen) -> float:
    """How steep the edges of strokes are, in shares of their ink a pixel."""
    steep = sum(cv2.norm(way, cv2.NORM_L1) for way in cv2.spatialGradient(crop))
    return steep / (8 * pen.outline * max(1.0, pen.dark))


def _ground(seen: Segmentation, box: np.ndarray) -> tuple[float, float, float]:
    """Roughness of the ground around a box, in grey levels of the ink; shares of ink close around it, and wider."""
    x0, y0, x1, y1 = (box * seen.scale).astype(int).tolist()
    inside = seen.mask[y0:y1, x0:x1]
    own, shares = cv2.countNonZero(inside), []
    for reach in (_WIDE, _CLOSE):
        margin = max(2, int(reach * (y1 - y0)))
        window = slice(max(0, y0 - margin), y1 + margin), slice(max(0, x0 - margin), x1 + margin)
        mask = seen.mask[window]
        shares.append((cv2.countNonZero(mask) - own) / max(1, mask.size - inside.size))
    ground = cv2.meanStdDev(seen.ink[window], mask=cv2.bitwise_not(mask))[1].item()
    return max(1.0, ground), shares[1], shares[0]

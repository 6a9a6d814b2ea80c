"""Everything that was seen of one picture, as JSON: for a page that shows how it is read."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from realtime.detections import NOT_A_DIGIT
from realtime.glyphs.normalize import SIDE
from realtime.layout.arrange import arrange
from realtime.recognition.recognizer import glyph_of
from realtime.recognition.trace import Trace
from realtime.web import limits
from realtime.web.data_url import png_url

FATES = "digit", "not sure", "no digit"
"""What became of a glyph, by `Trace.fate`."""

_INK_WIDTH = 1280  # pixels; the mask of a large photo is sent smaller


def in_order(trace: Trace) -> list[tuple[int, int | None]]:
    """The glyphs as they are told: the digits in reading order, then what was likeliest to be one, never too many.

    Returns:
        Index of each in the trace's arrays, and the digit that it was taken for, None for none.
    """
    found = trace.detections
    digit = {glyph_of(trace, k): int(found.digit[k]) for k in arrange(found).order}
    likeliest = trace.probabilities[:, :NOT_A_DIGIT].max(axis=1, initial=0)
    others = [i for i in np.argsort(-likeliest, kind="stable").tolist() if i not in digit]
    return [(i, digit.get(i)) for i in [*digit, *others][: limits.GLYPHS]]


def seen(trace: Trace, size: tuple[int, int]) -> dict[str, Any]:
    """Ink, glyphs, crops and probabilities of a picture of this width and height.

    Returns:
        `size`: as given. `ink`: a PNG of the ink as a data URL. `digit_ink`: the same of what the ink network calls a
        digit's. `glyphs`: a list of `xyxy`, `probabilities` of the eleven classes, `digit`, None for a glyph that was
        not taken for one, and `fate`, one of `FATES`, as ordered by `in_order`. `overlapped`: boxes in whose place a
        likelier glyph stands. `crops`: a PNG as a data URL, the 28x28 crops of the glyphs one below the other.
        `milliseconds`: of each stage.
    """
    order = in_order(trace)
    crops = trace.crops[[i for i, _ in order]].reshape(-1, SIDE) if order else np.zeros((1, SIDE), np.float32)
    return {
        "size": list(size),
        "ink": png_url(_at_most(trace.ink, _INK_WIDTH)),
        "digit_ink": png_url(_at_most(cv2.min(trace.digit_ink, trace.ink), _INK_WIDTH)),
        "overlapped": trace.overlapped[: limits.GLYPHS].tolist(),
        "crops": png_url(np.rint(crops * 255).astype(np.uint8)),
        "glyphs": [
            {
                "xyxy": trace.boxes[i].tolist(),
                "digit": digit,
                "fate": FATES[int(trace.fate[i])],
                "probabilities": [round(float(p), 4) for p in trace.probabilities[i]],
            }
            for i, digit in order
        ],
        "milliseconds": {stage: round(ms, 2) for stage, ms in trace.milliseconds.items()},
    }


def _at_most(image: NDArray[np.uint8], width: int) -> np.ndarray:
    h, w = image.shape[:2]
    return image if w <= width else cv2.resize(image, (width, max(1, h * width // w)), interpolation=cv2.INTER_AREA)

"""Everything that was seen of one picture, as JSON: for a page that shows how it is read."""

from __future__ import annotations

import base64
from typing import Any

import cv2
import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.layout import arrange
from realtime.normalize import SIDE
from realtime.recognizer import Trace
from realtime.web import limits

_INK_WIDTH = 1280  # pixels; the mask of a large photo is sent smaller


def in_order(trace: Trace) -> list[tuple[int, int | None]]:
    """The glyphs as they are told: the digits in reading order, then what was likeliest to be one, never too many.

    Returns:
        Index of each in the trace's arrays, and the digit that it was taken for, None for none.
    """
    found = trace.detections
    rank = {_glyph(found.xyxy[k], found.probabilities[k]): r for r, k in enumerate(arrange(found).order)}
    read = [rank.get(_glyph(*pair)) for pair in zip(trace.boxes, trace.probabilities, strict=True)]
    likeliest = trace.probabilities[:, :NOT_A_DIGIT]
    doubt = 1 - likeliest.max(axis=1, initial=0)
    order = sorted(range(len(read)), key=lambda i: (1, doubt[i]) if (at := read[i]) is None else (0, at))
    return [(i, None if read[i] is None else int(likeliest[i].argmax())) for i in order[: limits.GLYPHS]]


def seen(trace: Trace, size: tuple[int, int]) -> dict[str, Any]:
    """Ink, glyphs, crops and probabilities of a picture of this width and height.

    Returns:
        `size`: as given. `ink`: a PNG of the mask as a data URL. `glyphs`: a list of `xyxy`, `probabilities` of the
        eleven classes and `digit`, None for a glyph that was not taken for one, as ordered by `in_order`. `crops`: a
        PNG as a data URL, the 28x28 crops of these glyphs one below the other. `milliseconds`: of each stage.
    """
    order = in_order(trace)
    crops = trace.crops[[i for i, _ in order]].reshape(-1, SIDE) if order else np.zeros((1, SIDE), np.float32)
    return {
        "size": list(size),
        "ink": _data_url(_at_most(trace.ink, _INK_WIDTH)),
        "crops": _data_url(np.rint(crops * 255).astype(np.uint8)),
        "glyphs": [
            {
                "xyxy": trace.boxes[i].tolist(),
                "digit": digit,
                "probabilities": [round(float(p), 4) for p in trace.probabilities[i]],
            }
            for i, digit in order
        ],
        "milliseconds": {stage: round(ms, 2) for stage, ms in trace.milliseconds.items()},
    }


def _glyph(box: np.ndarray, probabilities: np.ndarray) -> tuple[bytes, bytes]:
    """Tells a glyph from others: two ways to see the same ink have the same box."""
    return box.tobytes(), probabilities.tobytes()


def _at_most(image: np.ndarray, width: int) -> np.ndarray:
    h, w = image.shape[:2]
    return image if w <= width else cv2.resize(image, (width, max(1, h * width // w)), interpolation=cv2.INTER_AREA)


def _data_url(image: np.ndarray) -> str:
    png = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1]
    return "data:image/png;base64," + base64.b64encode(np.asarray(png).tobytes()).decode()

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


def seen(trace: Trace) -> dict[str, Any]:
    """Ink, glyphs, crops and probabilities.

    Returns:
        `ink`: a PNG of the mask as a data URL. `glyphs`: a list of `xyxy`, `probabilities` of the eleven classes and
        `digit`, None for a glyph that was not taken for one; the digits first, in reading order. `crops`: a PNG as a
        data URL, the 28x28 crops of these glyphs one below the other. `milliseconds`: of each stage.
    """
    found = trace.detections
    place = {tuple(found.xyxy[k].tolist()): (rank, k) for rank, k in enumerate(arrange(found).order.tolist())}
    read = [place.get(tuple(box)) for box in trace.boxes.tolist()]
    digits = [None if at is None else int(found.digit[at[1]]) for at in read]
    doubt = 1 - trace.probabilities[:, :NOT_A_DIGIT].max(axis=1, initial=0)
    order = sorted(range(len(read)), key=lambda i: (1, doubt[i]) if (at := read[i]) is None else (0, at[0]))
    order = order[: limits.GLYPHS]
    crops = trace.crops[order].reshape(-1, SIDE) if order else np.zeros((1, SIDE), np.float32)
    return {
        "ink": _data_url(_at_most(trace.ink, _INK_WIDTH)),
        "crops": _data_url(np.rint(crops * 255).astype(np.uint8)),
        "glyphs": [
            {
                "xyxy": trace.boxes[i].tolist(),
                "digit": digits[i],
                "probabilities": [round(float(p), 4) for p in trace.probabilities[i]],
            }
            for i in order
        ],
        "milliseconds": {stage: round(ms, 2) for stage, ms in trace.milliseconds.items()},
    }


def _at_most(image: np.ndarray, width: int) -> np.ndarray:
    h, w = image.shape[:2]
    return image if w <= width else cv2.resize(image, (width, max(1, h * width // w)), interpolation=cv2.INTER_AREA)


def _data_url(image: np.ndarray) -> str:
    png = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, 3])[1]
    return "data:image/png;base64," + base64.b64encode(np.asarray(png).tobytes()).decode()

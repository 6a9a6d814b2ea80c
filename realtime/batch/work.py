"""Reads one file, in whatever process it lands: a path -> rows, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2

from realtime.classifier import Classifier
from realtime.frame import SourceError, turned, turned_back
from realtime.layout import arrange
from realtime.recognizer import Recognizer
from realtime.source import open_source
from realtime.tracker import Tracker
from realtime.turn import trace_turned

Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came of one file.

    Attributes:
        path: the file.
        rows: one a digit, in reading order; columns as in `realtime.batch.store.SCHEMA`.
        error: one line where it could not be read, or not to its end; else `None`.
    """

    path: str
    rows: list[Row]
    error: str | None = None


def read_file(path: str, model: str | None = None) -> Answer:
    """Read every frame of a photo or video; what can be expected to fail ends up in `Answer.error`.

    Boxes are in pixels of the frame as it lies in the file, whichever way up it was read.
    """
    rows: list[Row] = []
    errors: list[str] = []
    tracker = Tracker()
    recognizer = _recognizer(model)
    try:
        with open_source([path], on_failure=errors.append) as source:
            for frame in source:
                size = frame.image.shape[1::-1]
                if frame.still:
                    trace, quarters = trace_turned(recognizer, frame.image)
                    digits = trace.detections
                    upright = turned(frame.image, quarters).shape[1::-1]
                    boxes = turned_back(digits.xyxy, (upright[0], upright[1]), quarters)
                else:
                    digits = tracker(recognizer(frame.image), frame.time, (size[0], size[1]))
                    boxes = digits.xyxy
                layout = arrange(digits)
                for i in layout.order.tolist():
                    x1, y1, x2, y2 = boxes[i].tolist()
                    rows.append(
                        {
                            "source": path,
                            "frame": frame.index,
                            "line": int(layout.line[i]),
                            "number": int(layout.number[i]),
                            "digit": int(digits.digit[i]),
                            "confidence": float(digits.confidence[i]),
                            **{"x1": x1, "y1": y1, "x2": x2, "y2": y2},
                        }
                    )
    except SourceError as error:
        errors.append(str(error))
    return Answer(path, rows, errors[0] if errors else None)


@lru_cache(maxsize=1)
def _recognizer(model: str | None) -> Recognizer:
    """One a process, on one thread: the processes share the cores out among themselves."""
    cv2.setNumThreads(1)
    return Recognizer(Classifier(model, threads=1))

"""Draws the README's pictures anew from the samples: what was read on a sheet, and how, step by step."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2
import numpy as np

from realtime.annotate import annotate
from realtime.classifier import Classifier
from realtime.detections import Detections
from realtime.draw import BLUE, GREY, Color, put_text
from realtime.layout import arrange
from realtime.recognizer import Recognizer, Trace

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 1200  # of the pictures, in pixels
SHEET = ROOT / "samples" / "letters.jpg"
LINE = 0  # the row of the sheet that is shown step by step

_ROOM = 0.35  # around the row, in heights of its digits
_CAPTION = 36  # pixels
_TEXT: Color = (60, 60, 60)


def reading(frame: np.ndarray, trace: Trace) -> np.ndarray:
    """The annotated frame: `(h, WIDTH, 3) uint8` BGR."""
    picture = annotate(frame, trace.detections, arrange(trace.detections))
    return cv2.resize(picture, (WIDTH, round(len(frame) * WIDTH / frame.shape[1])), interpolation=cv2.INTER_AREA)


def steps(frame: np.ndarray, trace: Trace, line: int) -> np.ndarray:
    """One row of a sheet as frame, ink, glyphs, 28x28 crops and digits, one below the other: `(h, WIDTH, 3)` BGR."""
    row = trace.detections[arrange(trace.detections).line == line]
    room = round(_ROOM * float(np.median(row.height)))
    height, width = frame.shape[:2]
    x1, y1 = np.maximum(row.xyxy[:, :2].min(axis=0) - room, 0)
    x2, y2 = np.minimum(row.xyxy[:, 2:].max(axis=0) + room, (width, height))
    scale = WIDTH / (x2 - x1)
    band = round((y2 - y1) * scale)

    def cut(image: np.ndarray) -> np.ndarray:
        # The ink may be smaller than the frame.
        part = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)[y1:y2, x1:x2]
        part = cv2.resize(part, (WIDTH, band), interpolation=cv2.INTER_CUBIC)
        return cv2.cvtColor(part, cv2.COLOR_GRAY2BGR) if part.ndim == 2 else part

    def place(xyxy: np.ndarray) -> np.ndarray:
        return np.rint((xyxy - (x1, y1, x1, y1)) * scale).astype(np.int32)

    read = {tuple(box) for box in row.xyxy.tolist()}
    boxes = place(trace.boxes)
    inside = (boxes >= 0).all(axis=1) & (boxes <= (WIDTH, band, WIDTH, band)).all(axis=1)
    glyphs = cut(trace.ink)
    center = np.sort(place(row.xyxy)[:, [0, 2]].mean(axis=1))
    side = int(np.diff(center).min(initial=band)) - 4
    crops = np.full((side + 24, WIDTH, 3), _TEXT, np.uint8)
    for i in np.flatnonzero(inside):
        is_digit = tuple(trace.boxes[i].tolist()) in read
        left, top, right, bottom = boxes[i].tolist()
        cv2.rectangle(glyphs, (left - 4, top - 4), (right + 3, bottom + 3), BLUE if is_digit else GREY, 2)
        if is_digit:
            x, y = min(max((left + right - side) // 2, 0), WIDTH - side), 12
            crop = cv2.resize(np.rint(trace.crops[i] * 255), (side, side), interpolation=cv2.INTER_NEAREST)
            crops[y : y + side, x : x + side] = crop[..., None]
    panels = {
        "frame": cut(frame),
        "ink: the light is divided out": cut(trace.ink),
        "glyphs: what hangs together; grey: no digit": glyphs,
        "28 x 28: what the network gets": crops,
        "digits": annotate(cut(frame), Detections(place(row.xyxy), row.digit, row.confidence, row.probabilities)),
    }
    parts = []
    for name, panel in panels.items():
        caption = np.full((_CAPTION, WIDTH, 3), 255, np.uint8)
        put_text(caption, name, 2, _CAPTION - 10, 17, _TEXT)
        parts += [caption, panel]
    return np.vstack(parts)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks pictures", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs", metavar="FOLDER", help="(default: docs)")
    args = parser.parse_args(argv)
    args.output.mkdir(parents=True, exist_ok=True)
    frame = cv2.imread(str(SHEET))
    trace = Recognizer(Classifier()).trace(frame)
    for name, picture in (("reading.jpg", reading(frame, trace)), ("steps.jpg", steps(frame, trace, LINE))):
        path = args.output / name
        cv2.imwrite(str(path), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())

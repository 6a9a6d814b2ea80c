"""Draws the README's pictures anew from the samples: what the program shows, and how it reads, step by step."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from realtime.cli import main as realtime
from realtime.detections import Detections
from realtime.drawing.annotate import annotate
from realtime.drawing.primitives import BLUE, GREY, Color, put_text
from realtime.recognition.classifier import Classifier
from realtime.recognition.recognizer import Recognizer
from realtime.recognition.trace import Trace
from realtime.sources.open import open_source

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "samples" / "clip.mp4"
SHEET = ROOT / "samples" / "letters.jpg"
ROW = 1  # of the sheet: it has a word among its numbers
WIDTH, SMALL = 1200, 720  # of the picture of the steps, and of the animation, in pixels

_ROOM = 0.4  # around the row, in heights of its digits
_CAPTION = 36  # pixels
_TEXT: Color = (60, 60, 60)


def animation(clip: Path) -> cv2.Animation:
    """What the program shows while it watches a clip, smaller and every other frame of it."""
    with tempfile.TemporaryDirectory() as folder:
        shown = str(Path(folder) / "shown.avi")
        if realtime([str(clip), "--no-window", "--quiet", "--stride", "2", "--save", shown]):
            raise SystemExit(1)
        with open_source(shown) as source:
            size = (SMALL, SMALL * 9 // 16)
            frames = [cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA) for frame in source]
            result = cv2.Animation()
            result.frames, result.durations = frames, [round(1000 / source.fps)] * len(frames)
    return result


def steps(frame: np.ndarray, trace: Trace, xyxy: np.ndarray) -> np.ndarray:
    """A part of a sheet as frame, ink, glyphs, 28x28 crops and digits, one below the other: `(h, WIDTH, 3)` BGR."""
    x1, y1, x2, y2 = xyxy.tolist()
    height, width = frame.shape[:2]
    scale = WIDTH / (x2 - x1)
    band = round((y2 - y1) * scale)

    def cut(image: np.ndarray) -> np.ndarray:
        # The ink may be smaller than the frame.
        part = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)[y1:y2, x1:x2]
        part = cv2.resize(part, (WIDTH, band), interpolation=cv2.INTER_CUBIC)
        return cv2.cvtColor(part, cv2.COLOR_GRAY2BGR) if part.ndim == 2 else part

    def place(xyxy: np.ndarray) -> np.ndarray:
        return np.rint((xyxy - (x1, y1, x1, y1)) * scale).astype(np.int32)

    def inside(xyxy: np.ndarray) -> np.ndarray:
        return np.all((xyxy >= (x1, y1, x1, y1)) & (xyxy <= (x2, y2, x2, y2)), axis=1)

    row = trace.detections[inside(trace.detections.xyxy)]
    digits = {tuple(box) for box in row.xyxy.tolist()}
    glyphs = cut(cv2.min(trace.ink, trace.digit_ink))
    pitch = WIDTH // len(row)
    side = min(pitch - 8, band)
    crops = np.full((side + 16, WIDTH, 3), _TEXT, np.uint8)
    order = sorted(np.flatnonzero(inside(trace.boxes)), key=lambda i: trace.boxes[i, 0])
    next_left = (pitch - side) // 2
    for i in order:
        is_digit = tuple(trace.boxes[i].tolist()) in digits
        left, top, right, bottom = place(trace.boxes[i]).tolist()
        cv2.rectangle(glyphs, (left - 4, top - 4), (right + 3, bottom + 3), BLUE if is_digit else GREY, 2)
        if is_digit:
            crop = cv2.resize(np.rint(trace.crops[i] * 255), (side, side), interpolation=cv2.INTER_NEAREST)
            crops[8 : 8 + side, next_left : next_left + side] = crop[..., None]
            next_left += pitch
    panels = {
        "frame": cut(frame),
        "ink: the light is divided out": cut(trace.ink),
        "bodies: what the ink network calls digits; grey: turned down": glyphs,
        "28 x 28: what the network gets": crops,
        "digits": annotate(cut(frame), Detections(place(row.xyxy), row.digit, row.confidence, row.probabilities)),
    }
    parts = []
    for name, panel in panels.items():
        caption = np.full((_CAPTION, WIDTH, 3), 255, np.uint8)
        put_text(caption, name, 2, _CAPTION - 10, 17, _TEXT)
        parts += [caption, panel]
    return np.vstack(parts)


def row_box(sheet: Path, row: int) -> np.ndarray:
    """The box around a row of a sample, with some room: `(4,) int64`, left, top, right, bottom."""
    truth = json.loads((sheet.parent / "truth.json").read_text())[sheet.name]
    boxes = np.array([digit["xyxy"] for digit in truth if digit["row"] == row])
    room = round(_ROOM * float(np.median(boxes[:, 3] - boxes[:, 1])))
    return np.concatenate([boxes[:, :2].min(axis=0) - room, boxes[:, 2:].max(axis=0) + room])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks pictures", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs", metavar="FOLDER", help="(default: docs)")
    args = parser.parse_args(argv)
    args.output.mkdir(parents=True, exist_ok=True)
    cv2.imwriteanimation(str(args.output / "reading.webp"), animation(CLIP), [cv2.IMWRITE_WEBP_QUALITY, 40])
    frame = cv2.imread(str(SHEET))
    picture = steps(frame, Recognizer(Classifier()).trace(frame), row_box(SHEET, ROW))
    cv2.imwrite(str(args.output / "steps.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
    print(f"reading.webp and steps.jpg are in {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

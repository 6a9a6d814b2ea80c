"""The loop that most tutorials teach, for comparison: Otsu, findContours, resize to 28x28, one `predict` a contour.

    python -m benchmarks.tutorial_loop FRAME.png --rounds 3

prints the CPU milliseconds of each round as JSON. It gets the same network as the recogniser, in Keras.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

MODEL = Path(__file__).resolve().parents[1] / "models" / "digits.keras"


def read_digits(frame: np.ndarray, model: Any) -> list[tuple[tuple[int, int, int, int], int]]:
    """`((x, y, w, h), digit)` of every contour of a `(H, W, 3) uint8` BGR frame that is not tiny."""
    gray = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    blurred = cv2.GaussianBlur(gray, (5, 5), 0)
    _, binary = cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    contours, _ = cv2.findContours(binary, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    digits = []
    for contour in contours:
        x, y, w, h = cv2.boundingRect(contour)
        if w < 5 or h < 15:
            continue
        crop = cv2.resize(binary[y : y + h, x : x + w], (28, 28), interpolation=cv2.INTER_AREA)
        prediction = model.predict(crop.reshape(1, 28, 28).astype(np.float32) / 255, verbose=0)
        digits.append(((x, y, w, h), int(np.argmax(prediction[0][:10]))))
    return digits


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tutorial_loop", description=__doc__.split("\n")[0])
    parser.add_argument("frame", help="a picture")
    parser.add_argument("--rounds", type=int, default=3, help="how often to read it (default: %(default)s)")
    args = parser.parse_args(argv)

    import tensorflow as tf

    cv2.setNumThreads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    model = tf.keras.models.load_model(MODEL, compile=False)
    frame = cv2.imread(args.frame)
    model.predict(np.zeros((1, 28, 28), np.float32), verbose=0)  # the first call compiles: not counted
    milliseconds = []
    for _ in range(args.rounds):
        begin = time.process_time()
        digits = read_digits(frame, model)
        milliseconds.append((time.process_time() - begin) * 1e3)
    print(json.dumps({"milliseconds": milliseconds, "predictions": len(digits)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""`python -m training line`: rows are drawn in a process of their own while the network learns from those there are."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from realtime.recognition.line_reader import LineReader
from realtime.system.processes import SPAWN, settle_in
from training.data.sources import TRAIN, VALIDATION, DataError, Source
from training.models.line.learn import HELD, Run, learn
from training.models.line.rows import Rows, make_file, read_file
from training.render.line.shapes import gather

_WAIT = 1.0  # seconds between two looks whether there are rows


def make(
    sources: Sequence[Source], fonts: Sequence[Path], run: Run, files: int, output: Path, training: dict[str, Any]
) -> Path:
    """Draw rows, learn from them, and write `line.tflite` and its card.

    Args:
        sources: digits and things that are none.
        fonts: handwriting fonts.
        run: where rows and checkpoints lie, and how long to learn.
        files: of rows to draw, each of `rows.A_FILE`.
        output: folder for the model.
        training: for the card: the command and the data.

    Raises:
        DataError: the folder holds rows of other data, or drawing failed.
    """
    from training.models.line import export  # TensorFlow's converter

    run.rows.mkdir(parents=True, exist_ok=True)
    _claim(run.rows, {"seed": run.seed, "fonts": [font.name for font in fonts], "data": training["data"]})
    drawing = _start(sources, fonts, run, files)
    try:
        model = learn(run)
    finally:
        drawing.terminate()
    held = read_file(run.rows / HELD)
    content = export.to_tflite(model, held)
    drawn = len(list(run.rows.glob("[0-9]*.npz")))
    settings = {name: str(value) for name, value in asdict(run).items() if name not in ("folder", "rows") and value}
    more = {
        "parameters": model.count_params(),
        "training": training | settings | {"files of rows": drawn, "fonts": [font.stem for font in fonts]},
    }
    path = export.write(content, output, more)
    measured = {"rows drawn of hands kept out": len(held.texts), "exact": round(exact(LineReader(path), held), 4)}
    return export.write(content, output, more | {"measured": measured})


def exact(reader: LineReader, rows: Rows) -> float:
    """Share of the rows that a reader reads without a mistake."""
    right = 0
    for picture, text in zip(rows.pictures, rows.texts, strict=True):
        right += reader.read(picture).text == text
    return right / len(rows.texts)


def _claim(folder: Path, made: dict[str, Any]) -> None:
    """Make sure that the rows in a folder are, or will be, made of these data."""
    path = folder / "made.json"
    if not path.exists():
        path.write_text(json.dumps(made))
    elif json.loads(path.read_text()) != json.loads(json.dumps(made)):
        raise DataError(f"the rows in {folder} were drawn from other data: delete them, or name other --runs")


def _start(sources: Sequence[Source], fonts: Sequence[Path], run: Run, files: int) -> BaseProcess:
    """Begin to draw; returns when there are rows to begin with."""
    drawing = SPAWN.Process(target=_draw, args=(list(sources), list(fonts), run.rows, run.seed, files), daemon=True)
    drawing.start()
    while not ((run.rows / HELD).exists() and list(run.rows.glob("[0-9]*.npz"))):
        time.sleep(_WAIT)
        if not drawing.is_alive():
            raise DataError("rows could not be drawn")
    return drawing


def _draw(sources: list[Source], fonts: list[Path], folder: Path, seed: int, files: int) -> None:
    settle_in()
    cv2.setNumThreads(1)
    if not (folder / HELD).exists():
        shapes = gather(sources, fonts, seed, VALIDATION)
        make_file(folder / HELD, shapes, np.random.default_rng((seed, files)))
    missing = [k for k in range(files) if not (folder / f"{k:05d}.npz").exists()]
    if missing:
        shapes = gather(sources, fonts, seed, TRAIN)
    for k in missing:
        make_file(folder / f"{k:05d}.npz", shapes, np.random.default_rng((seed, k)))

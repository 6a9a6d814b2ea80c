"""The inputs on disk: drawn once, and again when the code that draws them has changed."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from benchmarks.regression import sets
from realtime.system.processes import SPAWN, settle_in
from training.render.scenes import Digit, Other, Scene

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "runs" / "regression"
PROCESSES = 2
"""Processes that draw and read."""

Job = tuple[str, int]
"""A picture: the name of its set, and its number."""

_QUICKLY = [cv2.IMWRITE_PNG_COMPRESSION, 1]


def jobs() -> list[Job]:
    """All pictures."""
    return [(name, i) for name, drawn in sets.DRAWN.items() for i in range(drawn.count)]


def prepare() -> Path:
    """Draw what is missing, with a progress bar; returns the folder of the pictures.

    The folder is named after a digest of the code that draws and of the libraries it calls, so that a picture of other
    code is never used. Folders of other code are removed.
    """
    folder = FOLDER / digest()
    if folder.exists():
        return folder
    for old in FOLDER.glob("*"):
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
    unfinished = FOLDER / f"unfinished-{os.getpid()}"
    unfinished.mkdir(parents=True)
    todo = jobs()
    with ProcessPoolExecutor(PROCESSES, SPAWN, begin_process) as pool:
        drawn = pool.map(_draw, [unfinished] * len(todo), todo)
        for _ in tqdm(drawn, desc="drawing inputs, once", total=len(todo), disable=None):
            pass
    try:
        unfinished.rename(folder)
    except OSError:  # another run was faster
        shutil.rmtree(unfinished)
    return folder


def load(folder: Path, job: Job) -> Scene:
    """A picture with its truth."""
    image = cv2.imread(str(_file(folder, job, ".png")))
    truth = json.loads(_file(folder, job, ".json").read_text(encoding="utf-8"))
    digits = [Digit(**{**digit, "xyxy": tuple(digit["xyxy"])}) for digit in truth["digits"]]
    others = [Other(**{**other, "xyxy": tuple(other["xyxy"])}) for other in truth["others"]]
    return Scene(image, digits, truth["rows"], truth["kind"], others=others)


def begin_process() -> None:
    """Set up a process that draws or reads: it ends with its parent, and leaves the other processors alone."""
    settle_in()
    cv2.setNumThreads(1)


def _draw(folder: Path, job: Job) -> None:
    scene = sets.draw(*job)
    if not cv2.imwrite(str(_file(folder, job, ".png")), scene.image, _QUICKLY):
        raise OSError(f"cannot write to {folder}")
    truth = {
        "kind": scene.kind,
        "rows": scene.rows,
        "digits": [asdict(digit) for digit in scene.digits],
        "others": [asdict(other) for other in scene.others],
    }
    _file(folder, job, ".json").write_text(json.dumps(truth), encoding="utf-8")


def _file(folder: Path, job: Job, suffix: str) -> Path:
    return folder / f"{job[0]}-{job[1]:03d}{suffix}"


def digest() -> str:
    """Of the sources of all modules that draw, and the versions of what they call."""
    versions = f"{cv2.__version__} {np.__version__}"
    content = b"".join(path.read_bytes() for path in sorted(sources(Path(sets.__file__), set())))
    return hashlib.sha256(versions.encode() + content).hexdigest()[:16]


def sources(path: Path, known: set[Path]) -> set[Path]:
    """A module's file, and those of the modules of `training` that it imports, directly or not."""
    known.add(path)
    for name in _imported(path):
        file = ROOT / (name.replace(".", "/") + ".py")
        if name.startswith("training.") and file not in known:
            sources(file, known)
    return known


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


if __name__ == "__main__":
    prepare()

"""`python -m training ink`: draws what the ink network learns from, trains it, writes it, and grows its decision."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from realtime.ink.network import InkNetwork
from realtime.recognition.classifier import Classifier
from realtime.recognition.decide import FILE
from realtime.recognition.line_reader import LineReader
from training.data.sources import VALIDATION, Source
from training.models import decide
from training.models.ink import shards
from training.render.ink.lettering import Fonts
from training.render.ink.writer import Hands
from training.settings import InkSettings

PAGES = 300
"""Pages on which the decision is grown."""


@dataclass(frozen=True)
class Made:
    """What a run draws and where it keeps it.

    Attributes:
        files: of crops to learn from.
        seed: of all that is drawn.
        processes: processor cores to draw with.
        runs: folder for the crops and the checkpoint.
        output: folder for the network.
        start: `.keras` file to start from; None starts anew.
    """

    files: int
    seed: int
    processes: int
    runs: Path
    output: Path
    start: Path | None


def make(settings: InkSettings, made: Made, sources: list[Source], folder: Path | None, about: dict[str, Any]) -> Path:
    """Make the network, or go on where a stopped run was; returns the path of the `.tflite`.

    Args:
        settings: of the training.
        made: see there.
        sources: digits and other things that people wrote; their training parts are drawn from.
        folder: of fonts; without one, words are written in our own alphabet and in the letters of `sources`.
        about: what the card says of the run.
    """
    named = Classifier()
    fonts = Fonts.read(folder, named) if folder is not None else None
    crops = made.runs / "crops"
    drawn = shards.write(crops, Hands.of(sources), fonts, made.files, made.seed, made.processes)
    paths = list(tqdm(drawn, total=made.files, desc="files of crops", disable=None))

    # TensorFlow takes seconds to import.
    from training.models.ink import export
    from training.models.ink.train import Drawer, train

    network = train(settings, lambda: paths, made.runs, made.start)
    drawer = Drawer(made.seed)
    drawer.add(paths[:1])
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (folder or Path()).glob("*.[to]tf")}
    training = about | {"settings": asdict(settings), "crops": len(paths) * shards.CROPS, "fonts": files}
    path = export.write(network, drawer.kept_out, made.output, {"training": training})
    figures = grow(InkNetwork(path), named, sources, folder, made.seed)
    print(figures)
    return path


def grow(
    network: Callable[[np.ndarray], np.ndarray],
    named: Callable[[np.ndarray], np.ndarray],
    sources: list[Source],
    folder: Path | None,
    seed: int,
    pages: int = PAGES,
) -> str:
    """Grow the decision on pages written with the validation parts of `sources`; returns what it is worth there."""
    fonts = Fonts.read(folder, named) if folder is not None else None
    drawn = decide.pages(pages, seed, Hands.of(sources, VALIDATION), fonts)
    examples = decide.gather(
        network, named, partial(LineReader().read, thorough=False), tqdm(drawn, total=pages, desc="pages", disable=None)
    )
    alone, together, odds = decide.grow(examples, seed)
    called, right = odds > 0, examples.right
    digits, found = examples.digits
    worth = (
        f"{found} of {digits} digits of {pages} pages are found; of {int(right.sum())} bodies that are right "
        f"{int((right & ~called).sum())} are lost, and {int((called & ~right).sum())} that are wrong are called digits"
    )
    decide.save(FILE, alone, together, {"command": "python -m training decide", "seed": seed, "measured": worth})
    return worth

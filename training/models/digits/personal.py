"""A personal model is made: learnt, measured before and after, and saved, unless it has forgotten too much."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras

from realtime.recognition.classifier import Classifier
from training.data.sources import PARTS, DataError, File
from training.evaluate.scores import Scored, accuracy, data_of, score, summary
from training.models import export
from training.models.digits.personalize import personalize, replay

REPLAYED = 4_000
"""Digits of MNIST's training part that are gone over again: more than are drawn."""

LARGEST_LOSS = 0.1
"""How many points worse on MNIST's test digits a personal model may be; one that is worse is not saved."""


def make(
    own: File, model: Path, files: list[File], output: Path, seed: int = 1, log: Callable[[str], None] = print
) -> Path:
    """Teach a model a person's hand and save it.

    Args:
        own: the person's digits, from `training.data.own.read_own`.
        model: the `.tflite` to start from; its floats (`.keras`) must lie beside it.
        files: what is gone over again, MNIST first.
        output: folder for the model.
        seed: of all chance.
        log: is given the figures before and after.

    Returns:
        The path of the personal `.tflite`, for `--model`.

    Raises:
        DataError: the floats are missing, or the personal model reads MNIST worse by more than `LARGEST_LOSS`; nothing
            is saved then.
    """
    weights = model.with_suffix(".keras")
    if not weights.exists():
        raise DataError(f"cannot read {weights}: a model goes on learning from its floats")
    start = time.monotonic()
    mnist, *more = files
    known = replay(mnist.sources[0], [source for file in more for source in file.sources], seed)
    personal = personalize(keras.models.load_model(weights), own.sources, known, seed)
    minutes = (time.monotonic() - start) / 60

    content = export.to_tflite(personal)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "personal.tflite")
        path.write_bytes(content)
        was, now = (_read(Classifier(each), own, mnist) for each in (model, path))
    for old, new in zip(was, now, strict=True):
        log(f"{old.name:10s}{len(old.labels):6d} images   before {accuracy(old):7.2%}   after {accuracy(new):7.2%}")
    lost = 100 * (accuracy(was[-1]) - accuracy(now[-1]))
    if lost > LARGEST_LOSS:
        raise DataError(f"not saved: it reads {now[-1].name} worse by {lost:.2f} points, more than {LARGEST_LOSS}")

    path = export.write_model(personal, output, content)
    training = {
        "command": f"python -m training personalize {own.name}",
        "seed": seed,
        "minutes": round(minutes, 1),
        "weights": export.weights_digest(personal),
        "data": [*data_of(model), _describe(own)],
    }
    more_of_it = {"parameters": personal.count_params(), "measured": summary(now), "training": training}
    export.write_card(path, more_of_it | {"versions": export.versions()})
    return path


def _read(classifier: Classifier, own: File, mnist: File) -> list[Scored]:
    return score(classifier, [own, mnist], {own.sha256})


def _describe(own: File) -> dict[str, Any]:
    counts = {
        source.name: {part: int((source.part == i).sum()) for i, part in enumerate(PARTS)} for source in own.sources
    }
    return {"file": own.name, "sha256": own.sha256, "images": counts}

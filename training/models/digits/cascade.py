"""The glance: a small network that learns what the large one says, and answers in its place where it is sure.

It learns from the answers alone, right or wrong: the two are to read alike. From how sure it must be is chosen on the
validation parts, so that of the glyphs that it answers next to none would have been read differently.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.recognition.classifier import Classifier, is_sure
from training.data.sources import Source
from training.evaluate.scores import read
from training.models import card, export
from training.models.digits.architectures import create
from training.models.digits.calibrate import validation
from training.models.digits.train import Learner, Sampler
from training.settings import GLANCE, Settings

FILE = "glance.tflite"
SETTINGS = Settings(arch=GLANCE, epochs=24, mixed_precision=False)

_DRAWN = 2  # epochs that are drawn, and asked about; each is learnt again and again
_OTHERWISE = 0.001  # share of the glyphs answered that the large network may have read differently
MOST_IMAGES = 8000  # images of each source
_SURE = (0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.993, 0.996, 0.998, 0.999, 0.9995)


def make(
    model: Path, sources: list[Source], seed: int, command: str, log: Callable[[str], None] = print
) -> tuple[Path, float]:
    """Train the small network of a model, write it beside the model and name it in its card.

    Args:
        model: the `.tflite`, with its card.
        sources: of the model.
        seed: of all chance.
        command: for the card.
        log: is given a line an epoch.

    Returns:
        The path of the file, and the share of the validation parts' images that it answers.

    Raises:
        DataError: the model has no card.
    """
    its = card.read(model.with_suffix(".json"))
    network = Classifier(model, threads=os.cpu_count() or 1, glance=False)
    small = learn(network, sources, replace(SETTINGS, seed=seed), log)
    content = export.to_tflite(small)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, FILE)
        file.write_bytes(content)
        sure, shares = how_sure(Classifier(file), network, sources, log)
    path = model.with_name(FILE)
    export.replace_file(path, content)
    its["glance"] = {
        "file": FILE,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
        "parameters": small.count_params(),
        "sure": sure,
        "answers": shares,
        "command": command,
    }
    card.write(model.with_suffix(".json"), its)
    return path, float(np.mean(list(shares.values())))


def learn(
    network: Classifier, sources: list[Source], settings: Settings = SETTINGS, log: Callable[[str], None] = print
) -> keras.Model:
    """Train a small network on what `network` says of the sources' training parts; returns it with its softmax."""
    keras.utils.set_random_seed(settings.seed)
    sampler = Sampler(settings, sources)
    lessons = []
    for drawn in range(min(_DRAWN, settings.epochs)):
        images, _ = sampler.epoch(drawn)
        lessons.append((images, read(network, images)))
        log(f"asked of {len(images)} images")
    learner = Learner(settings, len(sampler) // settings.batch_size)
    rng = np.random.default_rng(settings.seed)
    for epoch in range(settings.epochs):
        images, answers = lessons[epoch % len(lessons)]
        order = rng.permutation(len(images))
        loss = learner.learn(images[order], answers[order], f"epoch {epoch + 1}/{settings.epochs}")
        log(f"epoch {epoch + 1}  loss {loss:.4f}")
    small = create(GLANCE, settings.width)
    small.set_weights(learner.model.get_weights())
    return small


def how_sure(
    glance: Classifier, network: Classifier, sources: list[Source], log: Callable[[str], None] = print
) -> tuple[list[float], dict[str, float]]:
    """From which probability the glance may answer.

    Returns:
        The probability for a digit and that for "not a digit", chosen apart; and by source the share of the images
        that it then answers.
    """
    said = [
        (source.name, glance(ink), network(ink)) for source in sources for ink, _ in validation([source], MOST_IMAGES)
    ]
    small, large = (np.concatenate(rows) for rows in zip(*(rows for _, *rows in said), strict=True))
    otherwise = small.argmax(axis=1) != large.argmax(axis=1)
    none = small.argmax(axis=1) == NOT_A_DIGIT
    bounds = []
    for what, chosen in (("a digit", ~none), ("no digit", none)):
        for sure in _SURE:
            answered = chosen & (small.max(axis=1) >= sure)
            wrong = float(otherwise[answered].sum() / max(1, answered.sum()))
            log(f"{what} from {sure}: {answered.sum() / max(1, chosen.sum()):.1%} answered, {wrong:.3%} otherwise")
            if wrong <= _OTHERWISE:
                break
        bounds.append(sure)
    shares = {name: round(float(is_sure(rows, bounds).mean()), 4) for name, rows, _ in said}
    return bounds, shares

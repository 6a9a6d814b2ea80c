"""Trains several networks on the same data for the same number of epochs, and tells what each has come to.

A run that is done is kept with what it came to: a comparison that was stopped goes on, and a longer list of networks
or seeds trains what is missing.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import keras

from realtime.recognition.classifier import Classifier
from training.data.sources import TEST, VALIDATION, Source
from training.evaluate.scores import read
from training.evaluate.timing import milliseconds
from training.models.digits.train import fingerprint, train
from training.models.export import to_tflite, weights_digest, write_model
from training.settings import Settings

RESULT = "result.json"

_GLYPHS = 32  # about as many as a sheet has


def compare(
    archs: Sequence[str],
    seeds: Sequence[int],
    settings: Settings,
    sources: list[Source],
    folder: Path,
    log: Callable[[str], None] = print,
) -> list[dict[str, Any]]:
    """Train every network with every seed.

    Args:
        archs: names out of `training.settings.ARCHITECTURES`.
        seeds: of the weights and of all chance in training.
        settings: for all of them, but for the two above.
        sources: to learn from; the first is MNIST, on which they are measured.
        folder: each run has one of its own in it, with the model and `result.json`.
        log: is given a line an epoch and a heading a run.

    Returns:
        One result a run: arch, seed, parameters, minutes, accuracy on the validation and the test part of MNIST and
        that of the int8 file (0 to 1), milliseconds of the int8 file for 32 glyphs, and the digest of the weights.
    """
    results = []
    for arch in archs:
        for seed in seeds:
            its = replace(settings, arch=arch, seed=seed)
            place = folder / fingerprint(its, sources)
            if not (place / RESULT).exists():
                log(f"\n{arch}, seed {seed}")
                start = time.monotonic()
                model = train(its, sources, folder, log)
                result = {"arch": arch, "seed": seed, "minutes": (time.monotonic() - start) / 60}
                result |= _measure(model, sources[0], place)
                (place / RESULT).write_text(json.dumps(result, indent=2) + "\n")
            results.append(json.loads((place / RESULT).read_text()))
    return results


def table(results: list[dict[str, Any]]) -> str:
    """The comparison as text, one line a network; where it has several seeds, their mean and standard deviation."""
    lines = [f"{'network':10s}{'seeds':>6s}{'parameters':>12s}{'minutes':>9s}{'validation':>17s}{'test':>17s}"]
    lines[0] += f"{'test, int8':>17s}{f'ms, {_GLYPHS} glyphs':>15s}"
    for arch, group in groupby(results, key=lambda result: result["arch"]):
        runs = list(group)
        shares = "".join(f"{_spread([run[key] for run in runs]):>17s}" for key in ("validation", "test", "int8"))
        minutes, time_ = (mean(run[key] for run in runs) for key in ("minutes", "milliseconds"))
        lines.append(
            f"{arch:10s}{len(runs):6d}{runs[0]['parameters']:12,d}{minutes:9.1f}{shares}{time_:15.2f}".replace(",", " ")
        )
    return "\n".join(lines)


def _measure(model: keras.Model, mnist: Source, place: Path) -> dict[str, Any]:
    path = write_model(model, place)
    int8 = Classifier(path)
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary, "float.tflite")
        file.write_bytes(to_tflite(model, int8=False))
        floats = Classifier(file)
    return {
        "parameters": model.count_params(),
        "validation": _accuracy(floats, mnist, VALIDATION),
        "test": _accuracy(floats, mnist, TEST),
        "int8": _accuracy(int8, mnist, TEST),
        "milliseconds": milliseconds(int8, _GLYPHS),
        "weights": weights_digest(model),
    }


def _accuracy(classifier: Classifier, source: Source, part: int) -> float:
    images, labels = source.take(part)
    return float((read(classifier, images).argmax(axis=1) == labels).mean())


def _spread(shares: list[float]) -> str:
    text = f"{100 * mean(shares):.2f}"
    return f"{text} ± {100 * stdev(shares):.2f} %" if len(shares) > 1 else f"{text} %"

"""Training: an epoch is drawn from all sources, redrawn by `augment` while the last one is being learnt, and saved.

Every epoch depends on the seed and its own number alone, and the checkpoint holds all that the optimiser knows. So a
run that was stopped and went on ends with the same weights as one that was left alone.
"""

from __future__ import annotations

import csv
import hashlib
import json
import math
import os
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from realtime.detections import CLASSES
from realtime.glyphs.normalize import SIDE
from training.data.augment import augment
from training.data.sources import TRAIN, VALIDATION, Source
from training.models.digits.architectures import create
from training.models.digits.calibrate import calibrate
from training.models.digits.curves import Curves, sparkline
from training.models.digits.devices import strategy_for
from training.models.digits.distillation import Teachers, targets
from training.settings import Settings

# Images that an epoch takes from a source. One in five of all is no digit: with more of them odd digits are rejected,
# with less letters pass.
AN_EPOCH = {"mnist": 55_000, "rendered": 50_000, "rows": 50_000, "synthetic": 12_000}
DIGITS_AN_EPOCH = 25_000  # from any other source of digits, none of them more than twice
NONDIGITS_AN_EPOCH = 8_000  # from any other source of non-digits, at most half of it


def train(
    settings: Settings,
    sources: list[Source],
    folder: Path,
    log: Callable[[str], None] = print,
    teachers: Teachers | None = None,
) -> keras.Model:
    """Train a network, or go on with a run of the same settings and sources that was stopped.

    Args:
        settings: see there.
        sources: their training parts are learnt from, their validation parts looked at after every epoch.
        folder: for the run's own folder, with the checkpoint, `history.csv` and the curves for TensorBoard.
        log: is given one line an epoch.
        teachers: networks whose answers are learnt as well.

    Returns:
        The network in float32, with softmax.

    Raises:
        KeyboardInterrupt: after ctrl-C; the checkpoint of the last finished epoch is kept.
    """
    keras.utils.set_random_seed(settings.seed)
    tf.config.experimental.enable_op_determinism()
    folder = folder / fingerprint(settings, sources, teachers)
    folder.mkdir(parents=True, exist_ok=True)
    sampler = Sampler(settings, sources)

    def lesson(epoch: int) -> tuple[np.ndarray, np.ndarray]:
        images, labels = sampler.epoch(epoch)
        return images, targets(images, labels, teachers, settings.trust)

    learner = Learner(settings, len(sampler) // settings.batch_size)
    done, history = _restore(folder, learner)
    if done:
        log(f"going on after epoch {done} of {settings.epochs}")
    with ThreadPoolExecutor(1) as background, Curves(folder) as curves:
        upcoming = background.submit(lesson, done)
        try:
            for epoch in range(done, settings.epochs):
                start = time.perf_counter()
                images, wanted = upcoming.result()
                if epoch + 1 < settings.epochs:
                    upcoming = background.submit(lesson, epoch + 1)
                loss = learner.learn(images, wanted, f"epoch {epoch + 1}/{settings.epochs}")
                row = {"epoch": epoch + 1, "loss": round(loss, 5)} | learner.validate(sources)
                row["seconds"] = round(time.perf_counter() - start, 1)
                history.append(row)
                _save(folder, learner, history)
                curves.add(row | {"learning_rate": learner.rate})
                figures = "  ".join(f"{name} {value}" for name, value in row.items())
                log(f"{figures}  {sparkline([past['loss'] for past in history])}")
        finally:
            sampler.stop()
    shipped = create(settings.arch, settings.width)
    shipped.set_weights(learner.model.get_weights())
    log(f"logits times {calibrate(shipped, sources):.3f}")
    # Nothing to go on with: the same command is a new run.
    (folder / _CHECKPOINT).unlink(missing_ok=True)
    return shipped


class Sampler:
    """Draws the images of an epoch: always the same ones for the same seed and epoch."""

    def __init__(self, settings: Settings, sources: list[Source]) -> None:
        self._settings = settings
        self._parts = [source.take(TRAIN) for source in sources]
        self._stopped = threading.Event()
        self._counts = [_share(source, len(labels)) for source, (_, labels) in zip(sources, self._parts, strict=True)]

    def __len__(self) -> int:
        """Images an epoch."""
        return sum(self._counts)

    def epoch(self, epoch: int) -> tuple[np.ndarray, np.ndarray]:
        """Images `(n, 28, 28) uint8`, redrawn and shuffled, and their labels `(n,) int64`."""
        rng = np.random.default_rng([self._settings.seed, epoch])
        chosen = [_draw(len(labels), count, rng) for (_, labels), count in zip(self._parts, self._counts, strict=True)]
        images = np.concatenate([part[0][index] for part, index in zip(self._parts, chosen, strict=True)])
        labels = np.concatenate([part[1][index] for part, index in zip(self._parts, chosen, strict=True)])
        order = rng.permutation(len(labels))
        images, labels = images[order], labels[order]
        for batch in _batches(images, 4096):
            if self._stopped.is_set():
                break
            batch[:] = augment(batch, rng, self._settings.augmentation)
        return images, labels

    def stop(self) -> None:
        """Let an epoch that is being drawn go unfinished."""
        self._stopped.set()


class Learner:
    """The network, the optimiser and one step of learning, shared among the devices of a strategy.

    Args:
        settings: of the run.
        steps: an epoch.
        strategy: all the GPUs there are where left out, or the one device.
    """

    def __init__(self, settings: Settings, steps: int, strategy: tf.distribute.Strategy | None = None) -> None:
        self._settings = settings
        self._steps = max(1, steps)
        strategy = strategy or strategy_for()
        replicas = strategy.num_replicas_in_sync
        with strategy.scope():
            dtype = "mixed_bfloat16" if settings.mixed_precision else "float32"
            self.model = create(settings.arch, settings.width, softmax=False, dtype=dtype)
            schedule = OneCycle(settings.learning_rate, self._steps * settings.epochs)
            self.optimizer = keras.optimizers.AdamW(schedule, weight_decay=settings.weight_decay)
            self.optimizer.exclude_from_weight_decay(var_names=["bias", "beta", "gamma"])
            self.optimizer.build(self.model.trainable_variables)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=settings.label_smoothing)
        costs = tf.constant([1.0] * (CLASSES - 1) + [settings.nondigit_weight])

        pixels = tf.TensorSpec((None, SIDE, SIDE), tf.uint8)
        shares = tf.TensorSpec((None, CLASSES), tf.float32)

        def share(images: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
            if replicas > 1:  # every n-th image of the batch is this device's
                mine = tf.distribute.get_replica_context().replica_id_in_sync_group
                images, wanted = images[mine::replicas], wanted[mine::replicas]
            with tf.GradientTape() as tape:
                logits = self.model(tf.cast(images, tf.float32) / 255, training=True)
                # Keras divides a loss by the number of devices, so that the sum over all of them is the mean.
                value = loss(wanted, logits, tf.linalg.matvec(wanted, costs))
            gradients = tape.gradient(value, self.model.trainable_variables)
            self.optimizer.apply(gradients, self.model.trainable_variables)  # sums those of all devices
            return value

        # XLA makes this network's step slower on a processor, so it is not asked for.
        @tf.function(input_signature=(pixels, shares), jit_compile=False)
        def step(images: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
            return strategy.reduce("SUM", strategy.run(share, args=(images, wanted)), axis=None)

        @tf.function(input_signature=(pixels,), jit_compile=False)
        def predict(images: tf.Tensor) -> tf.Tensor:
            return tf.argmax(self.model(tf.cast(images, tf.float32) / 255, training=False), axis=1)

        self._step, self._predict = step, predict

    @property
    def variables(self) -> list[Any]:
        """All that changes while learning."""
        return [*self.model.variables, *self.optimizer.variables]

    @property
    def rate(self) -> float:
        """The learning rate of the next step."""
        return float(self.optimizer.learning_rate)

    def learn(self, images: np.ndarray, wanted: np.ndarray, title: str) -> float:
        """Learn from every image once, but for the rest that fills no batch; returns the mean loss.

        Args:
            images: `(n, 28, 28) uint8`, ink 255.
            wanted: `(n, 11) float32`, the probabilities that should be answered.
            title: of the bar.
        """
        size = min(self._settings.batch_size, len(images))
        total = tf.zeros(())
        for start in tqdm(range(0, self._steps * size, size), title, leave=False, unit="batch", disable=None):
            total += self._step(tf.constant(images[start : start + size]), tf.constant(wanted[start : start + size]))
        return float(total) / self._steps

    def validate(self, sources: list[Source]) -> dict[str, float]:
        """Percent right in the validation part of each source: the digit for digits, "not a digit" for the others."""
        right = {}
        for source in sources:
            images, labels = source.take(VALIDATION)
            if len(labels):
                predicted = np.concatenate([self._predict(tf.constant(batch)) for batch in _batches(images, 1000)])
                right[source.name] = round(100 * float((predicted == labels).mean()), 2)
        return right


@keras.utils.register_keras_serializable("training")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """The learning rate: up to `peak` in a quarter of the steps, then down along half a cosine, nearly to nothing."""

    def __init__(self, peak: float, steps: int) -> None:
        self.peak, self.steps = peak, steps

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        done = tf.cast(step, tf.float32) / self.steps
        up = 0.04 + 0.96 * done / 0.25
        down = 0.0005 + 0.9995 * (1 + tf.cos(math.pi * tf.minimum((done - 0.25) / 0.75, 1))) / 2
        return self.peak * tf.where(done < 0.25, up, down)

    def get_config(self) -> dict[str, float]:
        return {"peak": self.peak, "steps": self.steps}


def _share(source: Source, n: int) -> int:
    if source.name in AN_EPOCH:
        return min(n, AN_EPOCH[source.name])
    return min(2 * n, DIGITS_AN_EPOCH) if source.digits else min(-(-n // 2), NONDIGITS_AN_EPOCH)


def _draw(n: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` of `n` indices, each as often as the others or once more."""
    return np.concatenate([rng.permutation(n) for _ in range(-(-count // max(n, 1)))] or [np.arange(0)])[:count]


def _batches(images: np.ndarray, size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(images), size):
        yield images[start : start + size]


_CHECKPOINT = "checkpoint.npz"


def fingerprint(settings: Settings, sources: list[Source], teachers: Teachers | None = None) -> str:
    """Names the run: the same settings, data and teachers go on with it, any other start their own."""
    digest = hashlib.sha256(json.dumps(asdict(settings), sort_keys=True).encode())
    if teachers is not None:
        digest.update(json.dumps(sorted(teachers.sha256.values())).encode())
    for source in sources:
        for array in (source.images, source.labels, source.part):
            digest.update(array.tobytes())
    return digest.hexdigest()[:12]


def _save(folder: Path, learner: Learner, history: list[dict[str, float]]) -> None:
    """Write the checkpoint so that there is a whole one at any moment."""
    state = {f"v{i}": keras.ops.convert_to_numpy(variable) for i, variable in enumerate(learner.variables)}
    unfinished = folder / ("unfinished-" + _CHECKPOINT)
    np.savez(unfinished, history=np.array(json.dumps(history)), **state)
    os.replace(unfinished, folder / _CHECKPOINT)
    with open(folder / "history.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, list(history[-1]))
        writer.writeheader()
        writer.writerows(history)


def _restore(folder: Path, learner: Learner) -> tuple[int, list[dict[str, float]]]:
    """The number of finished epochs and what was noted of them; the learner is as it was after the last one."""
    try:
        with open(folder / _CHECKPOINT, "rb") as binary, np.load(binary) as state:
            history = json.loads(str(state["history"]))
            values = [state[f"v{i}"] for i in range(len(learner.variables))]
    except (FileNotFoundError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
        return 0, []
    for variable, value in zip(learner.variables, values, strict=True):
        variable.assign(value)
    return len(history), history

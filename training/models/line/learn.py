"""Training: by the digits of a row in their order (CTC), and by the column and the box of each."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from realtime.detections import NOT_A_DIGIT
from training.models.line.batches import Batch, batches
from training.models.line.network import build
from training.models.line.rows import Rows, read_file

HELD = "held.npz"
"""The file of rows by other writers, for looking at how well rows are read."""

_BATCH = 16  # few rows a step: on a processor the steps are what is short
_SAVE = 300.0  # seconds between two checkpoints
_DIGIT = 4.0  # weight of a column where a digit stands; of one without it is 1
_BOX = 1.0
_CTC = 0.25


@dataclass(frozen=True)
class Run:
    """A run of training.

    Attributes:
        folder: for checkpoints; a run that was broken off goes on from there.
        rows: folder of the files of rows; new ones are read as they come.
        minutes: to learn for, in all parts of a run together.
        rate: highest learning rate of the cycle.
        seed: of the first weights and the order of the rows.
        start: weights to start from, `.weights.h5`, where there is no checkpoint; None starts anew.
    """

    folder: Path
    rows: Path
    minutes: float
    rate: float = 3e-3
    seed: int = 1
    start: Path | None = None


class _Store:
    """The rows of all files there are so far."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Rows] = {}

    def held(self) -> Rows:
        return read_file(self._folder / HELD)

    def all(self) -> Rows:
        for path in sorted(self._folder.glob("[0-9]*.npz")):
            if path.name not in self._known:
                self._known[path.name] = read_file(path)
        parts = list(self._known.values())
        return Rows(
            [picture for part in parts for picture in part.pictures],
            [text for part in parts for text in part.texts],
            [boxes for part in parts for boxes in part.boxes],
        )


def learn(run: Run) -> keras.Model:
    """Train until the minutes are over; returns the network."""
    keras.utils.set_random_seed(run.seed)
    model = build()
    if run.start is not None:
        model.load_weights(run.start)
    optimizer = keras.optimizers.AdamW(run.rate, weight_decay=1e-3, global_clipnorm=2.0)
    optimizer.build(model.trainable_variables)
    checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer, spent=tf.Variable(0.0, dtype=tf.float64))
    manager = tf.train.CheckpointManager(checkpoint, str(run.folder), max_to_keep=2)
    checkpoint.restore(manager.latest_checkpoint).expect_partial()
    store, whole = _Store(run.rows), run.minutes * 60
    held = store.held()
    step = _step(model, optimizer)
    spent = float(checkpoint.spent)
    rng = np.random.default_rng([run.seed, int(spent)])
    start, saved = time.monotonic() - spent, time.monotonic()
    mean = 0.0
    for steps, batch in enumerate(_ahead(_endless(store, rng))):
        spent = time.monotonic() - start
        if spent >= whole:
            break
        optimizer.learning_rate.assign(run.rate * rate(spent / whole))
        loss = float(step(*_tensors(batch)))
        mean = 0.98 * mean + 0.02 * loss if steps else loss
        if time.monotonic() - saved > _SAVE:
            saved = time.monotonic()
            checkpoint.spent.assign(spent)
            manager.save()
            model.save_weights(run.folder / "latest.weights.h5")
            told = {"minutes": round(spent / 60, 1), "steps": steps, "loss": round(mean, 3)}
            print(json.dumps(told | {"exact": round(exact(model, held), 4)}), flush=True)
    checkpoint.spent.assign(spent)
    manager.save()
    model.save_weights(run.folder / "latest.weights.h5")
    return model


def rate(share: float) -> float:
    """Share of the highest learning rate when that share of the time is over: a short rise, and a half cosine."""
    return min(1.0, 0.05 + share / 0.03) * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * min(1.0, share))))


def exact(model: keras.Model, rows: Rows, most: int = 256) -> float:
    """Share of the rows that are read without a mistake."""
    part = Rows(rows.pictures[:most], rows.texts[:most], rows.boxes[:most])
    right = 0
    infer = tf.function(model, reduce_retracing=True, jit_compile=False)
    for batch in batches(part, _BATCH, np.random.default_rng(0), redraw=False):
        digits, _ = infer(tf.constant(batch.pictures))
        wanted = ["".join(str(digit) for digit in text if digit >= 0) for text in batch.texts]
        right += sum(a == b for a, b in zip(greedy(np.asarray(digits)), wanted, strict=True))
    return right / len(part.texts)


def greedy(digits: np.ndarray) -> list[str]:
    """The likeliest class of every column of `(n, columns, 11)`, repeats and "no digit" left out."""
    best = digits.argmax(axis=2)
    new = np.concatenate([np.ones((len(best), 1), bool), best[:, 1:] != best[:, :-1]], axis=1)
    return ["".join(map(str, row[keep])) for row, keep in zip(best, new & (best != NOT_A_DIGIT), strict=True)]


def _endless(store: _Store, rng: np.random.Generator) -> Iterator[Batch]:
    while True:
        yield from batches(store.all(), _BATCH, rng)


def _ahead(source: Iterator[Batch]) -> Iterator[Batch]:
    """Batches, the next one made while this one is learnt from."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, source)
        while True:
            batch = coming.result()
            coming = pool.submit(next, source)
            yield batch


def _tensors(batch: Batch) -> tuple[tf.Tensor, ...]:
    return tuple(tf.constant(part) for part in (batch.pictures, batch.texts, batch.columns, batch.boxes))


def _step(model: keras.Model, optimizer: keras.optimizers.Optimizer):
    signature = [
        tf.TensorSpec((None, 48, None, 1), tf.float32),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        tf.TensorSpec((None, None, 4), tf.float32),
    ]

    @tf.function(input_signature=signature, jit_compile=False)
    def step(pictures: tf.Tensor, texts: tf.Tensor, columns: tf.Tensor, boxes: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            digits, reach = model(pictures, training=True)
            loss = _loss(digits, reach, texts, columns, boxes)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return step


def _loss(digits: tf.Tensor, reach: tf.Tensor, texts: tf.Tensor, columns: tf.Tensor, boxes: tf.Tensor) -> tf.Tensor:
    asked = tf.cast(columns >= 0, tf.float32)
    there = tf.cast((columns >= 0) & (columns != NOT_A_DIGIT), tf.float32)
    by_column = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(columns, 0), digits)
    weight = asked * (1 + (_DIGIT - 1) * there)
    naming = tf.reduce_sum(by_column * weight) / tf.reduce_sum(weight)
    off = tf.reduce_sum(tf.abs(reach - boxes), axis=2)
    placing = tf.reduce_sum(off * there) / tf.maximum(tf.reduce_sum(there), 1)
    # The classic operation knows no empty rows: one digit stands in for them, and counts nothing.
    empty = tf.reduce_all(texts < 0, axis=1, keepdims=True)
    first = tf.cast(tf.range(tf.shape(texts)[1])[None, :] == 0, tf.int32)
    some = tf.where(empty, first - 1, texts)
    where = tf.where(some >= 0)
    labels = tf.SparseTensor(where, tf.gather_nd(some, where), tf.shape(some, out_type=tf.int64))
    lengths = tf.fill([tf.shape(digits)[0]], tf.shape(digits)[1])
    by_row = tf.compat.v1.nn.ctc_loss(labels, digits, lengths, time_major=False)
    reading = tf.reduce_mean(by_row * tf.cast(~empty[:, 0], tf.float32))
    return naming + _BOX * placing + _CTC * reading


def threads() -> None:
    """Leave TensorFlow as many threads as OMP_NUM_THREADS says, if it says."""
    n = int(os.environ.get("OMP_NUM_THREADS", "0"))
    if n:
        tf.config.threading.set_intra_op_parallelism_threads(n)
        tf.config.threading.set_inter_op_parallelism_threads(1)

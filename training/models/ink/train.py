"""Training of the ink network: crops are drawn from the files that there are, while more of them may be made."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from realtime.ink.network import MAPS
from training.models.ink.network import Spread, contrasts, create
from training.models.ink.shards import Crops
from training.settings import InkSettings

_CHECKPOINT = "checkpoint.weights.h5"
_STATE = "checkpoint.json"
_DECAY = 1e-4  # of the weights
_EVERY = 180.0  # seconds between two checkpoints
_WARM = 150  # steps in which the rate rises
_FALL = 0.4  # share of the time, its last part, in which it falls
_LEAST = 0.01  # of the rate, at the end
_KEPT_OUT = 256  # crops of the first file that are looked at and not learnt from
_NEWEST = 120  # files kept in memory
_ODDS = 3.0  # weight of the mean error of each pixel beside that of the maps' shapes
_SMOOTH = 10.0  # pixels, so that an empty map has a shape too
_ONE = 50.0  # how the weight 1 is packed


def train(
    settings: InkSettings,
    files: Callable[[], Iterable[Path]],
    folder: Path,
    start: Path | None = None,
    log: Callable[[str], None] = print,
) -> keras.Model:
    """Train a network for some minutes, or go on with a run in the same folder.

    Args:
        settings: see there.
        files: names the crop files that there are; it is asked again at every checkpoint. It must name one at once.
        folder: for the checkpoint.
        start: weights to start from, `.keras` or `.weights.h5`, where there is no checkpoint.
        log: is given a line at every checkpoint.

    Returns:
        The network, in the precision of the settings.

    Raises:
        KeyboardInterrupt: after ctrl-C; the last checkpoint is kept.
    """
    keras.utils.set_random_seed(settings.seed)
    if settings.mixed_precision:
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    folder.mkdir(parents=True, exist_ok=True)
    model = create()
    spent, steps = _restore(folder, model)
    if not steps and start is not None:
        weights = keras.models.load_model(start, compile=False).get_weights() if start.suffix == ".keras" else None
        model.set_weights(weights) if weights else model.load_weights(start)
    learner = Learner(model, settings)
    crops = Drawer(settings.seed + steps)
    crops.add(files())
    begin = checked = time.monotonic()
    mean = float("nan")
    with ThreadPoolExecutor(1) as background:
        upcoming = background.submit(crops.batch, settings.batch_size)
        while (share := (spent + time.monotonic() - begin) / (60 * settings.minutes)) < 1:
            batch = upcoming.result()
            upcoming = background.submit(crops.batch, settings.batch_size)
            loss = learner.learn(batch, settings.learning_rate * rate(steps, share))
            mean = loss if np.isnan(mean) else 0.98 * mean + 0.02 * loss
            steps += 1
            if time.monotonic() - checked > _EVERY:
                checked = time.monotonic()
                _save(folder, model, spent + checked - begin, steps)
                dice = learner.dice(crops.kept_out)
                log(f"{share:4.0%}  step {steps}  loss {mean:.4f}  dice " + " ".join(f"{each:.4f}" for each in dice))
                crops.add(files())
    _save(folder, model, 60 * settings.minutes, steps)
    return model


def rate(steps: int, share: float) -> float:
    """The learning rate against the highest: it rises, stays, and falls in the last part of the time."""
    return min(1.0, (steps + 1) / _WARM) * max(_LEAST, min(1.0, (1 - share) / _FALL))


class Drawer:
    """Draws batches from crop files, which are held in memory."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._files: list[Crops] = []
        self._known: set[Path] = set()
        self.kept_out = Crops(*(np.zeros((0, 0, 0), np.uint8),) * 5)

    def add(self, paths: Iterable[Path]) -> None:
        """Take files in that are new; some crops of the first one are kept out."""
        for path in paths:
            if path in self._known:
                continue
            self._known.add(path)
            arrays = list(vars(Crops.read(path)).values())
            if not self._files:
                self.kept_out = Crops(*(each[:_KEPT_OUT] for each in arrays))
                arrays = [each[_KEPT_OUT:] for each in arrays]
            self._files = [*self._files[1 - _NEWEST :], Crops(*arrays)]

    def batch(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Contrasts `(n, h, w, 1) float32`, redrawn; targets `(n, h / 2, w / 2, MAPS)` and weights, 1 in the last."""
        seen, wanted, weight = [], [], []
        for _ in range(n):
            file = self._files[self._rng.integers(len(self._files))]
            k = self._rng.integers(len(file.seen))
            seen.append(self._redrawn(contrasts(file.seen[k])))
            wanted.append(np.stack([file.ink[k], file.body[k], file.core[k]], axis=-1))
            weight.append(file.weight[k])
        maps = np.stack(wanted).astype(np.float32) / 255, np.stack(weight).astype(np.float32)[..., None] / _ONE
        return np.stack(seen)[..., None], *maps

    def _redrawn(self, contrast: np.ndarray) -> np.ndarray:
        """Stronger or weaker, noisy, light on dark, or off its mean."""
        rng = self._rng
        if rng.random() < 0.6:
            contrast = contrast * np.float32(np.exp(rng.uniform(-0.9, 0.5)))
        if rng.random() < 0.3:
            noise = rng.standard_normal(contrast.shape, dtype=np.float32)
            contrast = contrast + np.float32(rng.uniform(0, 0.12)) * noise
        if rng.random() < 0.2:
            contrast = -contrast
        if rng.random() < 0.3:
            contrast = contrast + np.float32(rng.normal(0, 0.12))
        return np.clip(contrast, -2, 2)


class Learner:
    """The network and its optimiser."""

    def __init__(self, model: keras.Model, settings: InkSettings) -> None:
        self._model, self._spread = model, Spread()
        self._optimizer = keras.optimizers.AdamW(settings.learning_rate, weight_decay=_DECAY, global_clipnorm=1.0)
        self._step = tf.function(self._learn, jit_compile=False)
        self._ask = tf.function(lambda seen: self._spread(model(seen, training=False)), jit_compile=False)

    def learn(self, batch: tuple[np.ndarray, np.ndarray, np.ndarray], rate: float) -> float:
        """One step; returns the loss."""
        self._optimizer.learning_rate.assign(rate)
        return float(self._step(*map(tf.constant, batch)))

    def _learn(self, seen: tf.Tensor, wanted: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = _loss(self._spread(self._model(seen, training=True)), wanted, weight)
        weights = self._model.trainable_variables
        self._optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights, strict=True))
        return loss

    def dice(self, crops: Crops) -> list[float]:
        """How well each map's shapes are found in crops that were not learnt from: 0 to 1 each."""
        both, either = np.zeros(MAPS), np.zeros(MAPS)
        for k in range(0, len(crops.seen), 16):
            part = np.s_[k : k + 16]
            said = self._ask(contrasts(crops.seen[part])[..., None]).numpy() > 0
            wanted = np.stack([each[part] for each in (crops.ink, crops.body, crops.core)], axis=-1) > 127
            counts = (crops.weight[part] > 0)[..., None]
            both += (said & wanted & counts).sum(axis=(0, 1, 2))
            either += (said & counts).sum(axis=(0, 1, 2)) + (wanted & counts).sum(axis=(0, 1, 2))
        return (2 * both / np.maximum(either, 1)).tolist()


def _loss(odds: tf.Tensor, wanted: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """The error of each pixel, and how far the shapes of each map are from covering the wanted ones."""
    odds = tf.cast(odds, tf.float32)
    error = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(wanted, odds) * weight)
    said = tf.sigmoid(odds)
    both = tf.reduce_sum(weight * wanted * said, axis=(0, 1, 2))
    either = tf.reduce_sum(weight * (wanted + said), axis=(0, 1, 2))
    return _ODDS * error + tf.reduce_mean(1 - (2 * both + _SMOOTH) / (either + _SMOOTH))


def _restore(folder: Path, model: keras.Model) -> tuple[float, int]:
    """Seconds and steps that a run in this folder has had, its weights put into the network."""
    if not (folder / _STATE).exists():
        return 0.0, 0
    state = json.loads((folder / _STATE).read_text())
    model.load_weights(folder / _CHECKPOINT)
    return float(state["seconds"]), int(state["steps"])


def _save(folder: Path, model: keras.Model, seconds: float, steps: int) -> None:
    unfinished = folder / ("unfinished-" + _CHECKPOINT)
    model.save_weights(unfinished)
    os.replace(unfinished, folder / _CHECKPOINT)
    (folder / _STATE).write_text(json.dumps({"seconds": seconds, "steps": steps}))

from __future__ import annotations

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from realtime.ink.network import MAPS, STRIDE, InkNetwork
from training.models.ink import export
from training.models.ink.network import contrasts, create, shipped
from training.models.ink.shards import Crops
from training.models.ink.train import Drawer, Learner, rate, train
from training.settings import InkSettings

# TensorFlow compiles what is trained and converted: minutes on a slow machine.
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def crops() -> Crops:
    """Twelve crops of 64 pixels with a bright square each, of which the maps are the square."""
    rng = np.random.default_rng(0)
    seen, maps = np.full((300, 64, 64), 128, np.uint8), np.zeros((300, 32, 32), np.uint8)
    for picture, square in zip(seen, maps, strict=True):
        y, x = rng.integers(4, 20, 2)
        picture[2 * y : 2 * y + 16, 2 * x : 2 * x + 16] = 20
        square[y : y + 8, x : x + 8] = 255
    return Crops(seen, maps, maps, maps, np.full_like(maps, 50))


def small() -> keras.Model:
    """A network of three layers that takes and gives what the real one does: that one takes long to compile."""
    given = keras.Input((None, None, 1))
    x = keras.layers.Conv2D(8, 5, 4, padding="same", activation="relu")(given)
    x = keras.layers.Conv2D(8, 3, padding="same", activation="relu")(x)
    return keras.Model(given, keras.layers.Conv2D(4 * MAPS, 1)(x))


def test_training_goes_on_where_it_was_stopped(crops: Crops, tmp_path, monkeypatch):
    monkeypatch.setattr("training.models.ink.train.create", small)
    path = tmp_path / "0.npz"
    crops.write(path)
    settings = InkSettings(minutes=0.02, batch_size=4)
    network = train(settings, lambda: [path], tmp_path / "run")
    state = json.loads((tmp_path / "run" / "checkpoint.json").read_text())
    assert state["steps"] > 0
    again = train(settings, lambda: [path], tmp_path / "run")  # its time is up: as it was
    for one, other in zip(network.get_weights(), again.get_weights(), strict=True):
        assert (one == other).all()


def test_what_is_learnt_is_found_in_crops_that_were_not_learnt_from(crops: Crops, tmp_path):
    keras.utils.set_random_seed(1)
    crops.write(tmp_path / "0.npz")
    drawer, learner = Drawer(0), Learner(small(), InkSettings())
    drawer.add([tmp_path / "0.npz"])
    before = learner.dice(drawer.kept_out)
    for _ in range(60):
        learner.learn(drawer.batch(8), 0.01)
    assert min(learner.dice(drawer.kept_out)) > max(before) + 0.2


def test_every_weight_of_the_network_is_learnt(crops: Crops):
    network = create()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(network(contrasts(crops.seen[:2])[..., None], training=True) ** 2)
    for weight, gradient in zip(
        network.trainable_variables, tape.gradient(loss, network.trainable_variables), strict=True
    ):
        assert gradient is not None and np.isfinite(gradient).all() and np.any(gradient), weight.path


def test_the_rate_rises_stays_and_falls():
    assert rate(0, 0) < 0.01 and rate(500, 0.3) == 1 and rate(500, 0.8) == pytest.approx(0.5) and rate(500, 1) < 0.02


def test_some_crops_are_never_drawn(crops: Crops, tmp_path):
    crops.write(tmp_path / "0.npz")
    drawer = Drawer(0)
    drawer.add([tmp_path / "0.npz"])
    assert len(drawer.kept_out.seen) == 256
    seen, wanted, weight = drawer.batch(5)
    assert seen.shape == (5, 64, 64, 1) and wanted.shape == (5, 32, 32, 3) and (weight == 1).all()
    assert np.abs(seen).max() <= 2


def test_the_file_says_what_the_network_says_at_any_size(crops: Crops, tmp_path):
    network = create()
    path = export.write(network, crops, tmp_path, {"training": {}})
    card = json.loads(path.with_suffix(".json").read_text())
    assert card["name"] == "ink" and card["input"]["dtype"] == "uint8"
    lite, twin = InkNetwork(path), shipped(network)
    for h, w in ((2 * STRIDE, 2 * STRIDE), (3 * STRIDE, 5 * STRIDE)):
        packed = np.random.default_rng(h).integers(0, 255, (h, w), dtype=np.uint8)
        said = twin(contrasts(packed)[None, ..., None]).numpy()[0]
        assert np.abs(said - lite(packed) / 256).mean() < 0.05

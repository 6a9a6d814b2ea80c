"""Learning on several devices, tried on two halves of one processor.

TensorFlow can be told to see two only before it has looked for any, so this is tried in a process of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TWO_DEVICES = """
import keras
import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)
from training.data.sources import VALIDATION, Source
from training.models.digits.devices import strategy_for
from training.settings import Settings
from training.models.digits.train import Learner

rng = np.random.default_rng(0)
images, labels = rng.integers(0, 256, (96, 28, 28)).astype(np.uint8), rng.integers(0, 11, 96)
wanted = np.eye(11, dtype=np.float32)[labels]


def learnt(devices, arch):
    keras.utils.set_random_seed(1)
    settings = Settings(arch=arch, width=8, epochs=1, batch_size=32, learning_rate=0.01, mixed_precision=False)
    learner = Learner(settings, 3, strategy_for(devices))
    return learner, learner.learn(images, wanted, "")


for arch in ("digits", "lenet5"):
    two, loss = learnt(["CPU:0", "CPU:1"], arch)
    copies = [[copy.numpy() for copy in variable.value.values] for variable in two.model.trainable_variables]
    assert all(len(pair) == 2 and (pair[0] == pair[1]).all() for pair in copies), "the copies have parted"
assert strategy_for(["CPU:0"]).num_replicas_in_sync == 1
# Without batch norm, which each device does for its own share, two devices learn just what one does.
one, alone = learnt(["CPU:0"], "lenet5")
np.testing.assert_allclose(loss, alone, rtol=1e-4)
for pair, variable in zip(copies, one.model.trainable_variables, strict=True):
    np.testing.assert_allclose(pair[0], variable, atol=2e-3)
seen = [Source("some", images, labels, np.full(96, VALIDATION, np.uint8))]
assert two.validate(seen) == one.validate(seen)
print("the same")
"""


def test_copies_on_two_devices_end_with_the_same_weights_as_on_one() -> None:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"}
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout == "the same\n", done.stderr[-3000:]

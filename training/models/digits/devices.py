"""The processors that a step of learning is shared among: all the GPUs there are, or the one device as it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import tensorflow as tf


def strategy_for(devices: Sequence[str] | None = None) -> tf.distribute.Strategy:
    """How to share the work.

    Args:
        devices: names such as "GPU:0"; all GPUs where left out.

    Returns:
        A strategy that keeps a copy of the network on each of several devices; with one or none, TensorFlow's own.
    """
    if devices is None:
        devices = [device.name.removeprefix("/device:") for device in tf.config.list_logical_devices("GPU")]
    return _mirrored(tuple(devices)) if len(devices) > 1 else tf.distribute.get_strategy()


@cache  # two strategies over the same devices take each other's sums for their own
def _mirrored(devices: tuple[str, ...]) -> tf.distribute.Strategy:
    return tf.distribute.MirroredStrategy(devices)

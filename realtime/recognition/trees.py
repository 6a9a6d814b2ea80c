"""Boosted decision trees of one depth, each a heap: below node i are the nodes 2i + 1, for no, and 2i + 2, for yes."""

from __future__ import annotations

import numpy as np


def add_up(column: np.ndarray, bound: np.ndarray, value: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Sum of the leaves that each row of features reaches.

    Args:
        column: `(t, nodes)` integers, the feature that each node asks about.
        bound: `(t, nodes) float32`; the answer is yes where the feature is more than this.
        value: `(t, nodes + 1) float32`, the leaves.
        features: `(n, columns)`.

    Returns:
        `(n,) float32`.
    """
    trees, nodes = column.shape
    n = len(features)
    # Every question is asked of every row at once: that is one comparison of two arrays, and less than one look a step.
    yes = (np.ascontiguousarray(features.T)[column.ravel()] > bound.reshape(-1, 1)).ravel()
    tree, row = np.arange(trees)[:, None], np.arange(n)
    node = np.zeros((trees, n), np.int64)
    for _ in range((nodes + 1).bit_length() - 1):
        node = 2 * node + 1 + np.take(yes, (tree * nodes + node) * n + row)
    return np.take(value, tree * (nodes + 1) + node - nodes).sum(axis=0)


def check(column: np.ndarray, bound: np.ndarray, value: np.ndarray, columns: int) -> None:
    """See that trees can be asked about so many features.

    Raises:
        ValueError: they cannot.
    """
    trees, nodes = column.shape
    if bound.shape != (trees, nodes) or value.shape != (trees, nodes + 1) or (nodes + 1) & nodes:
        raise ValueError("trees of different sizes")
    if column.size and not 0 <= column.min() <= column.max() < columns:
        raise ValueError("trees that ask for what nobody tells")
    if bound.dtype.kind != "f" or np.isnan(bound).any() or value.dtype.kind != "f" or not np.isfinite(value).all():
        raise ValueError("bounds and leaves that are no numbers")  # a bound of infinity is never reached: that is one

"""A decision tree of scikit-learn as the heap that `realtime.recognition.trees` walks through."""

from __future__ import annotations

from typing import Any

import numpy as np


def heap(tree: Any, depth: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns, bounds and leaves of a `sklearn.tree._tree.Tree` that is no deeper than `depth`.

    A branch that ends early goes on and asks for nothing.
    """
    nodes = 2**depth - 1
    column, bound, place = np.zeros(nodes, np.int64), np.full(nodes, np.inf, np.float32), [0]
    for i in range(nodes):
        here = place[i]
        if tree.children_left[here] < 0:
            place += [here, here]
        else:
            column[i], bound[i] = tree.feature[here], tree.threshold[here]
            place += [tree.children_left[here], tree.children_right[here]]
    return column, bound, tree.value[place[nodes:], 0, 0]

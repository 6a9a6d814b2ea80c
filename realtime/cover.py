"""Which glyphs are read, where several claim the same ink: those that together explain it best."""

from __future__ import annotations

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph

_JUNK = 1.2  # what it costs to call ink no digit, in nats, where it is as large as the largest of its cluster


def choose(glyphs: list[Glyph], probabilities: np.ndarray) -> np.ndarray:
    """Indices of the glyphs that together explain the ink best, each bit of ink once.

    Args:
        glyphs: as `realtime.hypotheses` proposed them.
        probabilities: `(n, 11)`, what the network makes of each.
    """
    p = np.maximum(probabilities, 1e-6)
    digit = np.log(p[:, :NOT_A_DIGIT].max(axis=1))
    junk = np.log(p[:, NOT_A_DIGIT])
    by_atom: dict[int, list[int]] = {}
    for k, glyph in enumerate(glyphs):
        for atom in glyph.atoms:
            by_atom.setdefault(atom, []).append(k)
    chosen: list[int] = []
    seen: set[int] = set()
    for start in range(len(glyphs)):
        if start in seen:
            continue
        cluster, todo = [], [start]
        seen.add(start)
        while todo:
            k = todo.pop()
            cluster.append(k)
            for atom in glyphs[k].atoms:
                for other in by_atom[atom]:
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        if len(cluster) == 1:
            chosen.append(start)
            continue
        extent = np.array([max(glyphs[k].crop.shape) for k in cluster])
        cost = _JUNK * extent / extent.max()
        prior = {k: glyphs[k].prior for k in cluster}
        value = {
            k: max(digit[k] + prior[k], junk[k] - c + min(prior[k], 0)) for k, c in zip(cluster, cost, strict=True)
        }
        chosen.extend(_best_cover(glyphs, sorted(cluster), value))
    return np.array(sorted(chosen), np.intp)


def _best_cover(glyphs: list[Glyph], cluster: list[int], value: dict[int, float]) -> list[int]:
    """The glyphs of a cluster that share no atom and have the highest sum of values; atoms may go unread at a price."""
    atoms = sorted(set().union(*(glyphs[k].atoms for k in cluster)))
    if len(atoms) > 12:
        return _greedy_cover(glyphs, cluster, value)
    best: dict[frozenset[int], tuple[float, list[int]]] = {frozenset(): (0.0, [])}

    def solve(left: frozenset[int]) -> tuple[float, list[int]]:
        if left in best:
            return best[left]
        first = min(left)
        rest, picks = solve(left - {first})
        answer = rest - _JUNK, picks
        for k in cluster:
            if first in glyphs[k].atoms and glyphs[k].atoms <= left:
                rest, picks = solve(left - glyphs[k].atoms)
                if rest + value[k] > answer[0]:
                    answer = rest + value[k], [k, *picks]
        best[left] = answer
        return answer

    return solve(frozenset(atoms))[1]


def _greedy_cover(glyphs: list[Glyph], cluster: list[int], value: dict[int, float]) -> list[int]:
    taken: set[int] = set()
    picks = []
    for k in sorted(cluster, key=lambda k: value[k] / len(glyphs[k].atoms), reverse=True):
        if not taken & glyphs[k].atoms:
            taken |= glyphs[k].atoms
            picks.append(k)
    return picks

"""Which glyphs are read, where several claim the same ink: those that together explain it best."""

from __future__ import annotations

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph

_JUNK = 1.2  # what it costs to call ink no digit, in nats, where it is as long as its cluster is high
_PART = 2.0  # and so many times that where it is a part of something
_STATES = 300  # ways to have read the first part of a cluster that are followed at a time


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
        shapes = np.array([glyphs[k].crop.shape for k in cluster])
        cost = _JUNK * shapes.max(axis=1) / shapes[:, 0].max()
        atoms = [glyphs[k].atoms for k in cluster]
        cost *= [_PART if any(own < other for other in atoms) else 1.0 for own in atoms]
        prior = {k: glyphs[k].prior for k in cluster}
        value = {
            k: max(digit[k] + prior[k], junk[k] - c + min(prior[k], 0)) for k, c in zip(cluster, cost, strict=True)
        }
        spare: dict[int, float] = {}
        for k, c in zip(cluster, cost, strict=True):
            for atom in glyphs[k].atoms:
                spare[atom] = min(spare.get(atom, _JUNK), c)
        chosen.extend(_best_cover(glyphs, sorted(cluster), value, spare))
    return np.array(sorted(chosen), np.intp)


def _best_cover(glyphs: list[Glyph], cluster: list[int], value: dict[int, float], spare: dict[int, float]) -> list[int]:
    """The glyphs of a cluster that share no atom and have the highest sum of values; atoms may go unread at a price.

    Args:
        glyphs: all of them.
        cluster: those to choose among.
        value: of each of these.
        spare: what it costs to leave an atom unread.
    """
    atoms = sorted(set().union(*(glyphs[k].atoms for k in cluster)))
    place = {atom: i for i, atom in enumerate(atoms)}
    starting: list[list[tuple[int, int]]] = [[] for _ in atoms]
    for k in cluster:
        bits = sum(1 << place[atom] for atom in glyphs[k].atoms)
        starting[(bits & -bits).bit_length() - 1].append((bits, k))
    # From the first atom on: what is left is the same for all ways to have read what came before.
    todo: dict[int, tuple[float, tuple[int, ...]]] = {(1 << len(atoms)) - 1: (0.0, ())}
    for i, atom in enumerate(atoms):
        bit = 1 << i
        after: dict[int, tuple[float, tuple[int, ...]]] = {}

        def reach(left: int, gain: float, picks: tuple[int, ...], after: dict = after) -> None:
            if left not in after or after[left][0] < gain:
                after[left] = gain, picks

        for left, (gain, picks) in todo.items():
            if not left & bit:
                reach(left, gain, picks)
                continue
            reach(left & ~bit, gain - spare[atom], picks)
            for bits, k in starting[i]:
                if bits & left == bits:
                    reach(left & ~bits, gain + value[k], (*picks, k))
        if len(after) > _STATES:
            after = dict(sorted(after.items(), key=lambda state: -state[1][0])[:_STATES])
        todo = after
    return list(max(todo.values())[1])

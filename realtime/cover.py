"""Which glyphs are read, where several claim the same ink: those that together explain it best."""

from __future__ import annotations

import numpy as np

from realtime.detections import NOT_A_DIGIT
from realtime.glyph import Glyph

_JUNK = 2.4  # what it costs to call ink no digit, in nats, where it is as long as its cluster is high
_PART = 2.0  # and so many times that where it is a part of something
_SLIGHT = 0.8  # and for all of a glyph that is too flat or too low to be one by itself
_FLAT = 0.2  # a piece lower than this share of its cluster holds no digits of its own
_PLAIN = 0.9  # how sure a piece must be to need no other that lies near it
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
    seen = _needless(glyphs, p)  # these are passed over
    for start in range(len(glyphs)):
        if start in seen:
            continue
        cluster, todo = [], [start]
        seen.add(start)
        while todo:
            k = todo.pop()
            cluster.append(k)
            for atom in glyphs[k].atoms:
                for other in by_atom.pop(atom, ()):  # each is looked at once
                    if other not in seen:
                        seen.add(other)
                        todo.append(other)
        if len(cluster) == 1:
            chosen.append(start)
            continue
        value, cost = _values(glyphs, cluster, digit, junk)
        spare: dict[int, float] = {}
        for k, c in cost.items():
            for atom in glyphs[k].atoms:
                spare[atom] = min(spare.get(atom, _SLIGHT), c)
        for k in sorted(cluster, key=lambda k: len(glyphs[k].atoms)):
            slight = glyphs[k].atoms - spare.keys()
            spare |= dict.fromkeys(slight, _SLIGHT / max(1, len(slight)))
        chosen.extend(_best_cover(glyphs, sorted(cluster), value, spare))
    return np.array(sorted(chosen), np.intp)


def _needless(glyphs: list[Glyph], p: np.ndarray) -> set[int]:
    """Glyphs joined of pieces of which one alone is surely the same digit, or two are digits."""
    digit, sure = p[:, :NOT_A_DIGIT].argmax(axis=1), p[:, :NOT_A_DIGIT].max(axis=1) >= _PLAIN
    alone = [k for k in np.flatnonzero(sure & (digit != 1)).tolist() if glyphs[k].whole]
    found = set()
    for k, glyph in enumerate(glyphs):
        if not glyph.joined:
            continue
        held = [j for j in alone if glyphs[j].atoms < glyph.atoms]
        if len(held) > 1 or any(digit[j] == digit[k] for j in held):
            found.add(k)
    return found


def _values(
    glyphs: list[Glyph], cluster: list[int], digit: np.ndarray, junk: np.ndarray
) -> tuple[dict[int, float], dict[int, float]]:
    """What it is worth to read each glyph of a cluster, as a digit or as none; and what calling it none costs.

    Several pieces together are a digit or nothing: as none, each is judged by itself.
    """
    heights = {k: glyphs[k].crop.shape[0] for k in cluster}
    tallest = max(heights.values())
    # A piece that may be cut is measured by itself: by how many digits it may hold.
    own: dict[int, int] = {}
    for k in cluster:
        piece = glyphs[k].cut_from
        if piece >= 0:
            own[piece] = max(own.get(piece, 0), heights[k])
    value, cost = {}, {}
    for k in cluster:
        glyph = glyphs[k]
        value[k] = digit[k] + glyph.prior
        part = glyph.cut_from >= 0
        if glyph.joined:
            continue
        piece = glyph.cut_from if part else next(iter(own.keys() & glyph.atoms), -1)
        height = own.get(piece, 0)
        if height < _FLAT * tallest:
            height = tallest
        cost[k] = _JUNK * max(glyph.crop.shape) / height * (_PART if part else 1)
        value[k] = max(value[k], junk[k] - cost[k] + glyph.prior)
    return value, cost


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

from __future__ import annotations

import numpy as np
from drawn import crosses, pen_digits

from realtime.ink import decide as reading
from realtime.ink.decide import ALONE
from training.ink.decide import Examples, grow, pages, save
from training.ink.writer import Hands


def examples(n: int = 600) -> Examples:
    """Bodies that are digits where the naming network says so and little is dark around them."""
    rng = np.random.default_rng(0)
    told = rng.normal(0, 1, (n, len(ALONE)))
    right = told[:, ALONE.index("digit")] > told[:, ALONE.index("beside")]
    corner = rng.integers(0, 500, (n, 2))
    return Examples(
        told, np.concatenate([corner, corner + 30], axis=1), right, np.arange(n) // 20, (n, int(right.sum()))
    )


def test_what_is_grown_tells_digits_and_is_read_again(tmp_path, monkeypatch):
    known = examples()
    alone, together, odds = grow(known)
    assert ((odds > 0) == known.right).mean() > 0.85
    save(tmp_path / "decide.npz", alone, together)
    monkeypatch.setattr(reading, "FILE", tmp_path / "decide.npz")
    again = reading.shipped.__wrapped__()
    assert np.allclose(again.alone(known.told), alone(known.told))
    assert ((alone(known.told) > 0) == known.right).mean() > 0.9


def test_pages_of_all_kinds_come_with_their_truth():
    hands = Hands([pen_digits(100, 0)], crosses(20, 1), crosses(20, 2))
    for frame, owner, labels in pages(20, 3, hands, None):
        assert frame.shape == (*owner.shape, 3) and frame.dtype == np.uint8
        assert owner.max() < max(1, len(labels))

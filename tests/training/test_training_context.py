from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from realtime.context import SIGNS, Context
from realtime.model_file import ModelError
from training import context
from training.context import Examples, gather, grow, save


@pytest.fixture(scope="module")
def examples() -> Examples:
    """Digits that are dark or have neighbours, on pages of ten; mistakes are pale and alone."""
    rng = np.random.default_rng(0)
    told = rng.normal(0, 1, (1000, len(SIGNS)))
    dark, row = SIGNS.index("dark"), SIGNS.index("row")
    right = (told[:, dark] > 0) | (told[:, row] > 0)
    page = np.arange(1000) // 10
    return Examples(told, right, page, page)


@pytest.fixture(scope="module")
def grown(examples: Examples) -> tuple[Context, np.ndarray, GradientBoostingClassifier]:
    """The trees, what they said of pages they had not seen, and scikit-learn's own form of them."""
    fitted = []

    class Kept(GradientBoostingClassifier):
        def fit(self, *args, **options):
            fitted.append(self)
            return super().fit(*args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(context, "GradientBoostingClassifier", Kept)
        patch.setattr(context, "LOST", 0.02)
        trees, said = grow(examples, seed=1)
    return trees, said, fitted[-1]


def test_trees_find_what_tells_digits_from_mistakes(examples, grown):
    told, right = examples.told, examples.right
    trees, said, _ = grown
    assert (said[right] < trees.least).mean() == pytest.approx(0.02, abs=0.01)
    assert (said[~right] >= trees.least).mean() < 0.15
    here = trees(told)
    assert (here[right] >= trees.least).mean() > 0.97 and (here[~right] < trees.least).mean() > 0.9


def test_the_trees_are_those_of_scikit_learn(examples, grown):
    told = examples.told
    trees, _, fitted = grown
    expected = fitted.predict_proba(told)[:, 1]
    assert np.abs(trees(told) - expected).max() < 1e-4


def test_what_is_written_is_read_again(examples, grown, tmp_path, monkeypatch):
    told = examples.told
    trees = grown[0]
    save(tmp_path / "context.npz", trees)
    monkeypatch.setattr("realtime.context.FILE", tmp_path / "context.npz")
    from realtime.context import shipped

    again = shipped.__wrapped__()
    assert np.allclose(again(told), trees(told)) and again.least == pytest.approx(trees.least)
    np.savez(tmp_path / "context.npz", signs=np.array(["other"]))
    with pytest.raises(ModelError, match="SHA-256 differs"):
        shipped.__wrapped__()
    (tmp_path / "context.json").unlink()
    with pytest.raises(ModelError, match="other signs"):
        shipped.__wrapped__()


def test_the_same_pages_are_read_whatever_the_number_of_processes(monkeypatch):
    @contextmanager
    def here(*_: object, **__: object) -> Iterator[Executor]:
        with ThreadPoolExecutor(1) as pool:
            yield pool

    for name, count in (("_SHEETS", 2), ("_DETAILED", 1), ("_SCENES", 2), ("_MIXED", 1)):
        monkeypatch.setattr(context, name, count)
    two = gather(3, 2)
    monkeypatch.setattr(context, "ProcessPoolExecutor", here)
    monkeypatch.setattr(context, "_gatherer", context.Gatherer(), raising=False)
    one = gather(3, 1)
    for name in ("told", "right", "page", "picture"):
        assert (getattr(one, name) == getattr(two, name)).all()
    assert one.told.shape == (len(one.right), len(SIGNS)) and one.right.sum() > 20
    assert set(one.page[one.right]) <= {0, 1, 2, 5}, "no digit was drawn on the others"
    assert len(set(one.picture)) >= len(set(one.page))

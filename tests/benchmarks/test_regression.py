"""The inputs of the regression check are drawn once, and again when the code that draws them changes."""

from __future__ import annotations

import operator
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from benchmarks import mutants
from benchmarks.regression import cache, sets
from benchmarks.regression.bounds import BOUNDS
from benchmarks.regression.reading import CLIP
from benchmarks.regression.sets import DrawnSet
from benchmarks.regression.stages import MUTANTS, applied
from training.render.scenes import Scene, draw_sheet

_JOB = ("small", 1)


def _small(rng: np.random.Generator, i: int) -> Scene:
    return draw_sheet(rng, (160, 120), "plain", rows=["12 3"])


@pytest.fixture
def small(tmp_path, monkeypatch):
    """One small set, kept in a folder of its own, drawn in this process."""
    monkeypatch.setattr(sets, "DRAWN", {"small": DrawnSet(2, _small)})
    monkeypatch.setattr(cache, "FOLDER", tmp_path)
    monkeypatch.setattr(cache, "ProcessPoolExecutor", _Here)


class _Here:
    def __init__(self, *_: object) -> None: ...

    def __enter__(self) -> _Here:
        return self

    def __exit__(self, *_: object) -> None: ...

    map = staticmethod(map)


@pytest.mark.usefixtures("small")
def test_a_picture_comes_back_as_it_was_drawn() -> None:
    read, drawn = cache.load(cache.prepare(), _JOB), sets.draw(*_JOB)
    assert np.array_equal(read.image, drawn.image)
    assert (read.digits, read.rows, read.kind, read.others) == (drawn.digits, drawn.rows, drawn.kind, drawn.others)


@pytest.mark.usefixtures("small")
def test_pictures_are_drawn_once_and_again_when_the_code_has_changed(monkeypatch) -> None:
    first = cache.prepare()
    before = (first / "small-001.png").stat().st_mtime_ns
    assert cache.prepare() == first and (first / "small-001.png").stat().st_mtime_ns == before
    monkeypatch.setattr(cache, "digest", lambda: "other")
    second = cache.prepare()
    assert second != first and (second / "small-001.png").exists() and not first.exists()


def test_the_code_that_draws_is_all_that_the_sets_import() -> None:
    names = {path.name for path in cache.sources(cache.Path(sets.__file__), set())}
    assert {"sets.py", "scenes.py", "sheet.py", "styles.py", "handwriting.py", "paper.py", "light.py"} <= names
    assert "train.py" not in names


def value_of(where: str) -> Any:
    """What stands at `module:attribute`."""
    module, path = where.split(":")
    return operator.attrgetter(path)(import_module(module))


def test_a_mutant_names_sets_that_exist_and_is_undone() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    for mutant in MUTANTS:
        assert set(mutant.shows_in) <= {*BOUNDS, CLIP}
        before = [value_of(where) for where in mutant.changes]
        with applied(mutant):
            assert all(value_of(where) is not old for where, old in zip(mutant.changes, before, strict=True))
        assert all(value_of(where) is old for where, old in zip(mutant.changes, before, strict=True))


def test_a_mutant_moves_a_number_by_its_factor() -> None:
    drift = next(mutant for mutant in MUTANTS if mutant.name == "layout, drift, x 2")
    (where,) = drift.changes
    before = value_of(where)
    with applied(drift):
        assert value_of(where) == 2 * before


def test_a_mutant_of_the_layout_is_caught(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(mutants, "prepare", lambda: tmp_path)  # no picture is needed for it
    assert mutants.main(["--quick", "--only", "layout, far, x 2"]) == 0
    assert "caught 1 of 1" in capsys.readouterr().out

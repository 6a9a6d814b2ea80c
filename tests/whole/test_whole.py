"""Whole results on fixed hard inputs stay within the bounds of `benchmarks.regression.bounds`."""

from __future__ import annotations

import pytest

from benchmarks.regression import sets
from benchmarks.regression.bounds import BOUNDS, violations
from benchmarks.regression.reading import CLIP, LAYOUT, ROWS, SAMPLES, Results
from benchmarks.regression.report import file_of

# The first test waits until everything is read, and where nothing was drawn yet, until that is done.
pytestmark = pytest.mark.timeout(900)

_SHOWN = 4
"""Pictures whose rows a failure shows; the rest is in the file that it names."""


@pytest.mark.parametrize("name", [*BOUNDS, CLIP])
def test_what_is_read_is_within_bounds(results: Results, name: str) -> None:
    found = [violation.text for violation in violations(results) if violation.name == name]
    if found:
        wrong = [] if name == CLIP else results.outcomes[name].wrong[:_SHOWN]
        pytest.fail("\n".join([f"{name}: {'; '.join(found)}", *wrong, f"all: {file_of(name, '.*')}"]), pytrace=False)


def test_every_set_has_bounds_and_every_bound_a_set(results: Results) -> None:
    assert set(results.outcomes) == set(BOUNDS)
    assert {name for name in BOUNDS if not name.startswith(LAYOUT)} == {*sets.DRAWN, SAMPLES, ROWS}


def test_no_bound_is_tighter_than_the_figures_of_today() -> None:
    for name, bound in BOUNDS.items():
        f1, false, lines = bound.now
        assert (bound.f1 or 0) <= (f1 or 0) and bound.false >= false and (bound.lines or 0) <= (lines or 0), name

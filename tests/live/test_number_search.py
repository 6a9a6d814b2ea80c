"""The likeliest texts of a form against all that columns can say, one by one."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from math import prod

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.detections import CLASSES, NOT_A_DIGIT
from realtime.numbers.form import parse_form
from realtime.numbers.search import likeliest, separate

FORMS = ["1-3", "2", "luhn", "[12]\\d?", "(12|3)+", "1*2", "luhn:3", "ean8"]


def said(columns: np.ndarray) -> dict[str, float]:
    """Every text with its probability: the sum over all classes that the columns may have."""
    found: dict[str, float] = defaultdict(float)
    rows = columns.tolist()
    for classes in product(range(CLASSES), repeat=len(columns)):
        kept = [c for t, c in enumerate(classes) if c != NOT_A_DIGIT and (t == 0 or classes[t - 1] != c)]
        found["".join(map(str, kept))] += prod(row[c] for row, c in zip(rows, classes, strict=True))
    return found


@settings(max_examples=25, deadline=None)
@given(form=st.sampled_from(FORMS), seed=st.integers(0, 2**32 - 1), peaked=st.sampled_from([0.05, 0.3, 2.0]))
def test_the_likeliest_texts_are_found_with_their_probabilities(form, seed, peaked):
    columns = np.random.default_rng(seed).dirichlet(np.full(CLASSES, peaked), 4)
    expected = parse_form(form)
    fitting = {text: odds for text, odds in said(np.maximum(columns, 1e-7)).items() if expected.fits(text)}
    found = likeliest(columns, expected.automaton, 4)
    assert found.total == pytest.approx(sum(fitting.values()))
    best = sorted(fitting.values(), reverse=True)[:4]
    assert [odds for _, odds in found.texts] == pytest.approx(best)
    assert [fitting[text] for text, _ in found.texts] == pytest.approx(best)


@settings(max_examples=25, deadline=None)
@given(form=st.sampled_from(["2-3", "luhn:2-4", "[1-5]+", "ean8"]), seed=st.integers(0, 2**32 - 1))
def test_digits_that_were_cut_apart_stay_apart(form, seed):
    digits = np.random.default_rng(seed).dirichlet(np.full(CLASSES, 0.2), 4)
    expected = parse_form(form)
    texts: dict[str, float] = defaultdict(float)
    rows = np.maximum(digits, 1e-7).tolist()
    for classes in product(range(CLASSES), repeat=4):
        text = "".join(str(c) for c in classes if c != NOT_A_DIGIT)
        texts[text] += prod(row[c] for row, c in zip(rows, classes, strict=True))
    fitting = [odds for text, odds in texts.items() if expected.fits(text)]
    found = likeliest(separate(digits), expected.automaton)
    assert [odds for _, odds in found.texts] == pytest.approx(sorted(fitting, reverse=True)[:1], rel=1e-5)
    assert found.total == pytest.approx(sum(fitting), rel=1e-5)


def test_nothing_is_found_where_there_is_nothing():
    assert likeliest(np.zeros((0, CLASSES)), parse_form("2").automaton).texts == []
    assert likeliest(separate(np.full((1, CLASSES), 1 / CLASSES)), parse_form("2").automaton).total == 0


def test_many_columns_of_no_opinion_end_in_time():
    found = likeliest(np.full((60, CLASSES), 1 / CLASSES), parse_form("luhn:16").automaton)
    assert 0 < found.total < 1

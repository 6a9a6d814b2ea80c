"""Reads every input once for all tests of this folder, and leaves what went wrong in `runs/whole/`."""

from __future__ import annotations

import sys

import pytest

from benchmarks.regression.cache import prepare
from benchmarks.regression.reading import Results, processes, read_all
from benchmarks.regression.report import write_report


@pytest.fixture(scope="session")
def results(pytestconfig: pytest.Config) -> Results:
    """What is read in all inputs; for each set out of bounds, a list and a contact sheet of its mistakes."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():  # for the progress bar
        print("\nreading whole pictures", file=sys.stderr)
        folder = prepare()
    with processes() as pool:
        read = read_all(pool, folder)
    write_report(read)
    return read

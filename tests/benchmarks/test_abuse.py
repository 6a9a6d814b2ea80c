from __future__ import annotations

import sys

import pytest

from benchmarks.abuse import damaged_photos, measure, report


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells how much memory a process holds")
def test_a_good_client_is_served_while_others_send_rubbish():
    figures = measure(damaged_photos, 2)
    assert figures["answers"] > 0 and figures["failures"] == [] and figures["tracebacks"] == figures["left"] == 0
    assert figures["peak_mb"] > 100, "those that read count too"
    assert "damaged photos" in report([figures])

from __future__ import annotations

import sys

import pytest

from benchmarks.soak import main, measure, report


@pytest.mark.skipif(sys.platform != "linux", reason="no other system tells how much memory a process holds")
def test_photos_and_videos_are_answered_and_the_memory_is_told_of_each_tenth():
    figures = measure(18, 2)
    assert figures["refused"] == 0 and list(figures["memory_mb"]) == list(range(2, 21, 2))
    assert min(figures["memory_mb"].values()) > 50 and figures["growth_mb"] >= 0
    assert "18 photos and 2 videos" in report(figures)


def test_fewer_files_than_tenths_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--photos", "3", "--videos", "2"])
    assert "at least ten files" in capsys.readouterr().err

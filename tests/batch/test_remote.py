from __future__ import annotations

import sys
from pathlib import Path

import pytest
from archive import rows, write_sheet

from realtime.batch.cli import main
from realtime.batch.inputs import find
from realtime.batch.remote import fetched, listed
from realtime.sinks.paths import OutputError
from realtime.sources.frame import SourceError

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def bucket(tmp_path):
    """Some files in memory, as they might lie in an object store."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    content = Path(write_sheet(tmp_path / "a.png")).read_bytes()
    for name in ("/scans/b/2.png", "/scans/1.png"):
        system.pipe(name, content)
    system.pipe("/scans/readme.txt", b"text")
    yield system
    system.store.clear()


def test_folders_globs_and_files_elsewhere_are_listed(bucket):
    refused: list[str] = []
    assert list(find(["memory://scans"], refused.append)) == ["memory:///scans/1.png", "memory:///scans/b/2.png"]
    assert listed("memory://scans/*.png") == ["memory:///scans/1.png"]
    assert listed("memory://scans/1.png") == ["memory://scans/1.png"]
    assert list(find(["memory://nothing"], refused.append)) == []
    assert refused == ["memory://nothing: nothing is there"]


@pytest.mark.usefixtures("in_threads")
def test_what_lies_elsewhere_is_read_under_its_address(bucket, tmp_path, capsys):
    bucket.pipe("/scans/bad.png", b"no picture")
    assert main(["memory://scans", "--out", str(tmp_path / "out"), "--annotated", str(tmp_path / "copies")]) == 1
    assert [row["source"] for row in rows(tmp_path / "out")] == ["memory:///scans/1.png"] * 3 + [
        "memory:///scans/b/2.png"
    ] * 3
    assert "error: memory:///scans/bad.png: text, not a picture or a video\n" in capsys.readouterr().err
    assert (tmp_path / "copies/memory/scans/b/2.png").exists()


@pytest.mark.usefixtures("in_threads")
def test_what_could_not_be_fetched_is_tried_again_the_next_time(bucket, tmp_path, monkeypatch, capsys):
    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr(type(bucket), "open", lambda *_, **__: (_ for _ in ()).throw(TimeoutError("no answer")))
        assert main(["memory://scans", "--out", str(out)]) == 1
    assert capsys.readouterr().err.count(": TimeoutError: no answer") == 2 and rows(out) == []
    assert main(["memory://scans", "--out", str(out)]) == 0
    assert len(rows(out)) == 6


def test_a_copy_is_gone_afterwards(bucket):
    with fetched("memory://scans/1.png") as copy:
        assert copy.endswith(".png") and Path(copy).stat().st_size > 0
    assert not Path(copy).exists()
    with pytest.raises(SourceError, match=r"^memory://scans/0\.png: no such file$"), fetched("memory://scans/0.png"):
        pass


def test_missing_packages_are_named(monkeypatch):
    for name in ("s3fs", "fsspec"):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(OutputError, match=name):
            listed("s3://bucket/scans/")

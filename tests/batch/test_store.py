from __future__ import annotations

import pytest

from realtime.batch.lock import hold_to, locked
from realtime.batch.store import Store
from realtime.batch.task import Answer, Task
from realtime.sinks.paths import OutputError
from realtime.sources.frame import SourceError


def test_what_was_half_written_is_not_there(tmp_path):
    Store(tmp_path).commit([Answer("a"), Answer("b", error="b: broken")])
    (tmp_path / "000001.parquet.part").write_bytes(b"half")
    store = Store(tmp_path)
    assert store.done() == {"a": None, "b": "b: broken"}
    store.commit([Answer("c")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["000000.parquet", "000001.parquet"]


@pytest.mark.parametrize("content", [b"", b"PAR1 but no more PAR1"])
def test_a_damaged_shard_is_named(tmp_path, content):
    (tmp_path / "000000.parquet").write_bytes(content)
    with pytest.raises(SourceError, match=r"000000\.parquet: damaged"):
        Store(tmp_path).done()


def test_settings_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "settings.json").write_text("[]")
    with pytest.raises(OutputError, match=r"settings\.json: damaged"):
        hold_to(tmp_path, {"model": "a"})


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file: not a folder"), locked(str(tmp_path / "file")):
        pass


def test_no_password_is_kept():
    assert Task("https://me:secret@host/a.png").key == "https://host/a.png"
    assert Task("a.mp4", (60, -1)).key == "a.mp4#60-"

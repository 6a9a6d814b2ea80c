from __future__ import annotations

import os
from pathlib import Path

import pytest

from realtime.batch.inputs import find


@pytest.fixture
def archive(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("in/b.png", "in/deep/er/c.PDF", "in/a.tif", "in/.hidden.png", "in/.git/d.png", "in/notes.txt"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()
    return tmp_path


def found(*specs: str, leave_out: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
    refused: list[str] = []
    return list(find(specs, refused.append, leave_out)), refused


def test_a_folder_is_walked_to_its_bottom_in_order(archive):
    assert found("in") == (["in/a.tif", "in/b.png", "in/deep/er/c.PDF"], [])


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [("in/*.png", ["in/b.png"]), ("in/**/*.PDF", ["in/deep/er/c.PDF"]), ("in/d*", ["in/deep/er/c.PDF"])],
)
def test_a_glob_finds_files_and_the_folders_it_matches(archive, pattern, paths):
    assert found(pattern) == (paths, [])
    absolute, refused = found(str(archive / pattern))
    assert (absolute, refused) == ([str(archive / path) for path in paths], [])


def test_what_is_named_like_a_picture_and_is_no_file_is_passed_by(archive):
    os.mkfifo("in/pipe.jpg")  # whoever opened it would wait for ever
    Path("in/lost.jpg").symlink_to("nowhere.jpg")
    for spec in ("in", "in/*"):
        paths, refused = found(spec)
        assert "in/pipe.jpg" not in paths and "in/b.png" in paths and not refused
    assert "in/lost.jpg" in found("in")[0], "reading it will say what is wrong with it"


def test_a_pattern_that_is_none_is_told(archive):
    paths, refused = found("a**b", "in/b.png")
    assert paths == ["in/b.png"] and len(refused) == 1 and refused[0].startswith("a**b: no pattern of names")


def test_each_file_comes_once_however_often_it_was_named(archive):
    paths, refused = found("in/b.png", "in", "./in/", str(archive / "in" / "b.png"), "in/*.png", "in")
    assert sorted(paths) == ["in/a.tif", "in/b.png", "in/deep/er/c.PDF"] and refused == []


def test_a_list_names_inputs_of_any_kind(archive):
    Path("list.txt").write_text("in/b.png\n\nin/deep\r\nin/missing.png\n")
    assert found("@list.txt") == (["in/b.png", "in/deep/er/c.PDF"], ["in/missing.png: no such file or folder"])


def test_loops_of_links_are_told_and_end(archive):
    Path("in/deep/up").symlink_to("..")
    Path("in/deep/self").symlink_to("self")
    Path("in/again").symlink_to("deep")  # no loop: the same files under another name
    paths, refused = found("in")
    assert sorted(os.path.realpath(path) for path in paths) == sorted(
        str(archive.resolve() / path) for path in ("in/a.tif", "in/b.png", "in/deep/er/c.PDF")
    )
    assert len(refused) == 1 and "directory loop" in refused[0] and "/up: " in refused[0]
    assert found("in/**/*.png")[0] == ["in/b.png"]


def test_the_folders_of_results_are_no_inputs(archive):
    assert found("in", leave_out=("in/deep",)) == (["in/a.tif", "in/b.png"], [])


def test_what_leads_nowhere_is_told_and_the_rest_goes_on(archive):
    Path("empty").mkdir()
    Path("none.txt").touch()
    os.mkfifo("pipe")
    specs = ["missing.png", "", "empty", "pipe", "*.jpg", "@missing.txt", "@none.txt", "rtsp://127.0.0.1/1", "in/b.png"]
    paths, refused = found(*specs)
    assert paths == ["in/b.png"]
    assert [line.partition(": ")[2].split(";")[0] for line in refused] == [
        "no such file or folder",
        "",
        "no photo, video or PDF in it",
        "neither a file nor a folder",
        "no photo, video or PDF matches",
        "No such file or directory",
        "an empty list",
        "a stream has no end",
    ]


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="whoever may read everything cannot be refused")
def test_a_folder_that_may_not_be_read_is_told(archive):
    Path("in/deep").chmod(0)
    try:
        paths, refused = found("in")
    finally:
        Path("in/deep").chmod(0o755)
    assert paths == ["in/a.tif", "in/b.png"] and refused == ["in/deep: Permission denied"]

"""Every kind of file gives the same digits in the command, in the web app and in an archive."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import every_input
import pytest
from archive import rows
from every_input import INPUTS, Input
from serving import Running

from realtime.batch.cli import main as batch
from realtime.cli import main as read

Pages = dict[str, list[list[str]]]
"""By file: the lines of each page, or of a video's last frame."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    assert len(list(every_input.write_all(folder))) >= 25
    return folder


@pytest.fixture(scope="module")
def by_command(folder: Path) -> Pages:
    """What `digits` reads of all files at once; some are not whole."""
    out = folder / "out.jsonl"
    files = [str(folder / kind.name) for kind in INPUTS]
    assert read([*files, "--no-window", "--quiet", "--json", str(out)]) == 1
    return _by_file(out.read_text().splitlines())


@pytest.fixture(scope="module")
def by_archive(folder: Path) -> Pages:
    """What `digits batch` reads of all files at once; some are not whole."""
    files = [str(folder / kind.name) for kind in INPUTS]
    assert batch([*files, "--out", str(folder / "archive"), "--workers", "1"]) == 1
    pages: dict[str, dict[int, dict[int, str]]] = {}
    for row in sorted(rows(folder / "archive"), key=lambda row: row["place"]):
        lines = pages.setdefault(Path(row["source"]).name, {}).setdefault(row["frame"], {})
        lines[row["line"]] = lines.get(row["line"], "") + str(row["digit"])
    found = {name: [list(frames[i].values()) for i in sorted(frames)] for name, frames in pages.items()}
    return {kind.name: found.get(kind.name, [])[-(kind.pages or 1) :] for kind in INPUTS}


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with Running() as running:
        yield running


def _by_file(records: list[str]) -> Pages:
    found: Pages = {}
    for record in map(json.loads, records):
        found.setdefault(Path(record["source"]).name, []).append(record["lines"])
    return {kind.name: found.get(kind.name, [])[-(kind.pages or 1) :] for kind in INPUTS}


def _by_web(server: Running, kind: Input, data: bytes) -> list[list[str]]:
    if kind.pages is None:
        status, _, content = server.request("POST", f"/api/video?name={kind.name}", data)
        assert status == 200, content
        return [json.loads(content.splitlines()[-1])["lines"]]
    pages = []
    for page in range(1, kind.pages + 1):
        status, answer = server.post(f"/api/recognize?name={kind.name}&page={page}&picture=1", data)
        assert status == 200, answer
        assert answer.get("pages", 1) == kind.pages and answer["picture"].startswith("data:image/png;base64,")
        assert ("warning" in answer) != kind.whole
        pages.append(answer["lines"])
    return pages


@pytest.mark.parametrize("kind", INPUTS, ids=lambda kind: kind.name)
def test_the_same_digits_in_all_three(kind, folder, by_command, by_archive, server):
    expected = [list(kind.lines)] * (kind.pages or 1)
    assert by_command[kind.name] == expected
    assert by_archive[kind.name] == expected
    assert _by_web(server, kind, (folder / kind.name).read_bytes()) == expected


def test_the_table_of_the_docs_is_current():
    renew = "not current: python tests/support/every_input.py writes it"
    assert every_input.PAGE.read_text(encoding="utf-8") == every_input.page(), renew

"""The queries of docs/archives.md answer what they say."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from archive import sheet

from realtime.batch.cli import main
from realtime.batch.correction_file import DIGIT, Correction
from realtime.batch.corrections import apply
from realtime.batch.store import Store

duckdb = pytest.importorskip("duckdb")

ROOT = Path(__file__).resolve().parents[2]
(BLOCK,) = re.findall(
    r"^```sql\n(.*?)^```", (ROOT / "docs" / "archives.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
)


@pytest.fixture
def ask(tmp_path, monkeypatch, in_threads):
    """Answers the page's query of that name: two upright sheets and one upside down."""
    monkeypatch.chdir(tmp_path)
    Path("sheets").mkdir()
    for name, rows, turn in [("a", "471 08", None), ("b", "4711", cv2.ROTATE_180), ("c", "12", None)]:
        picture = np.hstack([sheet(number) for number in rows.split()])
        cv2.imwrite(f"sheets/{name}.png", picture if turn is None else cv2.rotate(picture, turn))
    assert main(["sheets", "--out", "results"]) == 0
    queries = {text.splitlines()[0].removeprefix("-- "): text for text in BLOCK.split("\n\n")}
    return lambda name: duckdb.sql(queries[name]).fetchall()


def test_the_queries_of_the_page(ask):
    assert ask("all sheets with the number 4711") == [("sheets/b.png", 0)]
    assert ask("numbers a page") == [("sheets/a.png", 0, 2), ("sheets/b.png", 0, 1), ("sheets/c.png", 0, 1)]
    unsure = ask("pages to check by hand, those with the least certain digit first")
    assert [least for _, _, least, _ in unsure] == sorted(least for _, _, least, _ in unsure)

    rows = [row for table in Store("results").tables() for row in table.to_pylist()]
    boxes = {row["source"]: (row["x1"], row["y1"], row["x2"], row["y2"]) for row in rows}
    said = {"sheets/b.png": "9", "sheets/c.png": ""}
    apply(Store("results"), [Correction(name, 0, boxes[name], DIGIT, text) for name, text in said.items()])
    assert ask("all sheets with the number 4711") == []

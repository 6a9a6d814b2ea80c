"""Numbers in archives: as CSV and JSON lines, of a form, and of results that were written before there were any."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from archive import rows, write_pdf, write_sheet

from realtime.batch.cli import main
from realtime.batch.store import Store

pytestmark = pytest.mark.usefixtures("in_threads")


@pytest.fixture(autouse=True)
def sheets(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("sheets").mkdir()
    write_sheet(Path("sheets/=a.png"), "471")
    write_pdf(Path("sheets/b.pdf"), ["471", "08"])


def numbers(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(Path(path).read_text().splitlines()))


def test_each_number_is_a_row_with_its_page():
    assert main(["sheets", "--out", "out", "--numbers", "all.csv", "--jsonl", "all.jsonl"]) == 0
    found = [(row["source"], row["page"], row["frame"], row["text"], row["fits"]) for row in numbers("all.csv")]
    assert found == [
        ("sheets/=a.png", "1", "", "471", ""),
        *(("sheets/b.pdf", p, "", t, "") for p, t in (("1", "471"), ("2", "08"))),
    ]
    records = [json.loads(line) for line in Path("all.jsonl").read_text().splitlines()]
    assert [[number["text"] for number in record["numbers"]] for record in records] == [["471"], ["471"], ["08"]]
    first, digits = records[0]["numbers"][0], records[0]["digits"]
    assert first["xyxy"] == [
        digits[0]["xyxy"][0],
        min(d["xyxy"][1] for d in digits),
        digits[2]["xyxy"][2],
        max(d["xyxy"][3] for d in digits),
    ]


def test_numbers_of_a_form_say_whether_they_fit():
    assert main(["sheets", "--out", "out", "--numbers", "all.csv", "--expect", "3"]) == 0
    assert [(row["text"], row["fits"]) for row in numbers("all.csv")] == [("471", "1"), ("471", "1"), ("08", "0")]
    assert {(row["fits"], row["sure"] is not None) for row in rows(Path("out"))} == {(True, True), (False, True)}


def test_a_run_with_another_form_does_not_go_on_in_the_same_folder(capsys):
    assert main(["sheets", "--out", "out", "--expect", "3"]) == 0
    capsys.readouterr()
    assert main(["sheets", "--out", "out", "--expect", "luhn"]) == 1
    assert "begun with --expect 3, not luhn" in capsys.readouterr().err
    assert main(["sheets", "--out", "out", "--expect", "3", "--region", "0,0,50%,50%"]) == 1
    assert "--region" in capsys.readouterr().err


def test_results_of_before_are_still_read():
    assert main(["sheets", "--out", "out"]) == 0
    (shard,) = Store("out").shards()
    table = pq.read_table(shard)
    pq.write_table(table.drop_columns(["fits", "sure", "page"]).replace_schema_metadata(table.schema.metadata), shard)
    assert main(["sheets", "--out", "out", "--numbers", "all.csv"]) == 0
    assert [(row["text"], row["page"]) for row in numbers("all.csv")] == [("471", "1"), ("471", "1"), ("08", "2")]


def test_only_the_region_is_read_and_a_picture_without_it_is_set_aside():
    assert main(["sheets", "--out", "out", "--numbers", "all.csv", "--region", "0,0,62,120"]) == 0
    assert [row["text"] for row in numbers("all.csv") if row["source"].endswith(".png")] == ["4"]
    assert main(["sheets", "--out", "far", "--region", "5000,0,62,120"]) == 1
    assert "the region holds no pixel of" in Path("far/failed.txt").read_text()

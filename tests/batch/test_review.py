"""A page of unsure digits, and what a person corrected on it: back in the table, once, and kept for training."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pytest
from archive import rows, sheet, write_pdf, write_sheet

from realtime.batch.cli import main
from realtime.batch.review import least_certain
from realtime.batch.rows import SCHEMA
from realtime.batch.store import Store
from realtime.batch.task import Answer
from realtime.detections import NOT_A_DIGIT
from realtime.sinks.own_digits import read_digits

CROP = np.pad(np.full((20, 8), 255, np.uint8), ((4, 4), (10, 10)))


def row(source: str, x: int, digit: int, confidence: float, **other) -> dict:
    usual = {
        "source": source,
        "frame": 0,
        "page": other.get("frame", 0) + 1,
        "time": 0.0,
        "line": 0,
        "number": 0,
        "place": 0,
        "digit": digit,
        "read": digit,
    }
    box = {"x1": x, "y1": 45, "x2": x + 20, "y2": 85}
    crop = CROP.tobytes() if confidence < 0.99 else None
    return usual | box | {"confidence": confidence, "checked": False, "crop": crop} | other


@pytest.fixture
def results(tmp_path, monkeypatch) -> Store:
    """Two shards: of a photo, and of a PDF of which the second page was read."""
    monkeypatch.chdir(tmp_path)
    photo, document = write_sheet(Path("a <&> b.png")), write_pdf(Path("b.pdf"), ["1", "2"])
    Path("out").mkdir()
    store = Store("out")
    first = [row(photo, 30, 4, 0.7), row(photo, 60, 7, 1.0), row(photo, 90, 1, 0.6)]
    second = [row(document, 150, 8, 0.65, frame=1), row("gone.png", 5, 3, 0.95)]
    store.commit([Answer(photo, pa.Table.from_pylist(first, SCHEMA)), Answer("none.png", error="none.png: empty file")])
    store.commit([Answer(document, pa.Table.from_pylist(second, SCHEMA))])
    return store


def write_corrections(*changes: tuple) -> None:
    with open("c.csv", "w", newline="") as file:
        csv.writer(file).writerows([("source", "frame", "x1", "y1", "x2", "y2", "digit"), *changes])


def test_the_least_certain_come_first_whatever_shard_they_are_in(results):
    assert [row["confidence"] for row in least_certain(results, 3)] == pytest.approx([0.6, 0.65, 0.7])
    assert len(least_certain(results, 99)) == 4, "sure ones need no look"


def test_the_page_shows_them_and_needs_nothing_but_itself(results, capsys):
    assert main(["review", "out", "--share", "0.8"]) == 0
    assert "out/review.html" in capsys.readouterr().out
    page = Path("out/review.html").read_text()
    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert [re.search(r'value="(\d)"', figure)[1] for figure in figures] == ["1", "8", "4", "3"]  # type: ignore[index]
    assert [figure.count("<img") for figure in figures] == [2, 2, 2, 1], "of a file that is gone, what the network saw"
    assert "a &lt;&amp;&gt; b.png, page 1" in figures[0] and "<&>" not in page
    assert not re.findall(r"(?:src|href)=\"(?!data:)", page)


def test_corrections_go_into_the_table_and_the_folder_for_training_once(results, capsys):
    photo = "a <&> b.png"
    write_corrections(
        (photo, 0, 90, 45, 110, 85, 9), (photo, 0, 30, 45, 50, 85, 4), ("b.pdf", 1, 150, 45, 170, 85, "x")
    )
    apply = ["review", "out", "--apply", "c.csv", "--train", "mine"]
    assert main(apply) == 0
    assert capsys.readouterr().out.startswith("3 newly checked, 2 of them corrected")
    found = {(row["source"], row["x1"]): (row["digit"], row["read"], row["checked"]) for row in rows(Path("out"))}
    assert found == {
        (photo, 30): (4, 4, True),
        (photo, 60): (7, 7, False),
        (photo, 90): (9, 1, True),
        ("b.pdf", 150): (None, 8, True),
        ("gone.png", 5): (3, 3, False),
    }
    assert results.done() == {photo: None, "none.png": "none.png: empty file", "b.pdf": None}
    images, labels = read_digits("mine")
    assert labels.tolist() == [4, 9, NOT_A_DIGIT] and (images[0] == CROP).all()
    assert (cv2.imread("mine/frames/00001.png") == sheet()).all()

    before = Path("mine/labels.csv").read_text()
    assert main(apply) == 0
    assert capsys.readouterr().out.startswith("0 newly checked")
    assert Path("mine/labels.csv").read_text() == before
    assert {row["x1"] for row in least_certain(results, 99)} == {5}, "what is checked is not asked again"


def test_a_corrected_table_is_what_is_written_as_csv(results, in_threads):
    write_corrections(("a <&> b.png", 0, 90, 45, 110, 85, 9), ("b.pdf", 1, 150, 45, 170, 85, "x"))
    assert main(["review", "out", "--apply", "c.csv"]) == 0
    assert main(["a <&> b.png", "--out", "out", "--csv", "all.csv"]) == 1
    with open("all.csv", newline="") as file:
        assert [row["digit"] for row in csv.DictReader(file)] == ["4", "7", "9", "3"]


def test_what_does_not_fit_is_told_and_the_rest_is_applied(results, capsys):
    write_corrections(("gone.png", 0, 5, 45, 25, 85, 8), ("a <&> b.png", 0, 1, 2, 3, 4, 5))
    assert main(["review", "out", "--apply", "c.csv", "--train", "mine"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("1 newly checked, 1 of them corrected, 0 kept")
    assert "not kept for training: gone.png: No such file" in err
    assert "a <&> b.png: no digit was read at (1, 2, 3, 4) of page 1" in err


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n", "there must be the columns"),
        ("source,frame,x1,y1,x2,y2,digit\na,0,1,2,3,4,12\n", "line 2: a digit or x, not 12"),
        ("source,frame,x1,y1,x2,y2,digit\na,0,1,2,3,zz,1\n", "invalid literal"),
        ("source,frame,x1,y1,x2,y2,digit\na,0\n", "line 2"),
        ("source,frame,x1,y1,x2,y2,digit,kind\na,0,1,2,3,4,x,missed\n", "line 2: a digit, not x"),
        ("source,frame,x1,y1,x2,y2,digit,kind\na,0,1,2,3,4,,number\n", "line 2: digits or x, not"),
        ("source,frame,x1,y1,x2,y2,digit,kind\na,0,1,2,1,4,5,number\n", "line 2: the box is empty"),
        ("source,frame,x1,y1,x2,y2,digit,kind\na,0,1,2,3,4,5,word\n", "line 2: digit, missed or number, not word"),
        (None, "No such file"),
    ],
)
def test_a_file_that_is_no_list_of_corrections_is_one_line(results, capsys, text, reason):
    if text is not None:
        Path("c.csv").write_text(text)
    before = rows(Path("out"))
    assert main(["review", "out", "--apply", "c.csv"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: c.csv") and reason in err and err.count("\n") == 1
    assert rows(Path("out")) == before


@pytest.mark.parametrize(
    ("arguments", "code"), [(["nowhere"], 1), ([".git"], 1), (["out", "--train", "a"], 2), ([], 2)]
)
def test_a_review_of_nothing_is_refused(results, arguments, code):
    Path(".git").mkdir()
    assert main(["review", *arguments]) == code


@pytest.fixture
def reviewed(results) -> Iterator[Any]:
    """The page of the results in Chromium, which may not complain."""
    from playwright.sync_api import sync_playwright

    from benchmarks.browser import CHROMIUM, chromium

    if CHROMIUM is None:
        assert os.environ.get("CI") != "true", "Chromium is missing: the page would go untested"
        pytest.skip("Chromium is missing")
    assert main(["review", "out", "--share", "0.8"]) == 0
    with sync_playwright() as playwright, chromium(playwright) as browser:
        page = browser.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(Path("out/review.html").resolve().as_uri())
        yield page
        assert complaints == []


def saved(page: Any) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as("c.csv")
    with open("c.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_in_the_browser_digits_are_typed_and_saved(reviewed):
    for key in ("9", "Enter", "?", "X"):  # a correction, a confirmation, a slip, and no digit at all
        reviewed.keyboard.press(key)
    assert reviewed.inner_text("#told") == "3 of 4 checked, 2 changed"
    lines = [(line["source"], line["page"], line["digit"], line["kind"]) for line in saved(reviewed)]
    photo = "a <&> b.png"
    assert lines == [(photo, "1", "9", "digit"), ("b.pdf", "2", "8", "digit"), (photo, "1", "x", "digit")]
    assert main(["review", "out", "--apply", "c.csv"]) == 0


def test_in_the_browser_numbers_are_edited_and_missed_digits_boxed_with_keys(reviewed, capsys):
    press = reviewed.keyboard.press
    press("n")
    reviewed.keyboard.type("9 71")  # as many digits: all are known
    press("Enter")
    assert reviewed.locator(".digit").nth(2).input_value() == "9", "the other digit of this number"
    press("b")
    for key in ("ArrowDown", "Shift+ArrowRight", "5", "Backspace"):  # boxed, and taken back
        press(key)
    for key in ("b", "Escape", "b", "ArrowDown", "6", "Enter"):
        press(key)
    press("Enter")
    press("n")
    reviewed.keyboard.type("3a")
    press("Enter")
    assert reviewed.locator(".number").nth(3).input_value() == "3", "that is no number"
    reviewed.locator(".number").nth(3).fill("33")
    press("Enter")
    assert reviewed.inner_text("#told") == "4 of 4 checked, 1 changed, 2 numbers edited, 1 missed"
    lines = {(line["source"], line["kind"]): line for line in saved(reviewed)}
    assert [(place, line["digit"]) for place, line in lines.items()] == [
        (("b.pdf", "digit"), "8"),
        (("b.pdf", "missed"), "6"),
        (("a <&> b.png", "number"), "971"),
        (("gone.png", "number"), "33"),
    ]
    box = [int(lines["b.pdf", "missed"][name]) for name in ("x1", "y1", "x2", "y2")]
    assert box == [172, 49, 192, 89], "beside the marked digit, and a step below it"
    capsys.readouterr()
    assert main(["review", "out", "--apply", "c.csv"]) == 0
    found = {row["source"]: [] for row in rows(Path("out"))}  # type: ignore[var-annotated]
    for row in rows(Path("out")):
        found[row["source"]] += [row["digit"]] if row["digit"] is not None else []
    assert found == {"a <&> b.png": [9, 7, 1], "b.pdf": [8, 6], "gone.png": [3, 3]}
    capsys.readouterr()
    assert main(["review", "out", "--apply", "c.csv"]) == 0
    assert capsys.readouterr().out.startswith("0 newly checked")


def test_in_the_browser_a_missed_digit_is_boxed_by_dragging(reviewed):
    view = reviewed.locator(".view").first
    left, top, scale = map(float, view.get_attribute("data-place").split())
    bounds = view.bounding_box()
    box = (95, 50, 105, 80)  # in pixels of the photo
    corners = [(bounds["x"] + scale * (x - left), bounds["y"] + scale * (y - top)) for x, y in (box[:2], box[2:])]
    reviewed.mouse.move(*corners[0])
    reviewed.mouse.down()
    reviewed.mouse.move(*corners[1], steps=4)
    reviewed.mouse.up()
    reviewed.keyboard.press("8")
    assert reviewed.inner_text("#told") == "0 of 4 checked, 0 changed, 1 missed"
    (line,) = saved(reviewed)
    assert (line["kind"], line["digit"]) == ("missed", "8")
    np.testing.assert_allclose([int(line[name]) for name in ("x1", "y1", "x2", "y2")], box, atol=1)
    reviewed.click(".box")
    assert reviewed.inner_text("#told") == "0 of 4 checked, 0 changed"

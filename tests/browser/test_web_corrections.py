"""What is put right on the page goes to a folder of the user's; without one nothing is kept."""

from __future__ import annotations

import csv
import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from serving import Running, until
from strokes import SEVEN, THREE, stroke

from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.recognition.trace import Trace
from realtime.sinks.own_digits import read_digits
from realtime.web import cli, limits
from realtime.web.corrections import parse_boxes, parse_labels
from realtime.web.seeing import in_order

ROOT = Path(__file__).resolve().parents[2]
BOARD = cv2.imencode(".png", cv2.imread(str(ROOT / "samples" / "dark.jpg"))[:250])[1].tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mine"


@pytest.fixture
def keeper(folder: Path):
    """A server that keeps corrections in `folder`."""
    folder.mkdir()
    with Running(corrections=folder) as server:
        yield server


def rows(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "labels.csv").read_text().splitlines()))


class TestTheServer:
    def test_keeps_crop_frame_and_label(self, keeper, folder):
        glyphs = keeper.post("/api/recognize?trace=1&turn=0", BOARD)[1]["seen"]["glyphs"]
        status, answer = keeper.post("/api/corrections?turn=0&labels=1:7,0:x", BOARD)
        assert status == 200 and answer["kept"] == 2
        images, labels = read_digits(folder)
        assert labels.tolist() == [7, NOT_A_DIGIT] and images.max(axis=(1, 2)).min() > 200
        for row, glyph in zip(rows(folder), (glyphs[1], glyphs[0]), strict=True):
            assert [int(row[name]) for name in ("x1", "y1", "x2", "y2")] == glyph["xyxy"]
            assert int(row["read"]) == glyph["digit"] == int(np.argmax(glyph["probabilities"]))
        frame = cv2.imread(str(folder / rows(folder)[0]["frame"]))
        np.testing.assert_array_equal(frame, cv2.imdecode(np.frombuffer(BOARD, np.uint8), cv2.IMREAD_COLOR))

    def test_names_no_file_twice_when_many_are_kept_at_once(self, keeper, folder):
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda i: keeper.post(f"/api/corrections?turn=0&labels={i}:1", BOARD), range(6)))
        assert [(status, answer["kept"]) for status, answer in answers] == [(200, 1)] * 6
        assert len({row["file"] for row in rows(folder)}) == len({row["frame"] for row in rows(folder)}) == 6

    @pytest.mark.parametrize(
        ("query", "status", "said"),
        [
            ("", 400, "labels must be"),
            ("labels=0:11", 400, "labels must be"),
            ("labels=-1:3", 400, "labels must be"),
            ("labels=../x:3", 400, "labels must be"),
            ("labels=9999:3", 400, "fewer glyphs"),
            ("labels=0:3&turn=2", 400, "turn must be"),
            ("labels=&boxes=1,1,9,9:3", 400, "labels must be"),
            ("boxes=", 400, "boxes must be"),
            ("boxes=1,1,9,9", 400, "boxes must be"),
            ("boxes=1,1,9,9:3;", 400, "boxes must be"),
            ("boxes=-1,1,9,9:3", 400, "boxes must be"),
            ("boxes=1,1,9,9:11", 400, "boxes must be"),
            ("boxes=1.5,1,9,9:1", 400, "boxes must be"),
            ("boxes=9,1,9,9:3", 400, "is empty"),
            ("boxes=1,9,9,1:3", 400, "is empty"),
            ("boxes=1,1,9,9000:3", 400, "beyond the picture"),
            ("boxes=0,0,6,6:3", 400, "no ink in box 0,0,6,6"),
            ("labels=0:3&boxes=0,0,6,6:3", 400, "no ink in box"),
            ("boxes=" + ";".join(["1,1,9,9:3"] * 51), 400, "50 boxes"),
        ],
    )
    def test_refuses_what_makes_no_sense(self, keeper, folder, query, status, said):
        got, answer = keeper.post(f"/api/corrections?{query}", BOARD)
        assert got == status and said in answer["error"] and list(folder.iterdir()) == []

    def test_refuses_what_is_no_picture_and_what_other_pages_send(self, keeper, folder):
        assert keeper.post("/api/corrections?labels=0:3", b"text")[0] == 415
        assert keeper.post("/api/corrections?labels=0:3", BOARD, {"Origin": "https://evil.example"})[0] == 403
        assert list(folder.iterdir()) == []

    def test_says_what_keeps_it_from_keeping(self, keeper, folder, monkeypatch):
        monkeypatch.setattr(limits, "FREE_BYTES", 10**18)
        status, answer = keeper.post("/api/corrections?turn=0&labels=0:3", BOARD)
        assert status == 507 and "disk" in answer["error"] and list(folder.iterdir()) == []
        monkeypatch.undo()
        folder.rmdir()
        folder.write_text("")
        status, answer = keeper.post("/api/corrections?turn=0&labels=0:3", BOARD)
        assert status == 507 and "cannot write" in answer["error"]

    def test_keeps_what_is_in_a_box_as_the_glyph_that_it_would_have_been(self, keeper, folder):
        glyph = keeper.post("/api/recognize?trace=1&turn=0", BOARD)[1]["seen"]["glyphs"][2]
        x1, y1, x2, y2 = glyph["xyxy"]
        query = f"turn=0&labels=2:2&boxes={x1 - 4},{y1 - 3},{x2 + 3},{y2}:5;{x1},{y1},{x2},{y2}:x"
        status, answer = keeper.post(f"/api/corrections?{query}", BOARD)
        assert (status, answer["kept"]) == (200, 3)
        images, labels = read_digits(folder)
        assert labels.tolist() == [2, 5, NOT_A_DIGIT]
        assert np.abs(images[1].astype(int) - images[0]).mean() < 12, "cut out much as the recogniser does it"
        _, box, again = rows(folder)
        np.testing.assert_allclose([int(box[name]) for name in ("x1", "y1", "x2", "y2")], glyph["xyxy"], atol=8)
        assert box["read"] == str(NOT_A_DIGIT) and float(box["confidence"]) == 0 and box["frame"] == again["frame"]

    def test_takes_back_what_it_kept_once_and_nothing_else(self, keeper, folder):
        first = keeper.post("/api/corrections?turn=0&labels=0:3", BOARD)[1]["undo"]
        second = keeper.post("/api/corrections?turn=0&labels=1:4,2:5", BOARD)[1]["undo"]
        assert first != second

        def take_back(word: str) -> tuple[int, dict]:
            status, _, content = keeper.request("DELETE", f"/api/corrections?undo={word}")
            return status, json.loads(content)

        assert take_back("nonsense")[0] == take_back("")[0] == 404
        assert take_back(second) == (200, {"removed": 2})
        assert [row["label"] for row in rows(folder)] == ["3"]
        assert len(list(folder.rglob("*.png"))) == 2, "its crop and its frame"
        assert take_back(second)[0] == 404
        assert take_back(first) == (200, {"removed": 1})
        assert list(folder.rglob("*.png")) == []

    def test_takes_none_unless_it_was_given_a_folder(self, server):
        assert json.loads(server.request("GET", "/api/health")[2])["corrections"] is False
        assert server.post("/api/corrections?labels=0:3", BOARD)[0] == 404
        assert server.request("DELETE", "/api/corrections?undo=x")[0] == 404


def test_every_digit_is_found_among_the_glyphs_it_was_chosen_from():
    answers = np.full((4, CLASSES), 0.01, np.float32)
    answers[[0, 1, 2, 3], [7, NOT_A_DIGIT, 4, 4]] = 0.9
    boxes = np.array([[50, 0, 70, 30], [90, 0, 99, 9], [10, 0, 30, 30], [10, 0, 30, 30]])
    answers[2, 9] = 0.2  # two ways to see the same ink
    weighed = answers[[0, 3]]
    weighed[0, [1, NOT_A_DIGIT]] = 0, 0.02
    crops = np.zeros((4, 28, 28), np.float32)
    found = Detections.from_probabilities(boxes[[0, 3]], weighed)
    trace = Trace(np.zeros((40, 100), np.uint8), boxes, crops, answers, found)
    assert in_order(trace) == [(3, 4), (0, 7), (2, None), (1, None)]


def test_labels_name_glyphs_and_digits():
    assert parse_labels("3:5,12:x") == {3: 5, 12: NOT_A_DIGIT}
    assert parse_boxes("1,2,30,40:5;7,8,9,10:x") == [((1, 2, 30, 40), 5), ((7, 8, 9, 10), NOT_A_DIGIT)]


@pytest.mark.skipif(os.name == "nt", reason="other words there")
def test_a_folder_that_is_none_ends_with_1(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["--no-browser", "--corrections", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'file'}: not a folder, but a file is there\n"


def drawn(page, keeper) -> None:
    """Draw 37, and go to see how it is read."""
    page.goto(keeper.address + "/#/draw")
    stroke(page, THREE)
    stroke(page, SEVEN)
    expect(page.locator("#draw-reading div")).to_have_text(["37"])
    page.click("#tab-sees")
    expect(page.locator(".crop:not(.no)")).to_have_count(2)


def drag(page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a box on the picture with the mouse, from one point to another, in parts of the picture."""
    box = page.locator("#sees-picture").bounding_box()
    (x1, y1), (x2, y2) = ((box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (begin, end))
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move(x2, y2, steps=5)
    page.mouse.up()


class TestThePage:
    def test_a_wrong_digit_is_chosen_and_the_right_one_typed(self, keeper, page, folder):
        drawn(page, keeper)
        crops = page.locator(".crop:not(.no)")
        keep, said = page.locator("#correct-keep"), page.locator("#correct-said")
        expect(keep).to_be_disabled()
        crops.nth(1).click()
        page.keyboard.press("1")
        expect(page.locator("#sees-title")).to_have_text("Read as 7, corrected to 1")
        expect(said).to_have_text("Typed 1: Enter keeps, Backspace takes back.")
        crops.nth(0).click()
        page.locator("#correct-keys").get_by_role("button", name="no digit").click()
        expect(keep).to_have_text("Keep 2 corrections")
        page.keyboard.press("Backspace")
        expect(keep).to_have_text("Keep 1 correction")
        assert list(folder.iterdir()) == [], "nothing is kept yet"
        keep.click()
        expect(page.locator("#toast")).to_have_text("Kept 1 correction")
        expect(keep).to_be_disabled()
        (row,) = rows(folder)
        assert row["label"] == "1" and row["read"] == "7"
        assert cv2.imread(str(folder / row["frame"])).shape == (800, 1200, 3)

    def test_what_is_typed_after_a_click_on_paper_labels_nothing(self, keeper, page, folder):
        drawn(page, keeper)
        page.locator(".crop:not(.no)").nth(1).click()
        box = page.locator("#sees-picture").bounding_box()
        page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + 0.9 * box["height"])
        expect(page.locator("#sees-title")).to_have_text("Nothing chosen")
        expect(page.locator("#correct-said")).to_contain_text("Nothing is chosen")
        page.keyboard.press("4")
        expect(page.locator("#toast")).to_contain_text("Nothing is chosen")
        expect(page.locator("#correct-keep")).to_be_disabled()
        expect(page.locator("#correct-keys button").first).to_be_disabled()
        page.keyboard.press("Enter")
        assert list(folder.iterdir()) == []

    def test_a_box_adds_a_digit_and_enter_keeps_it(self, keeper, page, folder):
        page.goto(keeper.address + "/#/draw")
        stroke(page, SEVEN)
        # Across the 7 and beyond: for the recogniser this is one piece of ink.
        stroke(page, [(0.5, 0.4), (0.6, 0.45), (0.8, 0.46), (0.9, 0.4)])
        page.wait_for_load_state("networkidle")
        page.click("#tab-sees")
        expect(page.locator(".crop").first).to_be_visible()
        before = page.locator(".crop").count()
        drag(page, (0.84, 0.3), (0.96, 0.55))
        expect(page.locator("#sees-title")).to_have_text("A box of yours")
        expect(page.locator(".crop")).to_have_count(before + 1)
        page.keyboard.press("1")
        expect(page.locator("#correct-said")).to_have_text("Typed 1: Enter keeps, Backspace takes back.")
        green = page.locator("#sees-picture").evaluate(
            "c => { const p = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let n = 0;"
            "for (let i = 0; i < p.length; i += 4) n += p[i] === 0 && p[i + 1] === 158 && p[i + 2] === 115; return n; }"
        )
        assert green > 100
        page.keyboard.press("Enter")
        expect(page.locator("#toast")).to_have_text("Kept 1 correction")
        (row,) = rows(folder)
        x1, y1, x2, y2 = (int(row[name]) for name in ("x1", "y1", "x2", "y2"))
        assert row["label"] == "1" and 0.83 * 1200 <= x1 < x2 <= 0.97 * 1200 and 0.3 * 800 < y1 < y2 < 0.55 * 800
        assert read_digits(folder)[0][0].max() > 200
        page.keyboard.press("Control+z")
        expect(page.locator("#toast")).to_have_text("Took back 1 correction")
        assert list(folder.rglob("*.png")) == []
        expect(page.locator("#correct-said")).to_have_text("Typed 1: Enter keeps, Backspace takes back.")
        page.click("#correct-undo")
        expect(page.locator("#correct-keep")).to_be_disabled()
        page.keyboard.press("Backspace")
        expect(page.locator(".crop")).to_have_count(before)
        page.keyboard.press("Backspace")
        expect(page.locator("#toast")).to_have_text("There is nothing to take back")

    def test_a_finger_draws_a_box_as_well(self, keeper, page, folder):
        drawn(page, keeper)
        box = page.locator("#sees-picture").bounding_box()
        events = page.context.new_cdp_session(page)
        for kind, x, y in (("Start", 0.26, 0.2), ("Move", 0.4, 0.5), ("Move", 0.49, 0.72), ("End", 0, 0)):
            at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            points = [] if kind == "End" else [at]
            events.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})
        expect(page.locator("#sees-title")).to_have_text("Read as 3")
        expect(page.locator(".crop[aria-pressed=true] span")).to_have_text("3")

    def test_a_box_without_ink_adds_nothing(self, keeper, page, folder):
        drawn(page, keeper)
        count = page.locator(".crop").count()
        drag(page, (0.8, 0.8), (0.95, 0.95))
        expect(page.locator("#toast")).to_have_text("There is no ink in that box")
        expect(page.locator("#sees-title")).to_have_text("Nothing chosen")
        expect(page.locator(".crop")).to_have_count(count)

    def test_a_glyph_is_never_kept_as_two_digits(self, keeper, page, folder):
        drawn(page, keeper)
        crops, keep = page.locator(".crop:not(.no)"), page.locator("#correct-keep")
        crops.nth(0).click()
        page.keyboard.press("8")
        crops.nth(1).click()
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        expect(page.locator("#toast")).to_have_text("Kept 2 corrections")
        page.click("#tab-draw")
        page.click("#tab-sees")
        expect(page.locator(".crop .right")).to_have_text(["8", "1"])
        crops.nth(1).click()
        page.keyboard.press("4")
        expect(keep).to_have_text("Keep 2 corrections")
        page.keyboard.press("Enter")
        assert until(lambda: sorted(row["label"] for row in rows(folder)) == ["4", "8"])

    def test_a_frame_of_the_camera_is_held_until_what_was_typed_is_kept(self, keeper, page, folder):
        page.goto(keeper.address)
        page.click("#camera-start")
        expect(page.locator("#camera-tools")).to_be_visible()
        page.click("#tab-sees")
        page.locator(".crop:not(.no)").first.click()
        page.keyboard.press("x")
        expect(page.locator("#sees-hold")).to_have_text("Go on")
        page.click("#sees-hold")
        expect(page.locator("#toast")).to_contain_text("Keep what was typed")
        expect(page.locator("#sees-hold")).to_have_text("Go on")
        assert list(folder.iterdir()) == []
        page.click("#correct-keep")
        expect(page.locator("#toast")).to_have_text("Kept 1 correction")
        page.click("#sees-hold")
        expect(page.locator("#sees-hold")).to_have_text("Hold still")
        assert [row["label"] for row in rows(folder)] == ["x"]
        # What was kept can be taken back when another frame is on show.
        page.click("#correct-undo")
        expect(page.locator("#toast")).to_have_text("Took back 1 correction")
        assert list(folder.rglob("*.png")) == []

    def test_what_was_typed_is_still_there_after_another_view_or_a_failure(self, browser, keeper, folder):
        page = browser.new_page()  # the console tells of the answer 507
        page.goto(keeper.address + "/#/sees")
        page.locator(".crop:not(.no)").first.click()
        page.keyboard.press("x")
        page.click("#tab-draw")
        page.click("#tab-sees")
        expect(page.locator("#correct-keep")).to_have_text("Keep 1 correction")
        expect(page.locator("#sees-figures")).to_contain_text("not kept")
        assert list(folder.iterdir()) == []
        folder.rmdir()
        folder.write_text("")
        page.click("#correct-keep")
        expect(page.locator("#toast")).to_contain_text("Not kept: cannot write")
        expect(page.locator("#correct-keep")).to_have_text("Keep 1 correction")
        page.close(run_before_unload=False)

    def test_a_number_is_edited_as_text_and_its_digits_are_kept_once(self, keeper, page, folder):
        page.goto(keeper.address + "/#/upload")
        page.set_input_files("#upload-input", ROOT / "samples" / "dark.jpg")
        card = page.get_by_role("article", name="dark.jpg")
        first = card.get_by_role("textbox").first
        read = first.inner_text()
        keep = card.get_by_role("button", name="Keep for training")
        expect(keep).to_be_hidden()

        def edit(text: str) -> None:
            first.focus()
            page.keyboard.press("Control+A")
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            expect(first).to_have_text(text or read)

        def kept(label: str) -> bool:
            return [row["label"] for row in rows(folder)] == [label]

        for last in (str((int(read[-1]) + more) % 10) for more in (1, 2)):
            edit(read[:-1] + last)
            keep.click()
            expect(keep).to_be_hidden()
            assert until(partial(kept, last))
        edit(read + "7")
        expect(keep).to_be_hidden()
        with page.expect_download() as saved:
            page.click("#results-json")
        record = json.loads(Path(saved.value.path()).read_text())
        assert record["numbers"][0]["text"] == record["lines"][0].split(" ")[0] == read + "7"
        assert record["numbers"][0]["corrected"] and "corrected" not in record["numbers"][1]
        assert not [digit for digit in record["digits"] if digit["line"] == digit["number"] == 0]

        first.focus()
        page.keyboard.type("x")
        page.keyboard.press("Enter")
        expect(page.locator("#toast")).to_have_text("A number has digits only")
        expect(first).to_have_text(read + "7")

    def test_nothing_can_be_corrected_unless_there_is_a_folder(self, page, server):
        page.click("#tab-sees")
        crop = page.locator(".crop:not(.no)").first
        crop.click()
        title = page.locator("#sees-title").inner_text()
        page.keyboard.press("5")
        expect(page.locator("#correct")).to_be_hidden()
        expect(page.locator("#sees-title")).to_have_text(title, ignore_case=True)

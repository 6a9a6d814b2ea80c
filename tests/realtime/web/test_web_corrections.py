"""What is put right on the page goes to a folder of the user's; without one nothing is kept."""

from __future__ import annotations

import csv
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from serving import Running
from strokes import SEVEN, THREE, stroke

from realtime.detections import CLASSES, NOT_A_DIGIT, Detections
from realtime.own_digits import read_digits
from realtime.recognizer import Trace
from realtime.web import cli, limits
from realtime.web.corrections import parse_labels
from realtime.web.seeing import in_order

ROOT = Path(__file__).resolve().parents[3]
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
        assert keeper.post("/api/corrections?turn=0&labels=1:7,0:x", BOARD) == (200, {"kept": 2})
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
        assert answers == [(200, {"kept": 1})] * 6
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

    def test_takes_none_unless_it_was_given_a_folder(self, server):
        assert json.loads(server.request("GET", "/api/health")[2])["corrections"] is False
        assert server.post("/api/corrections?labels=0:3", BOARD)[0] == 404


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


@pytest.mark.skipif(os.name == "nt", reason="other words there")
def test_a_folder_that_is_none_ends_with_1(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert cli.main(["--no-browser", "--corrections", str(tmp_path / "file")]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'file'}: not a folder, but a file is there\n"


class TestThePage:
    def test_a_wrong_digit_is_chosen_and_the_right_one_typed(self, keeper, page, folder):
        page.goto(keeper.address + "/#/draw")
        stroke(page, THREE)
        stroke(page, SEVEN)
        expect(page.locator("#draw-reading div")).to_have_text(["37"])
        page.click("#tab-sees")
        crops = page.locator(".crop:not(.no)")
        expect(crops).to_have_count(2)
        keep = page.locator("#correct-keep")
        expect(keep).to_be_disabled()
        crops.nth(1).click()
        page.keyboard.press("1")
        expect(page.locator("#sees-title")).to_have_text("Read as 7, corrected to 1")
        expect(page.locator("#correct-said")).to_have_text("Corrected to 1")
        crops.nth(0).click()
        page.locator("#correct-keys").get_by_role("button", name="no digit").click()
        expect(keep).to_have_text("Keep 2 corrections")
        page.keyboard.press("Backspace")
        expect(keep).to_have_text("Keep 1 correction")
        keep.click()
        expect(page.locator("#toast")).to_have_text("Kept 1 correction")
        expect(keep).to_be_disabled()
        (row,) = rows(folder)
        assert row["label"] == "1" and row["read"] == "7"
        assert cv2.imread(str(folder / row["frame"])).shape == (800, 1200, 3)

    def test_a_frame_of_the_camera_is_held_and_kept_when_it_goes_on(self, keeper, page, folder):
        page.goto(keeper.address)
        page.click("#camera-start")
        expect(page.locator("#camera-tools")).to_be_visible()
        page.click("#tab-sees")
        page.locator(".crop:not(.no)").first.click()
        page.keyboard.press("x")
        expect(page.locator("#sees-hold")).to_have_text("Go on")
        page.click("#sees-hold")
        expect(page.locator("#toast")).to_have_text("Kept 1 correction")
        expect(page.locator("#sees-hold")).to_have_text("Hold still")
        assert [row["label"] for row in rows(folder)] == ["x"]

    def test_what_could_not_be_kept_is_still_there(self, browser, keeper, folder):
        page = browser.new_page()  # the console tells of the answer 507
        page.goto(keeper.address + "/#/sees")
        page.locator(".crop:not(.no)").first.click()
        page.keyboard.press("x")
        folder.rmdir()
        folder.write_text("")
        page.click("#tab-draw")
        expect(page.locator("#toast")).to_contain_text("Not kept: cannot write")
        page.click("#tab-sees")
        expect(page.locator("#correct-keep")).to_have_text("Keep 1 correction")
        page.close(run_before_unload=False)

    def test_nothing_can_be_corrected_unless_there_is_a_folder(self, page, server):
        page.click("#tab-sees")
        crop = page.locator(".crop:not(.no)").first
        crop.click()
        title = page.locator("#sees-title").inner_text()
        page.keyboard.press("5")
        expect(page.locator("#correct")).to_be_hidden()
        expect(page.locator("#sees-title")).to_have_text(title, ignore_case=True)

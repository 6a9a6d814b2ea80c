"""A form that all numbers have, and a part of the picture: in photos, videos and of the camera."""

from __future__ import annotations

import json

import every_input
import pytest
from playwright.sync_api import expect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

KINDS = {kind.name: kind for kind in every_input.INPUTS}
PHOTO = KINDS["a.png"].contents()
VIDEO = KINDS["a.mp4"].contents()


def lines_of_video(server, query: str) -> list[str]:
    status, _, content = server.request("POST", f"/api/video?{query}", VIDEO)
    assert status == 200, content
    return json.loads(content.splitlines()[-1])["lines"]


def lines_of_camera(server, query: str) -> list[str]:
    """What a camera that shows the photo for a while reads in the end."""
    with connect(f"ws://127.0.0.1:{server.port}/api/live?{query}", proxy=None) as socket:
        answer: dict = {}
        for _ in range(20_000):
            socket.send(PHOTO)
            answer = json.loads(socket.recv(timeout=100))
            if answer["settled"] and answer["caption"]:
                return answer["caption"]
        raise AssertionError(answer)


@pytest.mark.parametrize(("query", "lines"), [("", ["471", "58"]), ("region=0,0,100%25,50%25", ["471"])])
def test_the_part_that_is_read(server, query, lines):
    assert server.post(f"/api/recognize?{query}", PHOTO)[1]["lines"] == lines
    assert lines_of_video(server, query) == lines
    assert lines_of_camera(server, query) == lines


def test_numbers_of_a_form_in_photo_video_and_camera(server):
    answer = server.post("/api/recognize?expect=3", PHOTO)[1]
    assert [(number["text"], number["fits"]) for number in answer["numbers"]] == [("471", True), ("58", False)]
    _, _, content = server.request("POST", "/api/video?expect=3", VIDEO)
    numbers = json.loads(content.splitlines()[-1])["numbers"]
    assert [(number["text"], number["fits"]) for number in numbers] == [("471", True), ("58", False)]
    assert lines_of_camera(server, "expect=2-3") == ["471", "58"]


@pytest.mark.parametrize(
    ("query", "said"), [("expect=what", "expect: "), ("region=1,2", "region: "), ("region=0,0,0,0", "region: ")]
)
def test_what_does_not_exist_is_told(server, query, said):
    for path in ("/api/recognize", "/api/video"):
        status, answer = server.post(f"{path}?{query}", PHOTO)
        assert status == 400 and answer["error"].startswith(said)
    assert json.loads(server.request("GET", f"/api/check?{query}")[2])["error"].startswith(said)
    with connect(f"ws://127.0.0.1:{server.port}/api/live?{query}", proxy=None) as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv(timeout=100)
        assert socket.close_code == 1008 and str(socket.close_reason).startswith(said)
    assert json.loads(server.request("GET", "/api/check?expect=luhn:16")[2]) == {"error": None}


def test_a_region_beyond_the_picture_is_told(server):
    status, answer = server.post("/api/recognize?region=900,900,10,10", PHOTO)
    assert status == 415 and answer["error"] == "picture: the region holds no pixel of 480x320"


def test_the_page_keeps_what_is_asked_for_and_marks_what_fits_no_form(page, server):
    page.click("#tab-upload")
    page.locator("#options summary").click()
    page.fill("#option-expect", "what")
    page.press("#option-expect", "Tab")
    expect(page.locator("#options-said")).to_contain_text("expect: ")
    page.fill("#option-expect", "3")
    page.press("#option-expect", "Tab")
    expect(page.locator("#options-said")).to_be_empty()
    page.reload()
    expect(page.locator("#option-expect")).to_have_value("3")
    page.set_input_files("#upload-input", {"name": "a.png", "mimeType": "image/png", "buffer": PHOTO})
    expect(page.locator("#results .number")).to_have_text(["471", "58"])
    expect(page.locator("#results .unfit")).to_have_text(["58"])
    page.click("#options-clear")
    expect(page.locator("#option-expect")).to_have_value("")
    page.set_input_files("#upload-input", {"name": "b.png", "mimeType": "image/png", "buffer": PHOTO})
    expect(page.locator("#results .number")).to_have_text(["471", "58", "471", "58"])
    expect(page.locator("#results .unfit")).to_have_count(1)


def test_a_part_is_chosen_in_the_picture_of_the_camera(page):
    page.click("#camera-start")
    expect(page.locator("#camera-reading div")).to_have_count(3)
    page.click("#camera-part")
    box = page.locator("#camera-overlay").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.04, box["y"] + box["height"] * 0.04)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.96, box["y"] + box["height"] * 0.44, steps=5)
    page.mouse.up()
    expect(page.locator("#option-region")).to_have_value("4%,4%,92%,40%")
    expect(page.locator("#camera-reading div")).to_have_count(1)
    page.click("#options-clear")
    expect(page.locator("#camera-reading div")).to_have_count(3)

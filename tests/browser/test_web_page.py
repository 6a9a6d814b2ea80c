"""The page in a real browser."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect
from serving import Running
from strokes import SEVEN, THREE, stroke

from benchmarks.browser import CLIP, ROOT, chromium, clip_frames


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    return list(csv.DictReader(path.read_text().splitlines()))


SAMPLES = ROOT / "samples"
LABELS = {row["file"]: row["rows"].split("|") for row in table(SAMPLES / "labels.csv")}
SHEET = LABELS[CLIP.name]


@contextmanager
def opened(playwright, server: Running, *flags: str) -> Iterator:
    """The page in a browser of its own, its start button pressed."""
    with chromium(playwright, *flags) as browser:
        page = browser.new_page()
        page.goto(server.address)
        page.click("#camera-start")
        yield page


class TestCamera:
    def test_reads_the_sheet_that_is_held_into_view(self, page):
        page.click("#camera-start")
        expect(page.locator("#camera-log li").first.locator("div > div")).to_have_text(SHEET)
        expect(page.locator("#camera-reading div")).to_have_text(SHEET)
        expect(page.locator("#camera-said")).to_contain_text("0 5 2 2, 1 8 5 9")
        expect(page.locator("#camera-figures")).to_contain_text("frames/s")
        boxes = page.evaluate(
            "() => { const c = document.getElementById('camera-overlay'), p = c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data; let n = 0;"
            "for (let i = 0; i < p.length; i += 4) n += p[i] === 0 && p[i + 1] === 114 && p[i + 2] === 178;"
            "return n; }"
        )
        assert boxes > 500, "digits are marked in blue"
        page.click("#camera-stop")
        expect(page.locator("#camera-veil")).to_be_visible()
        left = page.evaluate(
            "() => { const c = document.getElementById('camera-overlay'), copy = document.createElement('canvas');"
            "[copy.width, copy.height] = [c.width, c.height]; const context = copy.getContext('2d');"
            "context.drawImage(c, 0, 0);"
            "return context.getImageData(0, 0, c.width, c.height).data.some((byte) => byte); }"
        )
        assert not left, "the last picture is gone"
        expect(page.locator("#camera-reading div")).to_have_count(0)

    def test_says_that_the_camera_was_refused(self, playwright, server):
        with opened(playwright, server, "--use-fake-device-for-media-stream", "--deny-permission-prompts") as page:
            expect(page.locator("#camera-message")).to_contain_text("refused")
            expect(page.locator("#camera-start")).to_be_visible()

    def test_says_that_there_is_no_camera(self, playwright, server):
        with opened(playwright, server, "--use-fake-ui-for-media-stream") as page:
            expect(page.locator("#camera-message")).to_contain_text("There is no camera")

    def test_there_is_a_choice_where_there_are_two(self, playwright, server):
        flags = "--use-fake-device-for-media-stream=device-count=2", "--use-fake-ui-for-media-stream"
        with opened(playwright, server, *flags) as page:
            choice = page.locator("#camera-select")
            expect(choice.locator("option")).to_have_count(2)
            page.evaluate(
                "() => { const media = navigator.mediaDevices, had = media.getUserMedia.bind(media); window.asked = [];"
                "media.getUserMedia = (wish) => { asked.push(wish.video); return had(wish); } }"
            )
            first = page.evaluate("document.getElementById('camera-video').srcObject.id")
            choice.select_option(index=1)
            expect(choice).to_have_js_property("selectedIndex", 1)
            expect(page.locator("#camera-veil")).to_be_hidden()
            assert page.evaluate("document.getElementById('camera-video').srcObject.id") != first
            chosen = choice.input_value()
            page.click("#camera-stop")
            page.click("#camera-start")
            expect(page.locator("#camera-tools")).to_be_visible()
            assert [wish["deviceId"] for wish in page.evaluate("asked")] == [{"exact": chosen}] * 2
            # A camera that is no longer there is not insisted on, and then the back camera of a phone is asked for.
            page.evaluate("media => { asked[0].deviceId.exact = 'gone' }")
            choice.evaluate("select => { select.append(new Option('gone', 'gone')); select.value = 'gone' }")
            choice.dispatch_event("change")
            expect(page.locator("#camera-veil")).to_be_hidden()
            assert page.evaluate("asked.at(-1).facingMode") == {"ideal": "environment"}

    def test_goes_on_when_the_camera_is_plugged_in_again(self, page):
        page.click("#camera-start")
        expect(page.locator("#camera-reading div")).to_have_text(SHEET)
        page.evaluate(
            "document.getElementById('camera-video').srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
        )
        expect(page.locator("#camera-message")).to_contain_text("The camera is gone")
        expect(page.locator("#camera-reading div")).to_have_count(0)
        page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
        expect(page.locator("#camera-reading div")).to_have_text(SHEET)

    @pytest.mark.parametrize(
        ("script", "said"),
        [
            (
                "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotReadableError') }",
                "busy",
            ),
            # what a browser shows to a page that is neither local nor https
            ("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })", "over https only"),
        ],
    )
    def test_says_what_keeps_the_camera_away(self, page, script, said):
        page.add_init_script(script)
        page.reload()
        page.click("#camera-start")
        expect(page.locator("#camera-message")).to_contain_text(said)

    def test_goes_on_by_itself_when_the_server_is_back(self, browser):
        with Running() as first:
            page = browser.new_page()
            page.goto(first.address)
            page.click("#camera-start")
            expect(page.locator("#camera-reading div")).to_have_text(SHEET)
            port = first.port
        expect(page.locator("#camera-message")).to_contain_text("The server is gone")
        expect(page.locator("#camera-veil")).to_be_visible()
        expect(page.locator("#camera-reading div")).to_have_count(0)
        with Running(port=port):
            expect(page.locator("#camera-veil")).to_be_hidden()
            expect(page.locator("#camera-reading div")).to_have_text(SHEET)
            page.close()


class TestUpload:
    def test_a_sheet_gives_its_rows_and_they_can_be_taken_along(self, page, tmp_path):
        page.click("#tab-upload")
        with page.expect_file_chooser() as chooser:
            page.click("#upload-choose")
        assert chooser.value.is_multiple()
        chooser.value.set_files([SAMPLES / "rows.jpg", SAMPLES / "dark.jpg"])
        rows = page.get_by_role("article", name="rows.jpg")
        expect(rows.locator(".reading div")).to_have_text(LABELS["rows.jpg"])
        dark = page.get_by_role("article", name="dark.jpg")
        expect(dark.locator(".reading div")).to_have_text(LABELS["dark.jpg"])
        assert rows.locator("canvas").evaluate("canvas => canvas.width") == 1280
        expect(page.locator("article h3")).to_have_text(["rows.jpg", "dark.jpg"])

        with page.expect_download() as saved:
            page.click("#results-csv")
        digits = table(Path(saved.value.path()))
        wanted = "".join(LABELS["rows.jpg"] + LABELS["dark.jpg"]).replace(" ", "")
        assert "".join(row["digit"] for row in digits) == wanted
        assert {row["source"] for row in digits} == {"rows.jpg", "dark.jpg"}
        with page.expect_download() as saved:
            page.click("#results-json")
        records = [json.loads(line) for line in Path(saved.value.path()).read_text().splitlines()]
        assert [record["lines"] for record in records] == [LABELS["rows.jpg"], LABELS["dark.jpg"]]
        with page.expect_download() as saved:
            rows.get_by_role("button", name="Save picture").click()
        assert cv2.imread(str(saved.value.path())).shape == (960, 1280, 3)

        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        rows.get_by_role("button", name="Copy").click()
        expect(page.locator("#toast")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()").split("\n") == LABELS["rows.jpg"]
        rows.get_by_role("button", name="How it sees").click()
        expect(page.locator("#sees-figures")).to_contain_text("rows.jpg: ")
        page.click("#tab-upload")
        page.click("#results-clear")
        expect(page.get_by_role("article")).to_have_count(0)

    def test_rows_can_be_copied_where_there_is_no_clipboard_to_write_to(self, page):
        # as it is for a page that is neither local nor https
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        page.reload()
        page.click("#tab-upload")
        page.get_by_role("button", name="dark", exact=True).click()
        page.evaluate("document.addEventListener('copy', (event) => { window.copied = document.activeElement.value; })")
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.locator("#toast")).to_have_text("Copied")
        assert page.evaluate("copied").split("\n") == LABELS["dark.jpg"]

    def test_a_sheet_on_its_side_is_shown_and_read_upright(self, page, server, tmp_path):
        cv2.imwrite(
            str(tmp_path / "side.png"), cv2.rotate(cv2.imread(str(SAMPLES / "rows.jpg")), cv2.ROTATE_90_CLOCKWISE)
        )
        page.click("#tab-upload")
        page.set_input_files("#upload-input", tmp_path / "side.png")
        expect(page.locator(".result .reading div")).to_have_text(LABELS["rows.jpg"])
        # The boxes are on the digits of the picture as it is shown.
        blue = page.locator(".result canvas").evaluate(
            """canvas => { const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const at = [];
                for (let i = 0; i < data.length; i += 4)
                    if (data[i] === 0 && data[i + 1] === 114 && data[i + 2] === 178) at.push(i / 4);
                const across = at.map((i) => i % canvas.width), down = at.map((i) => Math.floor(i / canvas.width));
                const least = (all) => all.reduce((a, b) => Math.min(a, b));
                const most = (all) => all.reduce((a, b) => Math.max(a, b));
                return [least(across), most(across), most(down)];
            }"""
        )
        _, record = server.post("/api/recognize", (SAMPLES / "rows.jpg").read_bytes())
        boxes = np.array([digit["xyxy"] for digit in record["digits"]])
        wanted = boxes[:, 0].min(), boxes[:, 2].max(), boxes[:, 3].max()
        np.testing.assert_allclose(blue[:2], wanted[:2], atol=12)  # they have a margin
        assert -12 <= blue[2] - wanted[2] <= 60, "a label may stand below the last row"

    def test_a_dropped_video_shows_progress_and_readings(self, page, tmp_path):
        path = tmp_path / "short.mp4"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 25, (640, 360))
        for frame in clip_frames(100, 125, 640, 360):
            writer.write(frame)
        writer.release()
        page.click("#tab-upload")
        page.evaluate(
            """async (bytes) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], "short.mp4", { type: "video/mp4" }));
                document.getElementById("upload").dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
            }""",
            list(path.read_bytes()),
        )
        card = page.get_by_role("article", name="short.mp4")
        expect(card.locator("img")).to_be_visible()
        expect(card.locator(".log div > div")).to_have_text(SHEET)
        expect(card).to_contain_text("25 frames, 1 reading")
        assert card.locator("img").evaluate("image => image.naturalWidth") == 640

    def test_a_picture_can_be_pasted(self, page):
        page.click("#tab-upload")
        page.evaluate(
            """async () => {
                const blob = await (await fetch("/api/samples/dark.jpg")).blob();
                const clipboardData = new DataTransfer();
                clipboardData.items.add(new File([blob], "pasted.jpg", { type: "image/jpeg" }));
                document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
            }"""
        )
        card = page.get_by_role("article", name="pasted.jpg")
        expect(card.locator(".reading div")).to_have_text(LABELS["dark.jpg"])

    def test_a_sample_is_one_click_away(self, page):
        page.click("#tab-upload")
        page.get_by_role("button", name="dark", exact=True).click()
        expect(page.locator(".result .reading div")).to_have_text(LABELS["dark.jpg"])

    def test_what_is_no_picture_is_said_to_be_none_and_stops_nobody(self, browser, server, tmp_path):
        (tmp_path / "notes.jpg").write_text("12345")
        page = browser.new_page()  # the console tells of the answer 415
        page.goto(server.address + "/#/upload")
        page.set_input_files("#upload-input", [tmp_path / "notes.jpg", SAMPLES / "dark.jpg"])
        expect(page.locator("#results .error")).to_have_text("notes.jpg: not a photo or a document that can be read")
        expect(page.locator(".result .reading div")).to_have_text(LABELS["dark.jpg"])
        page.close()


class TestDraw:
    def test_what_is_drawn_is_read_and_can_be_undone(self, page):
        page.click("#tab-draw")
        stroke(page, THREE)
        reading = page.locator("#draw-reading div")
        expect(reading).to_have_text(["3"])
        stroke(page, SEVEN)
        expect(reading).to_have_text(["37"])
        expect(page.locator("#draw-said")).to_have_text("3 7")
        page.keyboard.press("Control+z")
        expect(reading).to_have_text(["3"])
        page.click("#draw-clear")
        expect(reading).to_have_count(0)
        expect(page.locator("#draw-undo")).to_be_disabled()

    def test_a_phone_may_be_turned_while_drawing(self, page):
        page.set_viewport_size({"width": 360, "height": 740})
        page.reload()
        page.click("#tab-draw")
        stroke(page, THREE)
        page.set_viewport_size({"width": 740, "height": 360})
        paper = page.locator("#draw-paper")
        box = paper.bounding_box()
        shape = paper.evaluate("canvas => canvas.width / canvas.height")
        assert abs(box["width"] / box["height"] - shape) < 0.02, "what is drawn is where the finger is"

    @pytest.mark.parametrize("pointer", ["pen", "finger"])
    def test_pen_and_finger_draw_as_well(self, page, pointer):
        page.click("#tab-draw")
        box = page.locator("#draw-paper").bounding_box()
        events = page.context.new_cdp_session(page)

        def send(kind: str, x: float, y: float) -> None:
            x, y = box["x"] + x * box["width"], box["y"] + y * box["height"]
            if pointer == "finger":
                name = {"pressed": "touchStart", "moved": "touchMove", "released": "touchEnd"}[kind]
                points = [] if kind == "released" else [{"x": x, "y": y}]
                events.send("Input.dispatchTouchEvent", {"type": name, "touchPoints": points})
                return
            held = {"button": "left", "buttons": 1, "pointerType": "pen"}
            events.send("Input.dispatchMouseEvent", {"type": "mouse" + kind.title(), "x": x, "y": y, **held})

        send("pressed", *SEVEN[0])
        for (x0, y0), (x1, y1) in pairwise(SEVEN):
            for part in (0.33, 0.67, 1):
                send("moved", x0 + part * (x1 - x0), y0 + part * (y1 - y0))
        send("released", *SEVEN[-1])
        expect(page.locator("#draw-reading div")).to_have_text(["7"])


class TestHowItSees:
    def test_shows_every_glyph_and_what_the_network_says_of_it(self, page):
        page.click("#tab-draw")
        stroke(page, THREE)
        stroke(page, SEVEN)
        expect(page.locator("#draw-reading div")).to_have_text(["37"])
        page.click("#tab-sees")
        crops = page.locator(".crop:not(.no)")
        expect(crops).to_have_count(2)
        expect(page.locator("#sees-title")).to_have_text("Read as 3")
        crops.nth(0).focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("#sees-title")).to_have_text("Read as 7")
        expect(page.locator("#sees-bars tr.best th")).to_have_text("7")
        assert page.locator("#sees-bars tr.best meter").evaluate("meter => meter.value") > 0.5
        box = page.locator("#sees-picture").bounding_box()
        page.mouse.click(box["x"] + 0.37 * box["width"], box["y"] + 0.45 * box["height"])
        expect(page.locator("#sees-title")).to_have_text("Read as 3")
        crop = page.locator("#sees-crop").evaluate(
            "canvas => [...canvas.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0)"
        )
        assert max(crop) > 200 and np.mean(np.array(crop) == 0) > 0.4, "bright ink on black"

    def test_watches_the_camera_and_holds_still(self, page):
        page.click("#camera-start")
        expect(page.locator("#camera-reading div")).to_have_text(SHEET)
        page.click("#tab-sees")
        expect(page.locator("#sees-count")).to_contain_text("digits")
        count = "performance.getEntriesByName('frame').length"
        before = page.evaluate(count)
        expect(page.locator("#sees-figures")).to_contain_text("the camera: ")
        played = "document.getElementById('camera-video').currentTime"
        begin = page.evaluate(played)
        while page.evaluate(played) < begin + 0.3:  # seconds, in which the camera gave nine pictures
            page.wait_for_timeout(20)
        assert page.evaluate(count) <= before + 1, "what nobody looks at is not read, but for one that was on its way"
        page.locator(".crop").first.click()
        expect(page.locator("#sees-hold")).to_have_text("Go on")
        page.click("#sees-hold")
        expect(page.locator("#sees-hold")).to_have_text("Hold still")


def test_fits_a_narrow_phone_in_all_views(page):
    page.set_viewport_size({"width": 360, "height": 740})
    for view in ("camera", "upload", "draw", "sees"):
        page.click(f"#tab-{view}")
        expect(page.locator(f"#{view}")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view


def test_the_tabs_obey_the_keyboard_and_the_address(page, server):
    page.focus("#tab-camera")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#upload")).to_be_visible()
    expect(page.locator("#tab-upload")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#sees")).to_be_visible()
    page.keyboard.press("Home")
    expect(page.locator("#tab-camera")).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator("#tab-sees")).to_be_focused()
    page.goto(server.address + "/#/draw")
    expect(page.locator("#draw")).to_be_visible()

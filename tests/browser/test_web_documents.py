"""Documents, pictures that no browser can draw, and videos that were read, in the page."""

from __future__ import annotations

import cv2
import every_input
from playwright.sync_api import expect


def test_each_page_of_a_document_gets_a_card_of_its_own(page, tmp_path):
    kinds = {kind.name: path for kind, path in every_input.write_all(tmp_path)}
    page.click("#tab-upload")
    page.set_input_files("#upload-input", [kinds["pages.pdf"], kinds["a.heic"], kinds["half.jpg"]])
    expect(page.locator("#results-title")).to_have_text("Results", timeout=100_000)
    names = ["pages.pdf, page 1", "pages.pdf, page 2", "pages.pdf, page 3", "a.heic", "half.jpg"]
    expect(page.locator("#results article h3")).to_have_text(names)
    for i in range(4):
        card = page.locator("#results article").nth(i)
        expect(card.locator(".reading")).to_contain_text("471")
        expect(card.locator("canvas")).to_be_visible()
    expect(page.locator("#results article .error")).to_have_text(["half.jpg: cut short; what is there is read"])


def test_a_gif_that_moves_is_read_as_a_video(browser, server, tmp_path):
    kinds = {kind.name: path for kind, path in every_input.write_all(tmp_path)}
    page = browser.new_page()
    page.goto(server.address)
    page.click("#tab-upload")
    page.set_input_files("#upload-input", [kinds["moves.gif"], kinds["pages.gif"]])
    expect(page.locator("#results-title")).to_have_text("Results")
    expect(page.locator("#results article h3")).to_have_text(
        ["moves.gif", "pages.gif, page 1", "pages.gif, page 2", "pages.gif, page 3"]
    )
    expect(page.locator("#results article").first).to_contain_text("8 frames")
    page.close()


def test_a_video_that_was_read_plays_with_its_digits_and_is_saved(page, tmp_path):
    kinds = {kind.name: path for kind, path in every_input.write_all(tmp_path)}
    page.click("#tab-upload")
    page.set_input_files("#upload-input", kinds["a.webm"])
    expect(page.locator(".player video")).to_be_visible()
    expect(page.locator(".log button time")).to_have_count(1)
    page.locator(".log button").click()
    seconds = float(page.locator(".log button time").inner_text().removesuffix(" s"))
    drawn = (
        "() => { const canvas = document.querySelector('.player canvas'); return [...canvas.getContext('2d')"
        ".getImageData(0, 0, canvas.width, canvas.height).data].some((value, i) => i % 4 === 3 && value > 0); }"
    )
    page.wait_for_function(f"Math.abs(document.querySelector('.player video').currentTime - {seconds}) < 0.06")
    page.wait_for_function(drawn)
    with page.expect_download() as download:
        page.get_by_text("Save video").click()
    assert download.value.suggested_filename == "a-read.mp4"
    assert cv2.VideoCapture(str(download.value.path())).get(cv2.CAP_PROP_FRAME_COUNT) == 8

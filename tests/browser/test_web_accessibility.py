"""Every view of the page, looked at by axe-core: names, contrast, roles, order of headings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import every_input
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from serving import Running

from realtime.batch.cli import main as batch

AXE = Axe()
KINDS = {kind.name: kind for kind in every_input.INPUTS}
PHOTO = {"name": "a.png", "mimeType": "image/png", "buffer": KINDS["a.png"].contents()}
VIDEO = {"name": "a.mp4", "mimeType": "video/mp4", "buffer": KINDS["a.mp4"].contents()}
TEXT = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"}


def findings(page: Any, view: str) -> list[str]:
    """What axe-core finds, one line each: its rule, and where."""
    violations = AXE.run(page).response["violations"]
    return [f"{view}: {each['id']}: {node['html'][:150]}" for each in violations for node in each["nodes"]]


def use_camera(page: Any) -> None:
    page.click("#tab-camera")
    page.click("#camera-start")
    expect(page.locator("#camera-log li").first).to_be_visible()


def read_photo_and_video(page: Any) -> None:
    page.click("#tab-upload")
    page.set_input_files("#upload-input", [PHOTO, VIDEO, TEXT])
    expect(page.locator("#results-title")).to_have_text("Results")
    expect(page.locator("#results article")).to_have_count(3)
    expect(page.locator("#results .error")).to_be_visible()


def edit_a_number(page: Any) -> None:
    number = page.locator("#results article .number").first
    number.fill("472")
    number.press("Enter")
    expect(page.locator("#results article").first.get_by_text("Keep for training")).to_be_visible()


def draw(page: Any) -> None:
    page.click("#tab-draw")
    box = page.locator("#draw-paper").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 200, steps=9)
    page.mouse.up()
    expect(page.locator("#draw-reading div")).to_have_text("1")


def look_inside(page: Any) -> None:
    page.click("#tab-sees")
    expect(page.locator(".crop").first).to_be_visible()


def correct(page: Any) -> None:
    page.locator(".crop").first.click()
    page.keyboard.press("7")
    expect(page.locator("#correct-keep")).to_be_enabled()


def complain(page: Any) -> None:
    page.click("#tab-draw")
    page.click("#draw-clear")
    page.click("#tab-sees")
    page.evaluate(
        "document.getElementById('toast').hidden = false; document.getElementById('toast').textContent = 'Not kept'"
    )


VIEWS = read_photo_and_video, edit_a_number, look_inside, correct, draw, use_camera, complain


@pytest.fixture
def opened(browser, tmp_path) -> Iterator[Any]:
    """The page of a server that keeps corrections."""
    with Running(corrections=tmp_path) as server:
        page = browser.new_page()
        page.set_default_timeout(100_000)
        page.goto(server.address)
        yield page
        page.close()


def test_axe_finds_nothing_in_any_view(opened):
    found = []
    for view in (lambda _: None, *VIEWS):
        view(opened)
        for scheme in ("light", "dark"):
            for width, height in ((1200, 900), (360, 740)):
                opened.emulate_media(color_scheme=scheme)
                opened.set_viewport_size({"width": width, "height": height})
                found += findings(opened, f"{view.__name__}, {scheme}, {width} pixels wide")
    assert found == []


# Of tabs, of glyphs and of radio buttons one can be reached with Tab, and the others from there with arrow keys.
REACHED = """() => [...document.querySelectorAll(
    "button, select, a[href], [contenteditable], input:not([type=radio]):not([tabindex='-1'])")].filter((node) =>
    node.checkVisibility() && !node.disabled && !node.matches("[role=tab], .crop")).map((node) => {
        node.dataset.place ??= String(document.querySelectorAll("[data-place]").length);
        return node.dataset.place; })"""
FOCUSED = """() => { const node = document.activeElement, style = getComputedStyle(node);
    const shown = style.outlineStyle !== "none" || style.boxShadow !== "none";
    return [node.dataset.place ?? null, shown, node.outerHTML]; }"""


def test_everything_is_reached_with_tab_and_shows_that_it_is(opened):
    for view in VIEWS[:-1]:
        view(opened)
        wanted = set(opened.evaluate(REACHED))
        assert wanted, view.__name__
        opened.evaluate("document.activeElement.blur()")
        for _ in range(60):
            opened.keyboard.press("Tab")
            place, shown, node = opened.evaluate(FOCUSED)
            assert shown or place is None, node
            wanted.discard(place)
            if not wanted:
                break
        assert not [opened.locator(f"[data-place='{p}']").evaluate("node => node.outerHTML") for p in wanted], view


def test_axe_finds_nothing_in_the_page_for_review_either(browser, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(KINDS["a.jpg"].contents())
    out = str(tmp_path / "out")
    assert batch([str(path), "--out", out, "--workers", "1"]) == 0
    assert batch(["review", out, "--share", "1"]) == 0
    (review,) = (tmp_path / "out").glob("*.html")
    found = []
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(review.as_uri())
        found += findings(page, f"review, {scheme}")
        page.close()
    assert found == []

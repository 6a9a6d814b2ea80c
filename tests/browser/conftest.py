"""A server with the shipped model, and pages in headless Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright
from serving import Running

from benchmarks.browser import CHROMIUM, camera_flags, chromium, clip_frames, write_y4m

PATIENCE = 100_000  # milliseconds, of which a busy machine may need many
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with Running() as running:
        yield running


@pytest.fixture(scope="session")
def camera_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of the sample clip, the sheet in view, as a camera of 640x480 shows it."""
    path = tmp_path_factory.mktemp("camera") / "clip.y4m"
    write_y4m(path, clip_frames(100, 130, 640, 480))
    return path


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """What starts and steers browsers."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Chromium is missing: the page would go untested")
        pytest.skip("Chromium is missing")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, camera_clip: Path) -> Iterator:
    """Chromium with that camera."""
    with chromium(playwright, *camera_flags(camera_clip)) as running:
        yield running


@pytest.fixture
def page(browser, server: Running) -> Iterator:
    """The page, loaded. No script may fail, and nothing may complain on the console."""
    context = browser.new_context(viewport={"width": 1200, "height": 900}, accept_downloads=True)
    context.set_default_timeout(PATIENCE)
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda message: message.type in ("error", "warning") and complaints.append(message.text))
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.goto(server.address)
    yield tab
    context.close()
    assert complaints == []

"""A saved video plays in a browser, each picture at its time."""

from __future__ import annotations

import base64
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page
from serving import Running, until

from realtime.sinks.records import SaveSink
from realtime.sources.frame import Frame

TIMES = [0.0, 0.4, 1.5, 2.0, 3.25]
LEVELS = [40, 90, 140, 190, 240]

SEEK = """async ([data, seconds]) => {
    const video = document.querySelector("video");
    if (!video.src) {
        video.src = data;
        await new Promise((done, fail) => { video.oncanplay = done; video.onerror = () => fail(video.error.message); });
    }
    await new Promise(done => { video.onseeked = done; video.currentTime = seconds; });
}"""
SHOWN = """() => {
    const video = document.querySelector("video"), canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    const context = canvas.getContext("2d");
    context.drawImage(video, 0, 0);
    return [video.videoWidth, video.videoHeight, context.getImageData(8, 8, 1, 1).data[1]];
}"""


def shows(tab: Page, right: list[object]) -> bool:
    return bool(tab.evaluate(SHOWN) == right)


@pytest.mark.parametrize(("suffix", "kind"), [(".mp4", "video/mp4"), (".webm", "video/webm")])
def test_a_browser_plays_it_and_shows_each_picture_at_its_time(browser, tmp_path: Path, suffix: str, kind: str):
    path = tmp_path / f"a{suffix}"
    with SaveSink(str(path)) as sink:
        for i, (time, level) in enumerate(zip(TIMES, LEVELS, strict=True)):
            image = np.full((64, 96, 3), level, np.uint8)
            sink.write(Frame(image, "a.mp4", i, time, still=False, fps=10), image)
    data = f"data:{kind};base64," + base64.b64encode(path.read_bytes()).decode()
    tab = browser.new_page()
    tab.set_content("<video muted></video>")
    for time, level in zip(TIMES[:-1], LEVELS, strict=False):
        for shown_at in (time + 0.01, time + 0.3):
            tab.evaluate(SEEK, [data, shown_at])
            # A busy browser paints a moment after it has found the place; there it stays.
            right = [96, 64, pytest.approx(level, abs=12)]
            assert until(partial(shows, tab, right)), (shown_at, tab.evaluate(SHOWN))
    tab.close()


PLACED = """seconds => new Promise(done => {
    const video = document.querySelector("video");
    video.requestVideoFrameCallback((_, { mediaTime }) => done(mediaTime));
    video.currentTime = seconds;
})"""


def written(path: Path) -> list[float]:
    """Write a video of uneven time stamps there; returns them, in seconds."""
    steps = np.random.default_rng(3).uniform(0.02, 0.4, 24)
    times = [0.0, *np.cumsum(steps).tolist()]
    with SaveSink(str(path)) as sink:
        for i, time in enumerate(times):
            image = np.full((64, 96, 3), 20 + 9 * i, np.uint8)
            sink.write(Frame(image, "a.mp4", i, time, still=False, fps=25), image)
    return times


def assert_placed(browser, video: bytes, kind: str, times: list[float]) -> None:
    data = f"data:{kind};base64," + base64.b64encode(video).decode()
    tab = browser.new_page()
    tab.set_content("<video muted></video>")
    tab.evaluate(SEEK, [data, times[-1]])
    placed = [tab.evaluate(PLACED, (time + after) / 2) for time, after in pairwise(times)]
    np.testing.assert_allclose(placed, times[:-1], atol=1e-3)
    tab.close()


@pytest.mark.parametrize(("suffix", "kind"), [(".mp4", "video/mp4"), (".webm", "video/webm")])
def test_the_browser_has_each_picture_within_a_millisecond_of_its_time(browser, tmp_path: Path, suffix: str, kind: str):
    path = tmp_path / f"a{suffix}"
    times = written(path)
    assert_placed(browser, path.read_bytes(), kind, times)


def test_so_has_it_each_picture_of_the_video_that_the_page_saves(browser, server: Running, tmp_path: Path):
    path = tmp_path / "a.mp4"
    times = written(path)
    status, headers, video = server.request("POST", "/api/video/annotated", path.read_bytes())
    assert status == 200
    assert_placed(browser, video, headers["content-type"], times)

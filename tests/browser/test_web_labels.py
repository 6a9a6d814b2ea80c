"""Over the camera and over a video that plays no label lies on a digit, nor on another label."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from serving import until

from benchmarks.browser import clip_frames
from realtime.sinks.video import SaveSink
from realtime.sources.frame import Frame

# Each time a canvas is cleared a painting begins: outlines are those of digits, what is filled are labels.
WATCH = """() => {
    window.paintings = [];
    const of = CanvasRenderingContext2D.prototype;
    let last = null;
    const before = (name, look) => {
        const had = of[name];
        of[name] = function (...values) { look(this, values); return had.apply(this, values); };
    };
    before("clearRect", () => paintings.push({ digits: [], labels: [] }));
    before("beginPath", () => last = null);
    before("roundRect", (_, [x, y, w, h]) => last = [x, y, x + w, y + h]);
    before("stroke", (context) => {
        const gap = 1.5 * context.lineWidth; // between the digit and its outline
        if (last) paintings.at(-1)?.digits.push([last[0] + gap, last[1] + gap, last[2] - gap, last[3] - gap]);
    });
    before("fill", () => { if (last) paintings.at(-1)?.labels.push(last); });
}"""

Box = tuple[float, float, float, float]


def share(a: Box, b: Box) -> bool:
    """Whether two boxes have more in common than rounding makes."""
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.01 and min(a[3], b[3]) - max(a[1], b[1]) > 0.01


def painted(page: Page) -> list[dict[str, list[Box]]]:
    """The paintings that have digits, but for the last, which may not be whole."""
    return [painting for painting in page.evaluate("paintings.slice(0, -1)") if painting["digits"]]


def enough(page: Page, paintings: int) -> bool:
    return len(painted(page)) >= paintings


def assert_apart(paintings: list[dict[str, list[Box]]]) -> None:
    for painting in paintings:
        digits, labels = painting["digits"], painting["labels"]
        assert len(labels) >= len(digits) / 2, "most digits have room for a label"
        assert not [(a, b) for a in labels for b in digits if share(a, b)]
        assert not [(a, b) for a, b in combinations(labels, 2) if share(a, b)]


@pytest.mark.parametrize("width", [1200, 360])
def test_over_the_camera(page, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    page.evaluate(WATCH)
    page.click("#camera-start")
    assert until(partial(enough, page, 8))
    assert_apart(painted(page))


@pytest.mark.parametrize("width", [1200, 360])
def test_over_a_video_that_plays(page, tmp_path: Path, width: int):
    path = tmp_path / "short.mp4"
    with SaveSink(str(path)) as sink:
        for i, image in enumerate(clip_frames(100, 112, 640, 360)):
            sink.write(Frame(image, "short.mp4", i, i / 10, still=False, fps=10), image)
    page.set_viewport_size({"width": width, "height": 800})
    page.click("#tab-upload")
    page.set_input_files("#upload input[type=file]", path)
    player = page.get_by_role("article", name="short.mp4").locator(".player video")
    expect(player).to_be_visible()
    page.evaluate(WATCH)
    player.evaluate("video => video.play()")
    assert until(partial(enough, page, 5))
    assert_apart(painted(page))

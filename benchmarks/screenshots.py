"""Takes the README's picture of the web app anew: its four views in headless Chromium, on the samples."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

from benchmarks.browser import ROOT, camera_flags, chromium, clip_frames, write_y4m
from benchmarks.web import serving
from training.render.handwriting import Hand, scaled

WIDTH, HEIGHT = 1180, 800  # of a view, in pixels of the page
_SCALE = 0.7  # of a view in the picture
_GAP = 10  # pixels between two views
_FRAMES = (110, 130)  # of the clip: the sheet is in view
_SAMPLE = "shadow"
_DRAWN = "31415 27"


def views(page: Any) -> Iterator[str]:
    """Bring the page into each of its four states, one after the other; their names."""
    page.click("#camera-start")
    page.wait_for_selector("#camera-log li")
    yield "camera"
    page.click("#camera-stop")
    page.click("#tab-upload")
    page.get_by_role("button", name=_SAMPLE, exact=True).click()
    page.wait_for_selector(".result .reading div")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    yield "upload"
    page.evaluate("scrollTo(0, 0)")
    page.click("#tab-sees")
    page.wait_for_selector(".crop:not(.no)")
    yield "sees"
    page.click("#tab-draw")
    write(page, _DRAWN)
    page.get_by_text(_DRAWN, exact=True).wait_for()
    page.wait_for_load_state("networkidle")  # the last stroke is read as well
    yield "draw"


def write(page: Any, text: str) -> None:
    """Write on the paper of the page, with the mouse and a hand of our own."""
    rng = np.random.default_rng(3)
    hand, box = Hand(rng), page.locator("#draw-paper").bounding_box()
    height, step = 0.26 * box["height"], 0.115 * box["width"]
    for i, sign in enumerate(text):
        if sign == " ":
            continue
        left, top = box["x"] + 0.06 * box["width"] + i * step, box["y"] + 0.35 * box["height"]
        for stroke in scaled(hand.write(sign, rng), height, left, top):
            points = stroke[:, :2].astype(float).tolist()
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point)
            page.mouse.up()


def take(scheme: Literal["light", "dark"]) -> dict[str, np.ndarray]:
    """The four views: name -> `(HEIGHT, WIDTH, 3) uint8` BGR."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, serving() as (address, _), sync_playwright() as playwright:
        clip = Path(folder) / "clip.y4m"
        write_y4m(clip, clip_frames(*_FRAMES, 1280, 720))
        with chromium(playwright, *camera_flags(clip)) as browser:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, color_scheme=scheme)
            page.goto(address)
            # Times would be others in each picture.
            page.evaluate("document.querySelectorAll('.figures').forEach((node) => (node.style.visibility = 'hidden'))")
            return {
                name: cv2.imdecode(np.frombuffer(page.screenshot(), np.uint8), cv2.IMREAD_COLOR) for name in views(page)
            }


def together(pictures: dict[str, np.ndarray]) -> np.ndarray:
    """The four views as one picture, two by two."""
    size = round(WIDTH * _SCALE), round(HEIGHT * _SCALE)
    small = {name: cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for name, picture in pictures.items()}
    gap = {"value": (160, 160, 160), "borderType": cv2.BORDER_CONSTANT}
    framed = {name: cv2.copyMakeBorder(picture, 1, 1, 1, 1, **gap) for name, picture in small.items()}
    between = np.full((framed["camera"].shape[0], _GAP, 3), 255, np.uint8)
    rows = [np.hstack([framed[a], between, framed[b]]) for a, b in (("camera", "upload"), ("draw", "sees"))]
    return np.vstack([rows[0], np.full((_GAP, rows[0].shape[1], 3), 255, np.uint8), rows[1]])


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks screenshots", description=__doc__)
    parser.add_argument("--output", type=Path, default=ROOT / "docs", metavar="FOLDER", help="(default: docs)")
    parser.add_argument("--dark", action="store_true", help="take them as a page in dark looks")
    args = parser.parse_args(argv)
    args.output.mkdir(parents=True, exist_ok=True)
    try:
        picture = together(take("dark" if args.dark else "light"))
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    cv2.imwrite(str(args.output / "web.webp"), picture, [cv2.IMWRITE_WEBP_QUALITY, 82])
    print(f"web.webp is in {args.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

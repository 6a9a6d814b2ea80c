"""Headless Chromium, with a camera whose pictures are ours."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[1]
CLIP = ROOT / "samples" / "clip.mp4"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()


@contextmanager
def chromium(playwright: Playwright, *flags: str) -> Iterator[Browser]:
    """A browser of its own."""
    if CHROMIUM is None:
        raise FileNotFoundError("Chromium is missing: apt install chromium")
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *flags])
    try:
        yield browser
    finally:
        browser.close()


def camera_flags(clip: Path) -> list[str]:
    """Flags with which the browser's camera shows `clip`, a Y4M file, and nobody is asked."""
    return [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ]


def write_y4m(path: Path, frames: Iterable[np.ndarray], fps: int = 30) -> None:
    """Write `(H, W, 3) uint8` BGR frames of even height and width as a video that Chromium takes for a camera."""
    with path.open("wb") as file:
        for i, frame in enumerate(frames):
            height, width = frame.shape[:2]
            if i == 0:
                file.write(f"YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420jpeg\n".encode())
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())


def clip_frames(first: int, last: int, width: int, height: int) -> Iterator[np.ndarray]:
    """Frames of the sample clip, fitted into `width` x `height` with their edges drawn out."""
    capture = cv2.VideoCapture(str(CLIP))
    try:
        for i in range(last):
            ok, frame = capture.read()
            assert ok
            if i < first:
                continue
            scale = min(width / frame.shape[1], height / frame.shape[0])
            small = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            down, right = height - small.shape[0], width - small.shape[1]
            yield cv2.copyMakeBorder(
                small, down // 2, down - down // 2, right // 2, right - right // 2, cv2.BORDER_REPLICATE
            )
    finally:
        capture.release()

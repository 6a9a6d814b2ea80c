"""The web app: frames a second and delay in the page, many clients at once, and the start.

The page runs in headless Chromium on the same machine, its camera shows the sample clip at 30 frames a second. A delay
is that from taking the picture to having its digits drawn, the JPEG encoder of the browser included. Some of the frames
are read, in the others the digits ride on their ink: how many are read, and how long it takes from taking such a frame
to showing what it says, stands beside. Each measure is taken beside the same with the recogniser switched off: what is
left is browser and server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import cv2
import numpy as np
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from benchmarks.browser import CLIP, ROOT, camera_flags, chromium, clip_frames, write_y4m
from benchmarks.telling import add_json, tell
from realtime.detections import Detections

SIZES = ((640, 480), (1280, 720))
FRAMES = (60, 200)  # of the clip: the sheet is in view
PATIENCE = 30  # seconds for an answer
PROGRAM = [sys.executable, "main.py", "--no-browser", "--port", "0"]
"""Starts the server on a port that is free."""


class Blind:
    """A recogniser that does not look."""

    def __call__(self, _: np.ndarray) -> Detections:
        return Detections.empty()


@contextmanager
def serving(blind: bool = False) -> Iterator[tuple[str, float]]:
    """A server as a process of its own: its address, and the seconds from its start to the first page."""
    command = [sys.executable, "-m", "benchmarks", "web", "--serve-blind"] if blind else PROGRAM
    begin = time.perf_counter()
    with started(command) as (_, address):
        urllib.request.urlopen(address).close()
        yield address, time.perf_counter() - begin


@contextmanager
def started(command: list[str], errors: IO[str] | None = None) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that says its address when it has started: its process, and that address.

    Args:
        command: starts it.
        errors: file for what it says of errors; they are shown where it is left out.
    """
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
        assert process.stdout is not None
        try:
            match = re.search(r"http://\S+", process.stdout.readline())
            if match is None:
                raise SystemExit("error: the server did not start")
            yield process, match[0]
        finally:
            process.terminate()


def serve_blind() -> None:
    """Serve without recogniser until killed."""
    from realtime.web.app import make_app
    from realtime.web.server import make_server

    server = make_server(make_app(Blind), "127.0.0.1", 0)  # type: ignore[arg-type]
    server.when_started = lambda: print(f"http://127.0.0.1:{server.port}/", flush=True)  # type: ignore[method-assign]
    server.run()


def page(address: str, clip: Path, seconds: float) -> dict[str, float]:
    """Frames a second and delay, read and drawn, that the page measures of itself while its camera shows `clip`."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, chromium(playwright, *camera_flags(clip)) as browser:
        tab = browser.new_page(viewport={"width": 1280, "height": 900})
        tab.goto(address)
        tab.click("#camera-start")
        tab.wait_for_selector("#camera-tools")
        tab.wait_for_timeout(2000)  # caches and clocks settle
        tab.evaluate("performance.clearMeasures()")
        begin = tab.evaluate("performance.now()")
        tab.wait_for_timeout(seconds * 1000)
        end = tab.evaluate("performance.now()")
        entries = "performance.getEntriesByName('{}').map((entry) => entry.duration)"
        drawn, read = (tab.evaluate(entries.format(name)) for name in ("frame", "read"))
    rates = {"fps": 1000 * len(drawn) / (end - begin), "reads": 1000 * len(read) / (end - begin)}
    return {**rates, **_spread(drawn), "read_ms": _spread(read)["median_ms"]}


async def crowd(address: str, clients: int, seconds: float) -> dict[str, float]:
    """Many clients at once, each sending its next frame when the last is answered.

    Returns:
        Frames a second of all together, and how many of them were read; delays in milliseconds; frames of the least and
        the most served client, and those read; and how many frames were lost: not answered within half a minute, or out
        of turn. A client that was sent away, or whose connection broke, has lost the frame that it was about to send,
        and sends no more.
    """
    frames = [cv2.imencode(".jpg", frame)[1].tobytes() for frame in clip_frames(*FRAMES, *SIZES[0])]
    delays: list[float] = []
    counts, reads = [0] * clients, [0] * clients
    lost = 0
    start = asyncio.Event()

    async def client(i: int) -> None:
        nonlocal lost
        # One address may have a few live connections alone, and Linux has many for this machine.
        options: dict[str, Any] = {"local_addr": (f"127.0.0.{2 + i // 8}", 0)} if sys.platform == "linux" else {}
        async with connect(address.replace("http", "ws") + "api/live", compression=None, **options) as socket:
            await start.wait()
            read = None
            end = time.perf_counter() + seconds
            try:
                while (begin := time.perf_counter()) < end:
                    await socket.send(frames[(7 * i + counts[i]) % len(frames)])
                    answer = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
                    delays.append((time.perf_counter() - begin) * 1e3)
                    lost += answer.get("frame") != counts[i]
                    reads[i] += answer.get("read") != read
                    read = answer.get("read")
                    counts[i] += 1
            except (ConnectionClosed, TimeoutError):
                lost += 1

    tasks = [asyncio.create_task(client(i)) for i in range(clients)]
    await asyncio.sleep(1)
    start.set()
    await asyncio.gather(*tasks)
    rates = {"fps": sum(counts) / seconds, "reads": sum(reads) / seconds}
    served = {"least": min(counts), "most": max(counts), "least_read": min(reads), "most_read": max(reads)}
    return {**rates, **_spread(delays), **served, "lost": lost}


def _spread(delays: list[float]) -> dict[str, float]:
    median, p95 = np.percentile(delays, (50, 95)) if delays else (np.nan, np.nan)
    return {"median_ms": float(median), "p95_ms": float(p95)}


def measure(seconds: float, clients: int) -> dict[str, Any]:
    """All figures, as they go into the JSON file."""
    figures: dict[str, Any] = {"cpus": os.cpu_count(), "load_before": os.getloadavg()[0], "page": []}
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.y4m"
        for size in SIZES:
            write_y4m(clip, clip_frames(*FRAMES, *size))
            for blind in (False, True):
                with serving(blind) as (address, _):
                    row = page(address, clip, seconds)
                figures["page"].append({"size": list(size), "recogniser": not blind, **row})
    with serving() as (address, start):
        figures["start_s"] = start
        figures["crowd"] = {"clients": clients, **asyncio.run(crowd(address, clients, seconds))}
    return figures


def report(figures: dict[str, Any]) -> str:
    """The figures as a table to read."""
    lines = [f"{CLIP.name} as the camera, {figures['cpus']} processors, load {figures['load_before']:.1f} before"]
    lines += ["", f"{'in the page':<32}{'frames/s':>10}{'median ms':>12}{'p95 ms':>10}{'read/s':>10}{'read ms':>10}"]
    for row in figures["page"]:
        name = "{}x{}".format(*row["size"]) + ("" if row["recogniser"] else ", no recogniser")
        line = f"{name:<32}{row['fps']:>10.1f}{row['median_ms']:>12.1f}{row['p95_ms']:>10.1f}"
        lines.append(line + (f"{row['reads']:>10.1f}{row['read_ms']:>10.1f}" if row["recogniser"] else ""))
    crowd = figures["crowd"]
    name = f"{crowd['clients']} clients, 640x480"
    lines.append(
        f"{name:<32}{crowd['fps']:>10.1f}{crowd['median_ms']:>12.1f}{crowd['p95_ms']:>10.1f}{crowd['reads']:>10.1f}"
    )
    told = "each of them had {least} to {most} frames answered, {least_read} to {most_read} read; {lost} were lost"
    lines += ["", told.format(**crowd)]
    lines.append(f"start to the first page: {figures['start_s']:.2f} s")
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks web", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=15, help="of each measure (default: %(default)s)")
    parser.add_argument("--clients", type=int, default=32, help="at once (default: %(default)s)")
    add_json(parser)
    parser.add_argument("--serve-blind", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if args.serve_blind:
        serve_blind()
        return 0
    try:
        figures = measure(args.seconds, args.clients)
    except FileNotFoundError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    tell(report(figures), figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

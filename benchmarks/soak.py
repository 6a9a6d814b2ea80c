"""Many photos and videos through one server, one after the other: whether its memory levels off.

Photos are 320x240 pixels of changing parts of the sample clip, videos three such frames each. Told is what the server
and its processes hold together after each tenth; from the first tenth on it should stand still. Linux only.
"""

from __future__ import annotations

import argparse
import http.client
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
from tqdm import tqdm

from benchmarks.abuse import PATIENCE, memory
from benchmarks.browser import clip_frames
from benchmarks.telling import add_json, tell
from benchmarks.web import PROGRAM, started

SIZE = (320, 240)
PHOTOS, VIDEOS = 20_000, 2_000
FRAMES = 3  # of a video
PICTURES = 60  # different ones


def measure(photos: int, videos: int) -> dict[str, Any]:
    """Send them, evenly mixed, and look at the memory after each tenth."""
    frames = list(clip_frames(60, 60 + PICTURES, *SIZE))
    jpegs = [cv2.imencode(".jpg", frame)[1].tobytes() for frame in frames]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "short.avi"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, SIZE)
        for frame in frames[:FRAMES]:
            writer.write(frame)
        writer.release()
        video = path.read_bytes()
    total, refused, megabytes = photos + videos, 0, {}
    begin = time.monotonic()
    with started(PROGRAM) as (process, address):
        parts = urlsplit(address)
        for done in tqdm(range(1, total + 1), unit="file", leave=False, disable=None):
            is_video = done * videos // total > (done - 1) * videos // total
            where, body = ("/api/video", video) if is_video else ("/api/recognize?turn=0", jpegs[done % PICTURES])
            refused += not _answered(parts.hostname or "", parts.port or 80, where, body)
            if done * 10 // total > (done - 1) * 10 // total:
                megabytes[done] = memory(process.pid)
    course = list(megabytes.values())
    return {
        "photos": photos,
        "videos": videos,
        "refused": refused,
        "seconds": time.monotonic() - begin,
        "memory_mb": megabytes,
        "growth_mb": max(course[1:], default=course[0]) - course[0],
    }


def _answered(host: str, port: int, path: str, body: bytes) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        return answer.status == 200 and b'"error"' not in answer.read()
    finally:
        connection.close()


def report(figures: dict[str, Any]) -> str:
    """The figures to read."""
    course = ", ".join(f"{done}: {value:.0f}" for done, value in figures["memory_mb"].items())
    return (
        f"{figures['photos']} photos and {figures['videos']} videos in {figures['seconds']:.0f} s, "
        f"{figures['refused']} of them refused\n"
        f"memory in MB by files: {course}\n"
        f"from the first tenth on it grew by {figures['growth_mb']:.0f} MB at most"
    )


def main(argv: list[str] | None = None) -> int:
    """Returns 0, also where the memory grew; 1 on other systems than Linux, whose memory is not told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks soak", description=__doc__.split("\n")[0])
    parser.add_argument("--photos", type=int, default=PHOTOS, help="(default: %(default)s)")
    parser.add_argument("--videos", type=int, default=VIDEOS, help="(default: %(default)s)")
    add_json(parser)
    args = parser.parse_args(argv)
    if min(args.photos, args.videos) < 0 or args.photos + args.videos < 10:
        parser.error("at least ten files")
    if not Path("/proc/self/status").exists():
        print("error: only Linux tells how much memory a process holds", file=sys.stderr)
        return 1
    figures = measure(args.photos, args.videos)
    tell(report(figures), figures, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

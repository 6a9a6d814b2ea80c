"""The web app under attack: how soon somebody well-behaved is answered meanwhile, and what the server holds.

Each attack goes on for some seconds against a server of its own, on this machine. Meanwhile a good client sends a frame
over its live connection and a photo, again and again, each when the last one is answered; its delays are those of both.
It calls from another address than the attack.
Five seconds after the attack it must be served at once again.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import socket
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import cv2
import numpy as np
from tqdm import tqdm
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from benchmarks.browser import CLIP, clip_frames
from benchmarks.telling import add_json, tell
from benchmarks.web import PROGRAM, started

PATIENCE = 60  # seconds for an answer
GRACE = 5.0  # seconds after an attack, when all places must be free
ELSEWHERE = "127.0.0.2", 0
"""Where the good client calls from."""

_POLL = 0.2  # seconds between two looks at the server's memory


@dataclass
class Attack:
    """An attack that goes on: what it is called with until it ends.

    Attributes:
        address: host and port.
        over: is set when the attack shall end.
        stack: closes what it leaves open.
    """

    address: tuple[str, int]
    over: threading.Event = field(default_factory=threading.Event)
    stack: ExitStack = field(default_factory=ExitStack)

    def each(self, count: int, client: Callable[[], object]) -> None:
        """So many clients at once, each again and again."""

        def go_on() -> None:
            while not self.over.is_set():
                with suppress(OSError, WebSocketException, http.client.HTTPException, ValueError):
                    client()
                self.over.wait(0.05)

        threads = [threading.Thread(target=go_on, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        self.over.wait()
        for thread in threads:
            thread.join(PATIENCE)

    def raw(self, data: bytes = b"") -> socket.socket:
        """A connection that has sent this; it is closed after the attack."""
        connection = socket.create_connection(self.address, PATIENCE)
        self.stack.callback(connection.close)
        connection.sendall(data)
        return connection


def large_photos(attack: Attack) -> None:
    """Four clients upload 200 kB that are as many megapixels as are read: 50 in colour, 37 and 18 with transparency."""
    kinds = ((7071, 3, np.uint8), (6123, 4, np.uint8), (4330, 4, np.uint16))
    photos = [cv2.imencode(".png", np.zeros((side, side, n), kind))[1].tobytes() for side, n, kind in kinds]
    attack.each(4, lambda: [_post(attack.address, photo) for photo in photos])


def slow_uploads(attack: Attack) -> None:
    """Forty clients upload a photo of 4 MB at 55 kB a second."""
    attack.each(40, lambda: _slowly(attack, b"/api/recognize", 4_000_000))


def slow_videos(attack: Attack) -> None:
    """Eight clients do so with a video."""
    attack.each(8, lambda: _slowly(attack, b"/api/video", 40_000_000))


def many_videos(attack: Attack) -> None:
    """Eight clients upload a video of ten seconds and wait for what is read in it."""
    video = CLIP.read_bytes()
    attack.each(8, lambda: _post(attack.address, video, path="/api/video"))


def silent_connections(attack: Attack) -> None:
    """Two hundred connections that send half a request, and no more."""
    for _ in range(200):
        with suppress(OSError):
            attack.raw(b"GET / HTTP/1.1\r\nHost: ")
    attack.over.wait()


def silent_sockets(attack: Attack) -> None:
    """Sixty-four live connections that send no frame."""
    for _ in range(64):
        with suppress(OSError, WebSocketException):
            attack.stack.enter_context(connect(_live(attack.address), open_timeout=PATIENCE))
    attack.over.wait()


def malformed_messages(attack: Attack) -> None:
    """Eight live connections send what is no picture, as fast as they can."""

    def client() -> None:
        with connect(_live(attack.address), open_timeout=PATIENCE) as live:
            while not attack.over.is_set():
                live.send(os.urandom(2000))
                live.recv(PATIENCE)

    attack.each(8, client)


def damaged_photos(attack: Attack) -> None:
    """Eight clients upload photos that break off."""
    photo = _photo()[:20_000]
    attack.each(8, lambda: _post(attack.address, photo))


ATTACKS = (
    large_photos,
    slow_uploads,
    slow_videos,
    many_videos,
    silent_connections,
    silent_sockets,
    malformed_messages,
    damaged_photos,
)


@contextmanager
def _served() -> Iterator[tuple[int, tuple[str, int], Path]]:
    """A server: the number of its process, its address, and the file with all that it says of errors."""
    with tempfile.TemporaryDirectory() as folder:
        said = Path(folder) / "stderr"
        with said.open("w") as errors, started(PROGRAM, errors) as (process, address):
            parts = urlsplit(address)
            yield process.pid, (parts.hostname or "", parts.port or 80), said


def _photo() -> bytes:
    return cv2.imencode(".jpg", next(iter(clip_frames(60, 61, 1280, 720))))[1].tobytes()


def _live(address: tuple[str, int]) -> str:
    return "ws://{}:{}/api/live".format(*address)


def _post(
    address: tuple[str, int],
    data: bytes,
    source: tuple[str, int] | None = None,
    path: str = "/api/recognize?turn=0",
) -> int:
    connection = http.client.HTTPConnection(*address, PATIENCE, source)
    try:
        connection.request("POST", path, data)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _slowly(attack: Attack, path: bytes, size: int) -> None:
    head = b"POST %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"
    with attack.raw(head % (path, size)) as connection:
        while not attack.over.wait(0.1):
            connection.sendall(bytes(5500))


def memory(server: int) -> float:
    """Resident MB of a process and its children; Linux only."""
    kilobytes, pids = 0, [str(server)]
    for thread in Path(f"/proc/{server}/task").iterdir():  # whichever of them has started it
        with suppress(OSError):
            pids += (thread / "children").read_text().split()
    for pid in pids:
        with suppress(OSError):
            match = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
            kilobytes += int(match[1]) if match else 0
    return kilobytes / 1024


def _good_client(address: tuple[str, int], over: threading.Event, delays: list[float], failures: list[str]) -> None:
    frame, photo = (cv2.imencode(".jpg", picture)[1].tobytes() for picture in clip_frames(60, 62, 640, 480))
    try:
        mine = socket.create_connection(address, PATIENCE, ELSEWHERE)
        with connect(_live(address), sock=mine, open_timeout=PATIENCE) as live:
            while not over.is_set():
                begin = time.perf_counter()
                live.send(frame)
                answer = json.loads(live.recv(PATIENCE))
                delays.append(time.perf_counter() - begin)
                begin = time.perf_counter()
                status = _post(address, photo, ELSEWHERE)
                delays.append(time.perf_counter() - begin)
                if status != 200 or "error" in answer:
                    failures.append(f"{status} {answer.get('error', '')}")
    except (OSError, WebSocketException, http.client.HTTPException) as error:
        failures.append(f"{type(error).__name__}: {error}")


def measure(attack: Callable[[Attack], None], seconds: float) -> dict[str, Any]:
    """One attack: delays of the good client in seconds, what it was refused, the server's memory and tracebacks."""
    with _served() as (server, address, said):
        _post(address, _photo())  # all processes have started
        its = Attack(address)
        delays: list[float] = []
        failures: list[str] = []
        attacker = threading.Thread(target=attack, args=(its,), daemon=True)
        good = threading.Thread(target=_good_client, args=(address, its.over, delays, failures), daemon=True)
        attacker.start()
        good.start()
        begin, peak = time.monotonic(), 0.0
        while time.monotonic() - begin < seconds:
            peak = max(peak, memory(server))
            time.sleep(_POLL)
        its.over.set()
        good.join(PATIENCE)
        with its.stack:
            pass
        attacker.join(PATIENCE)
        time.sleep(GRACE)
        with urllib.request.urlopen("http://{}:{}/api/health".format(*address), timeout=PATIENCE) as health:
            left = json.load(health)["clients"]
        begin = time.monotonic()
        served = _post(address, _photo()) == 200
        return {
            "attack": attack.__name__.replace("_", " "),
            "answers": len(delays),
            "median_s": float(np.median(delays)) if delays else float("nan"),
            "worst_s": max(delays, default=float("nan")),
            "failures": failures,
            "peak_mb": peak,
            "after_s": time.monotonic() - begin if served else float("nan"),
            "left": left,
            "tracebacks": said.read_text().count("Traceback"),
        }


def report(figures: list[dict[str, Any]]) -> str:
    """The table."""
    names = f"{'answers':>8}{'median s':>10}{'worst s':>9}{'refused':>9}{'peak MB':>9}{'after s':>9}{'left':>6}"
    lines = [f"{'attack':<20}{names}  tracebacks"]
    for row in figures:
        lines.append(
            f"{row['attack']:<20}{row['answers']:>8}{row['median_s']:>10.2f}{row['worst_s']:>9.2f}"
            f"{len(row['failures']):>9}{row['peak_mb']:>9.0f}{row['after_s']:>9.2f}{row['left']:>6}"
            f"{row['tracebacks']:>12}"
        )
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Returns 0, also where the server fared badly; 1 on other systems than Linux, whose memory is not told."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks abuse", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=20, help="of each attack (default: %(default)s)")
    parser.add_argument("--only", metavar="NAME", help="attacks whose name has this in it")
    add_json(parser)
    args = parser.parse_args(argv)
    if not Path("/proc/self/status").exists():
        print("error: only Linux tells how much memory a process holds", file=sys.stderr)
        return 1
    chosen = [attack for attack in ATTACKS if args.only is None or args.only in attack.__name__]
    figures = [measure(attack, args.seconds) for attack in tqdm(chosen, unit="attack", leave=False, disable=None)]
    tell(report(figures), {"cpus": os.cpu_count(), "attacks": figures}, args.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())

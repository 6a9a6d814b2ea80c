"""A video as an endless stream of JPEGs over HTTP, in a process of its own, that can be cut: a camera to be tried."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

import cv2

from realtime.processes import SPAWN
from realtime.source import open_source

_AWAY = 0.7  # seconds for which nobody gets a picture after a cut
_QUALITY = 90  # of the JPEG


class Stream:
    """Plays `video` over and over, `rate` frames a second; a context manager.

    Attributes:
        url: its address.
    """

    def __init__(self, video: Path, rate: float) -> None:
        self._orders, orders = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(orders, str(video), rate), daemon=True)
        self._process.start()
        orders.close()
        self.url: str = self._orders.recv()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._orders.close()
        self._process.join()

    def cut(self) -> None:
        """Break every connection; for a moment new ones are broken as well."""
        self._orders.send("cut")


def _serve(orders: Connection, video: str, rate: float) -> None:
    with open_source(video) as source:
        options = [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
        pictures = [cv2.imencode(".jpg", frame.image, options)[1].tobytes() for frame in source]
    begin, away, stop = time.monotonic(), threading.Event(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            sent = -1
            while not away.is_set() and not stop.is_set():
                now = int((time.monotonic() - begin) * rate)
                if now == sent:
                    time.sleep(0.2 / rate)
                    continue
                sent = now
                picture = pictures[now % len(pictures)]
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                try:
                    self.wfile.write(head.encode() + picture + b"\r\n")
                except OSError:  # the reader has gone
                    break
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    orders.send(f"http://127.0.0.1:{server.server_address[1]}/")
    try:
        while True:
            orders.recv()
            away.set()
            time.sleep(_AWAY)
            away.clear()
    except EOFError:
        stop.set()
        server.shutdown()

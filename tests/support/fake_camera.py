"""Cameras for the tests: one over HTTP that can hang and be cut, and one in place of `cv2.VideoCapture`."""

from __future__ import annotations

import queue
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self

import cv2
import numpy as np


def picture(level: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    """`(H, W, 3) uint8`, grey of brightness `level`, its left half brighter."""
    image = np.full((size[1], size[0], 3), level, np.uint8)
    image[:, : size[0] // 2] += 20
    return image


class FakeCamera:
    """MJPEG over HTTP on 127.0.0.1, 50 frames a second. Every frame is one grey level brighter, from 40 to 199.

    Attributes:
        url: its address; `/clip` sends `clip` instead, a file with an end.
        size: `(width, height)` of the frames.
        hang: while set, nothing is sent, but the connection stands.
        cut: while set, connections are closed as soon as they are opened.
        connections: how many there were.

    Args:
        certificate: files with its certificate and its key, where it encrypts what it sends.
    """

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        self.size = (64, 48)
        self.clip = b""
        self.hang = threading.Event()
        self.cut = threading.Event()
        self.connections = 0
        self._sent = 0
        self._stop = threading.Event()
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # so that closing the server joins them
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
            self.url = f"https://localhost:{self._server.server_address[1]}/"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="fake camera")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and close every connection."""
        self._stop.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        self.connections += 1
        try:
            if request.path.startswith("/clip"):
                request.send_response(200)
                request.send_header("Content-Length", str(len(self.clip)))
                request.end_headers()
                request.wfile.write(self.clip)
                return
            request.send_response(200)
            request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            request.end_headers()
            while not self._stop.wait(0.02) and not self.cut.is_set():
                if self.hang.is_set():
                    continue
                data = cv2.imencode(".jpg", picture(40 + self._sent % 160, self.size))[1].tobytes()
                self._sent += 1
                head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
                request.wfile.write(head.encode() + data + b"\r\n")
                request.wfile.flush()
        except OSError:  # the reader has gone
            pass
        finally:
            request.close_connection = True


class StubCapture:
    """Stands in for `cv2.VideoCapture`: gives what is `put`, and waits for it.

    An exception is raised, `None` is a read that fails; once `unplugged` is set all do.
    """

    def __init__(self, *images: np.ndarray | Exception | None, opened: bool = True) -> None:
        self.asked: list[tuple[int, float]] = []
        self.properties: dict[int, float] = {}
        self.released = False
        self.unplugged = threading.Event()
        self._opened = opened
        self._put = self._reads = 0
        self._images: queue.Queue[np.ndarray | Exception | None] = queue.Queue()
        self.put(*images)

    def put(self, *images: np.ndarray | Exception | None) -> None:
        for image in images:
            self._put += 1
            self._images.put(image)

    @property
    def idle(self) -> bool:
        """Whether all that was put has been read, and the reader is back for the next."""
        return self._reads > self._put

    @property
    def waiting(self) -> int:
        """How many pictures nobody has read."""
        return self._images.qsize()

    def isOpened(self) -> bool:
        return self._opened

    def set(self, key: int, value: float) -> bool:
        self.asked.append((key, value))
        return True

    def get(self, key: int) -> float:
        return self.properties.get(key, 0.0)

    def grab(self) -> bool:
        return self._opened

    def read(self) -> tuple[bool, np.ndarray | None]:
        self._reads += 1
        while not (self.unplugged.is_set() or self.released):
            try:
                image = self._images.get(timeout=0.02)
            except queue.Empty:
                continue
            if isinstance(image, Exception):
                raise image
            return image is not None, image
        return False, None

    def release(self) -> None:
        self.released = True

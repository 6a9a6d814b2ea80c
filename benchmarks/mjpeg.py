"""Send JPEGs over HTTP on 127.0.0.1 as a network camera does: one multipart answer that does not end by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

QUALITY = 90  # of the JPEGs: cameras send 85 to 95


def to_jpeg(image: np.ndarray) -> bytes:
    """A `(H, W, 3) uint8` BGR picture as the JPEG that a camera would send."""
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def from_jpeg(jpeg: bytes) -> np.ndarray:
    """The `(H, W, 3) uint8` BGR picture in a JPEG."""
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR))


class Server:
    """Sends the JPEGs of `pictures()` to whoever connects; a connection is closed when they end.

    Args:
        pictures: called once a connection, in a thread of its own. It sets the pace.

    Attributes:
        url: the address.
    """

    def __init__(self, pictures: Callable[[], Iterator[bytes]]) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
                self.end_headers()
                for picture in pictures():
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                    try:
                        self.wfile.write(head.encode() + picture + b"\r\n")
                    except OSError:  # the reader has gone
                        break
                self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        """Accept no more connections. Whoever makes the pictures ends those that stand."""
        self._server.shutdown()

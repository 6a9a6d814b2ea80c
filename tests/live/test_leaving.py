from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import cv2
import leaving
import numpy as np
import pytest

from realtime.cli import watch
from realtime.live.pipeline import NewestFrame
from realtime.live.result import FrameResult
from realtime.live.worker import Worker
from realtime.sources.open import open_source


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with closing(Worker(leaving.UNSURE)) as worker:
        yield worker


@pytest.mark.parametrize("seed", range(len(leaving.WAYS)))
def test_a_sheet_that_leaves_the_picture_and_comes_back_harms_nothing(seed, worker, tmp_path):
    assert leaving.run(seed, worker, tmp_path)["digits"] > 0


class Looker:
    """Stands in for the window: ends the loop once the picture has been empty for a while.

    Attributes:
        read: set when digits are shown: the sheet may leave.
    """

    dropped = 0
    controls = SimpleNamespace(mirror=False, carry_out=lambda *_: 0)

    def __init__(self) -> None:
        self.read = threading.Event()
        self._empty = 0

    def during(self, read: Callable[[], FrameResult | None]) -> FrameResult | None:
        return read()

    def show(self, result: FrameResult) -> bool:
        result.annotated(numbers=True)
        if len(result.detections) > 5:
            self.read.set()
        empty = np.ptp(result.frame.image, axis=(0, 1)).max() < 10 and not len(result.detections)
        self._empty = self._empty + 1 if empty else 0
        return self._empty < 5


@pytest.mark.parametrize("seed", range(2))
def test_before_a_camera_the_digits_go_with_their_sheet(seed, worker):
    jpegs = [cv2.imencode(".jpg", image)[1].tobytes() for image in leaving.images(seed)]
    stop = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            sent = 0
            try:
                while not stop.wait(1 / 30):
                    jpeg = jpegs[min(sent, len(jpegs) - 1)]  # the last one is empty, and stays
                    self.wfile.write(b"--frame\r\nContent-Type: image/jpeg\r\n")
                    self.wfile.write(f"Content-Length: {len(jpeg)}\r\n\r\n".encode() + jpeg + b"\r\n")
                    sent += looker.read.is_set()  # until then the sheet is held still
            except OSError:  # the reader has gone
                pass

        def log_message(self, *_: object) -> None:
            pass

    looker = Looker()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    boxes: list[np.ndarray] = []
    try:
        with open_source(f"http://127.0.0.1:{server.server_address[1]}/") as source:
            watch(source, NewestFrame(worker), lambda result: boxes.append(result.detections.xyxy), looker)  # type: ignore[arg-type]
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
    if worker.busy:
        worker.poll(None)
    shown = np.concatenate(boxes)
    assert looker.read.is_set() and (shown >= 0).all() and (shown <= [*leaving.SIZE, *leaving.SIZE]).all()
